/* Remember-me cookies. */
#include "access/remember.h"

#include <string.h>

#include "access/user.h"
#include "core/base/lease.h"
#include "core/base/secret.h"
#include "core/http/exchange.h"

enum { PARALLEL_MS = MINUTE_MS };

struct series {
	const char *id, *user, *current, *previous; /* digests */
	struct moment given_at, expires_at;
	int64_t user_rev; /* as of struct session */
};

static const char REMEMBERED[] = "remembered";

static const struct field series_fields[] = {
	FIELD(struct series, id, .stored = "_id"),
	FIELD(struct series, user),
	FIELD(struct series, current),
	FIELD(struct series, previous),
	FIELD(struct series, given_at),
	FIELD(struct series, expires_at),
	FIELD(struct series, user_rev),
};
static const struct record_type series_record = RECORD_TYPE("Remembered", struct series, series_fields);

enum remembered remember_judge(const char *current, const char *previous, int64_t replaced_ms, const char *presented) {
	if (secret_equal(current, presented))
		return REMEMBERED_CURRENT;
	if (!previous || !secret_equal(previous, presented))
		return REMEMBERED_STOLEN;
	return replaced_ms < PARALLEL_MS && replaced_ms > -PARALLEL_MS ? REMEMBERED_PARALLEL : REMEMBERED_LOST;
}

static int64_t lifetime(const struct exchange *x) {
	return x->settings->remember_days * 86400;
}

static void give_cookie(struct exchange *x, const char *selector, const char *token) {
	reply_cookie(x, "remember", arena_print(x->arena, "%s:%s", selector, token), lifetime(x));
}

bool remember_begin(struct exchange *x, const char *user, struct error *err) {
	char selector[SECRET_HEX], token[SECRET_HEX], id[SECRET_HEX], digest[SECRET_HEX];
	struct moment now = x->now;
	if (!x->settings->remember_days)
		return true;
	secret_random(selector);
	secret_random(token);
	secret_digest(selector, id);
	secret_digest(token, digest);
	struct series series = { id, user, digest, NULL, now, moment_add(now, lifetime(x) * 1000), COUNT_NONE };
	bool active;
	if (!user_standing(x->store, user, &active, &series.user_rev, err) ||
	    !store_insert(x->store, REMEMBERED, &series_record, &series, err))
		return false;
	give_cookie(x, selector, token);
	return true;
}

static bool drop(struct store *store, const char *field, const char *value, struct error *err) {
	int64_t deleted;
	return store_delete(store, REMEMBERED, FILTER(eq_text(field, value)), &deleted, err);
}

/* Issues the next token, unless a concurrent request has already done so. */
static bool rotate(struct exchange *x, const struct series *series, const char *selector, bool was_current,
                   struct error *err) {
	char token[SECRET_HEX], digest[SECRET_HEX];
	bool matched;
	secret_random(token);
	secret_digest(token, digest);
	struct series next = *series;
	next.current = digest;
	next.previous = was_current ? series->current : series->previous;
	next.given_at = x->now;
	if (!store_update(x->store, REMEMBERED, FILTER(eq_text("_id", series->id), eq_text("current", series->current)),
	                  UPDATE(set_record(&series_record, &next, ONLY("current", "previous", "given_at"))), &matched,
	                  err))
		return false;
	if (matched)
		give_cookie(x, selector, token);
	return true;
}

static bool find_series(struct exchange *x, const char *selector, struct series *series, bool *found,
                        struct error *err) {
	char id[SECRET_HEX];
	secret_digest(selector, id);
	bool fine = store_find(x->store, REMEMBERED, FILTER(eq_text("_id", id)), NULL, &series_record, x->arena, series,
	                       found, err);
	*found = *found && series->current && series->user &&
	         lease_counts(series->expires_at, lifetime(x) * SECOND_MS, x->now);
	return fine && (!*found || user_may_go_on(x->store, series->user, series->user_rev, found, err));
}

bool remember_find(struct exchange *x, const char **user, bool *stolen, struct error *err) {
	const char *cookie = exchange_cookie(x, "remember"), *colon = cookie ? strchr(cookie, ':') : NULL;
	char digest[SECRET_HEX];
	struct series series;
	bool found;
	*user = NULL;
	*stolen = false;
	if (!colon)
		return true;
	char *selector = arena_copy_bytes(x->arena, cookie, (size_t)(colon - cookie));
	if (!find_series(x, selector, &series, &found, err))
		return false;
	if (!found)
		return true;
	secret_digest(colon + 1, digest);
	enum remembered meaning = remember_judge(series.current, series.previous, x->now.ms - series.given_at.ms, digest);
	*user = series.user;
	*stolen = meaning == REMEMBERED_STOLEN;
	if (*stolen) {
		reply_cookie(x, "remember", "", -1);
		return true;
	}
	return meaning == REMEMBERED_PARALLEL || rotate(x, &series, selector, meaning == REMEMBERED_CURRENT, err);
}

bool remember_stands(struct exchange *x, bool *stands, struct error *err) {
	const char *cookie = exchange_cookie(x, "remember");
	struct series series;
	return find_series(x, arena_copy_bytes(x->arena, cookie, strcspn(cookie, ":")), &series, stands, err);
}

bool remember_end(struct exchange *x, struct error *err) {
	const char *cookie = exchange_cookie(x, "remember");
	char id[SECRET_HEX];
	if (!cookie)
		return true;
	reply_cookie(x, "remember", "", -1);
	secret_digest(arena_copy_bytes(x->arena, cookie, strcspn(cookie, ":")), id);
	return drop(x->store, "_id", id, err);
}

bool remember_end_all(struct store *store, const char *user, struct error *err) {
	return drop(store, "user", user, err);
}
