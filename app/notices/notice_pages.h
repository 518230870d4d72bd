#ifndef NOTICES_NOTICE_PAGES_H
#define NOTICES_NOTICE_PAGES_H

#include "core/http/exchange.h"

/* For every page: "unread", the number of unread notices. */
void notice_frame(struct exchange *x, struct value *view);

extern const struct route notice_routes[];

#endif
