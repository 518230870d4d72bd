/* Who may ask: the guards of a route. */
#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include "core/http/exchange.h"

/* Before the body is read: session or token, or the form of a link's token. */
bool guard_check(struct exchange *x, struct error *err) MUST_CHECK;

/* With the body: the CSRF token or the write scope, or the signature of a hook. */
bool guard_check_body(struct exchange *x, struct error *err) MUST_CHECK;

#endif
