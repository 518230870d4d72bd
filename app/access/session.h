/* Sessions: a cookie of 256 random bits, of which only the SHA-256 is stored. A session ends after SESSION_IDLE_MINUTES
 * without a request and after PERMANENT_SESSION_LIFETIME in any case. A remembered browser (access/remember.h) then
 * gets a new one. */
#ifndef ACCESS_SESSION_H
#define ACCESS_SESSION_H

#include "core/store/store.h"

struct exchange;

struct session {
	const char *id; /* the digest of the cookie */
	const char *user, *csrf, *agent;
	bool one_time;
	struct moment created_at, last_seen_at, expires_at;
	int64_t user_rev; /* as it began (user_standing); COUNT_NONE: of an older version */
};
extern const struct record_type session_record;

/* Ends the session that this browser's cookies hold, and forgets the browser; for whoever signs in again. If it is the
 * session of the same user, *csrf is its secret of forms, else NULL: with it, what is open in other tabs stays good. */
bool session_leave(struct exchange *x, const char *user, const char **csrf, struct error *err) MUST_CHECK;

/* `csrf`: from session_leave, or NULL for a new one. */
bool session_begin(struct exchange *x, const char *user, const char *csrf, bool one_time, struct error *err) MUST_CHECK;

/* Fills x->identity from the session cookie, or starts a session for a remembered browser; otherwise leaves it
 * empty. */
bool session_find(struct exchange *x, struct error *err) MUST_CHECK;

/* A user's active sessions, newest first. */
bool session_list(struct exchange *x, struct rows *sessions, struct error *err) MUST_CHECK;

/* Signs out: this browser; all others of the user, remembered ones included; one by its id; all of a user. */
bool session_end(struct exchange *x, struct error *err) MUST_CHECK;
bool session_end_others(struct exchange *x, struct error *err) MUST_CHECK;
bool session_end_one(struct exchange *x, const char *id, struct error *err) MUST_CHECK;
bool session_end_all(struct store *store, const char *user, struct error *err) MUST_CHECK;

#endif
