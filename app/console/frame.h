/* What every page for signed-in users shows around its content. */
#ifndef CONSOLE_FRAME_H
#define CONSOLE_FRAME_H

#include "core/http/exchange.h"

/* Adds `unread`, the number of unread notices, `sync`, the state of the newest sync, `my_views`, the user's saved
 * views, and `under_way`, how many campaigns are being sent. */
void console_frame(struct exchange *x, struct value *view);

#endif
