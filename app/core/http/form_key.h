/* The Idempotency-Key of each form in a page (core/http/idempotency.h): new each time the page is sent. */
#ifndef HTTP_FORM_KEY_H
#define HTTP_FORM_KEY_H

#include "core/http/exchange.h"

/* What a view writes instead of a key, because pages may come from a cache: as long as a key, and secret. */
const char *form_key_placeholder(struct exchange *x);

/* Call it just before the answer is sent: replaces each placeholder in a page by a new key. */
void form_key_fill(struct exchange *x);

#endif
