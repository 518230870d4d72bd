/* A POST that makes or sends something happens once, however often it is repeated (the header Idempotency-Key, or the
 * field idempotency_key of a form or of its address; up to 255 visible characters).
 *
 * Each form that makes or sends something includes views/once.mustache, so a double click, or the same page sent again
 * after a reload, makes one thing. Pages may be served from a cache, so the key is written into them as they leave.
 *
 * A key belongs to who asks and to the route, for 24 hours. The same request again, by path, query, fields and files
 * (not by the bytes of a form, whose CSRF token and boundary may differ), is answered with the first answer: status,
 * type, headers but cookies, body, and "Idempotent-Replayed: true". Another request with the key is 422. While the
 * first one runs, the second is 409 with Retry-After; one from a form waits for it a little.
 *
 * What is kept: an answer that succeeded, and one to a fault, because nobody knows what was done before it. Where the
 * handler refuses, nothing was changed: the key is free again. A worker that dies keeps its key until LOCK seconds have
 * passed, on the same machine until somebody asks again; the handler then runs anew, with the same exchange_new_id. A
 * room inserts under that id (store_create), so that it makes no second object; an object whose secret went down with
 * the first answer (a token, a link) gets a new one.
 *
 * An answer may hold a secret (a new token, the address of a link), so all of them are kept sealed, with a key made of
 * SECRET_KEY and the Idempotency-Key, of which only a digest is stored; requests are kept as a digest under SECRET_KEY,
 * so that a password in one cannot be guessed from a dump. */
#ifndef HTTP_IDEMPOTENCY_H
#define HTTP_IDEMPOTENCY_H

#include "core/http/exchange.h"

/* *replayed: the first answer is in x, the handler must not run. CONFLICT, or x->failure for 422, as above; INVALID for
 * a key that cannot be one. Without a key, or on a route that creates nothing, all is as if there was none. */
bool idempotency_begin(struct exchange *x, bool *replayed, struct error *err) MUST_CHECK;

/* When the answer is complete; `failure` is what it tells, NULL for success. */
void idempotency_end(struct exchange *x, const struct error *failure);

/* What a page says where the key of a form belongs: as long as a key, and known to nobody outside. */
const char *idempotency_placeholder(struct exchange *x);

/* When the answer is about to leave: each placeholder of a page becomes a new key. */
void idempotency_fill(struct exchange *x);

#endif
