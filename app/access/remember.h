/* "Stay signed in": a cookie "selector:token" that changes with each use, so that a copied one shows itself.
 * Stored are digests only. A series is one browser; it ends after REMEMBER_DAYS. */
#ifndef ACCESS_REMEMBER_H
#define ACCESS_REMEMBER_H

#include "core/store/store.h"

struct exchange;

/* What a presented token means for its series. */
enum remembered {
	REMEMBERED_CURRENT,  /* the newest: sign in, give the next one */
	REMEMBERED_PARALLEL, /* the one before, replaced a moment ago by a request beside this one: sign in, give none */
	REMEMBERED_LOST,     /* the one before, whose successor never was used: sign in, give the next one */
	REMEMBERED_STOLEN,   /* an older one: somebody has copied the cookie; the series and all sessions end */
};

/* Pure. `replaced_ms` is how long ago the newest was given. */
enum remembered remember_judge(const char *current, const char *previous, int64_t replaced_ms, const char *presented);

bool remember_begin(struct exchange *x, const char *user, struct error *err) MUST_CHECK;

/* *user is NULL when the cookie is absent, unknown or over. *stolen: it is an old one of that user, whose sessions and
 * remembered browsers the caller must end. */
bool remember_find(struct exchange *x, const char **user, bool *stolen, struct error *err) MUST_CHECK;

/* Forgets this browser, or all of a user's. */
bool remember_end(struct exchange *x, struct error *err) MUST_CHECK;
bool remember_end_all(struct store *store, const char *user, struct error *err) MUST_CHECK;

#endif
