/* "Stay signed in": a cookie "selector:token" that changes with each use, so that use of a stolen copy is detected.
 * Only digests are stored. A series is one browser; it ends after REMEMBER_DAYS. */
#ifndef ACCESS_REMEMBER_H
#define ACCESS_REMEMBER_H

#include "core/store/store.h"

struct exchange;

/* What a presented token means for its series. */
enum remembered {
	REMEMBERED_CURRENT,  /* the newest: sign in and issue the next one */
	REMEMBERED_PARALLEL, /* the previous one, just replaced by a concurrent request: sign in, issue none */
	REMEMBERED_LOST,     /* the previous one, whose successor was never used: sign in and issue the next one */
	REMEMBERED_STOLEN,   /* an older one: the cookie was copied; end the series and all sessions */
};

/* Pure. `replaced_ms` is the time since the newest was issued. */
enum remembered remember_judge(const char *current, const char *previous, int64_t replaced_ms, const char *presented);

bool remember_begin(struct exchange *x, const char *user, struct error *err) MUST_CHECK;

/* *user is NULL if the cookie is absent, unknown or expired. *stolen: it is an old one of that user; the caller must
 * end the user's sessions and remembered browsers. */
bool remember_find(struct exchange *x, const char **user, bool *stolen, struct error *err) MUST_CHECK;

/* *stands: this browser is still remembered, by the cookie that it sent. */
bool remember_stands(struct exchange *x, bool *stands, struct error *err) MUST_CHECK;

/* Forgets this browser, or all of a user's. */
bool remember_end(struct exchange *x, struct error *err) MUST_CHECK;
bool remember_end_all(struct store *store, const char *user, struct error *err) MUST_CHECK;

#endif
