/* Sessions: a cookie of 256 random bits, of which only the SHA-256 is stored.
 * A session ends after SESSION_IDLE_MINUTES without a request and PERMANENT_SESSION_LIFETIME in all. A browser
 * that is remembered (access/remember.h) gets a new one then. */
#ifndef ACCESS_SESSION_H
#define ACCESS_SESSION_H

#include "core/store/store.h"

struct exchange;

struct session {
	const char *id; /* the digest of the cookie */
	const char *user, *csrf, *agent;
	bool one_time;
	struct moment created_at, last_seen_at, expires_at;
};
extern const struct record_type session_record;

bool session_begin(struct exchange *x, const char *user, bool one_time, struct error *err) MUST_CHECK;

/* Fills x->identity from the session cookie, or begins a new session for a remembered browser, or leaves it. */
bool session_find(struct exchange *x, struct error *err) MUST_CHECK;

/* Those of a user that are not over, newest first. */
bool session_list(struct exchange *x, struct rows *sessions, struct error *err) MUST_CHECK;

/* Signs out: this browser, all others of the user (and what is remembered), one by its id, all of a user. */
bool session_end(struct exchange *x, struct error *err) MUST_CHECK;
bool session_end_others(struct exchange *x, struct error *err) MUST_CHECK;
bool session_end_one(struct exchange *x, const char *id, struct error *err) MUST_CHECK;
bool session_end_all(struct store *store, const char *user, struct error *err) MUST_CHECK;

#endif
