/* Access control: the guards of routes. */
#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include "core/http/exchange.h"

/* Before the body is read: session or token, or the syntax of a link's token. */
bool guard_check(struct exchange *x, struct error *err) MUST_CHECK;

/* Who asks, if a browser says so and the database can tell: for a page that belongs to no route. */
void guard_recognize(struct exchange *x);

/* After the body is read: CSRF token or write scope, or a hook's signature. */
bool guard_check_body(struct exchange *x, struct error *err) MUST_CHECK;

#endif
