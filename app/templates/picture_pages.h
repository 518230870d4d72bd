/* Uploaded images, offered where the block editor asks for one. */
#ifndef TEMPLATES_PICTURE_PAGES_H
#define TEMPLATES_PICTURE_PAGES_H

#include "core/http/exchange.h"

/* pictures { address, src, words }, the newest first; their buttons ask "use:CONTROL:ADDRESS". */
bool pictures_put(struct exchange *x, struct value *view, struct error *err) MUST_CHECK;

/* What such a button asks: the address becomes the control's text, and the image's alternative text that of the control
 * for it, unless something is written there. Anything else changes nothing. */
bool picture_use(struct exchange *x, const char *what, struct error *err) MUST_CHECK;

#endif
