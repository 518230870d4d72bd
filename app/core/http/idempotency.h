/* Idempotent POSTs: a request that creates or sends something is executed once, however often it is repeated (header
 * Idempotency-Key, or field idempotency_key of a form or of its address; up to 255 visible characters).
 *
 * Each form that creates or sends something includes views/once.mustache, so a double click, or the same page submitted
 * again after a reload, has one effect. Pages may come from a cache, so the key is inserted as they are sent.
 *
 * A key is scoped to the requester and the route, for 24 hours. A repeated request, compared by path, query, fields and
 * files (not by the bytes of a form, whose CSRF token and boundary may differ), gets the first answer: status, type,
 * headers except cookies, body, and "Idempotent-Replayed: true". A different request with the same key gets 422. While
 * the first is running, a second gets 409 with Retry-After; one from a form waits briefly.
 *
 * Answers are stored for successes and for faults, because a fault may have had effects. If the handler refuses,
 * nothing was changed and the key is free again. If a worker dies, its key stays locked for LOCK seconds, or on the
 * same machine until the next request with it; the handler then runs again, with the same exchange_new_id. Rooms insert
 * under that id (store_create), so no second object is created; one whose secret was lost with the first answer (a
 * token, a link) gets a new secret.
 *
 * Answers may contain secrets (a new token, the address of a link), so they are stored encrypted under a key derived
 * from SECRET_KEY and the Idempotency-Key, of which only a digest is stored. Requests are stored as a digest keyed by
 * SECRET_KEY, so that a password in one cannot be guessed from a dump. */
#ifndef HTTP_IDEMPOTENCY_H
#define HTTP_IDEMPOTENCY_H

#include "core/http/exchange.h"

/* *replayed: x holds the first answer and the handler must not run. CONFLICT, or x->failure for 422, as above; INVALID
 * for a malformed key. Does nothing without a key or on a route that creates nothing. */
bool idempotency_begin(struct exchange *x, bool *replayed, struct error *err) MUST_CHECK;

/* Call it when the answer is complete; `failure` is the error that it reports, NULL for success. */
void idempotency_end(struct exchange *x, const struct error *failure);

#endif
