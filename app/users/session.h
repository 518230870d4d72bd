/* Sessions: a cookie of 256 random bits, of which only the SHA-256 is stored.
 * A session ends after SESSION_IDLE_MINUTES without a request and PERMANENT_SESSION_LIFETIME in all; one
 * that was asked to remember ends after REMEMBER_DAYS. */
#ifndef USERS_SESSION_H
#define USERS_SESSION_H

#include "core/http/exchange.h"

bool session_begin(struct exchange *x, const char *user, bool remember, struct error *err) MUST_CHECK;
bool session_find(struct exchange *x, struct error *err) MUST_CHECK; /* fills x->identity, or leaves it */
bool session_end(struct exchange *x, struct error *err) MUST_CHECK;
bool session_end_others(struct exchange *x, struct error *err) MUST_CHECK;
bool session_end_all(struct store *store, const char *user, struct error *err) MUST_CHECK;

#endif
