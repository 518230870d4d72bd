/* Sessions. */
#include "users/session.h"

#include <string.h>

#include "core/base/secret.h"

struct session {
	const char *hash, *user, *csrf;
	bool remember;
	struct moment created_at, last_seen_at, expires_at;
};

static const struct field session_fields[] = {
	FIELD(struct session, hash, .stored = "_id"),
	FIELD(struct session, user),
	FIELD(struct session, csrf),
	FIELD(struct session, remember),
	FIELD(struct session, created_at),
	FIELD(struct session, last_seen_at),
	FIELD(struct session, expires_at),
};
static const struct record session_record = RECORD("Session", struct session, session_fields);

enum { TOUCH_MS = MINUTE_MS };

static bool is_secure(const struct exchange *x) {
	return text_starts(x->settings->public_url, "https://");
}

static const char *cookie_name(const struct exchange *x) {
	return is_secure(x) ? "__Host-sid" : "sid";
}

static void set_cookie(struct exchange *x, const char *value, int64_t seconds) {
	char *age = seconds ? arena_print(x->arena, "; Max-Age=%lld", (long long)seconds) : "";
	reply_header(x, "Set-Cookie",
	             arena_print(x->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", cookie_name(x), value,
	                         is_secure(x) ? "; Secure" : "", age));
}

bool session_begin(struct exchange *x, const char *user, bool remember, struct error *err) {
	char id[SECRET_HEX], hash[SECRET_HEX], csrf[SECRET_HEX];
	struct moment now = moment_now();
	int64_t seconds = remember && x->settings->remember_days ? x->settings->remember_days * 86400
	                                                         : x->settings->session_seconds;
	bson_t document = BSON_INITIALIZER;
	secret_random(id);
	secret_random(csrf);
	secret_digest(id, hash);
	struct session session = { hash, user, csrf, remember, now, now, moment_add(now, seconds * 1000) };
	record_to_bson(&session_record, &session, &document);
	bool fine = store_insert(x->store, "sessions", &document, err);
	bson_destroy(&document);
	if (fine)
		set_cookie(x, id, remember ? seconds : 0);
	return fine;
}

static bool touch(struct exchange *x, const char *hash, struct error *err) {
	bool matched;
	bson_t *filter = BCON_NEW("_id", BCON_UTF8(hash));
	bson_t *change = BCON_NEW("$set", "{", "last_seen_at", BCON_DATE_TIME(moment_now().ms), "}");
	bool fine = store_update(x->store, "sessions", filter, change, &matched, err);
	bson_destroy(filter);
	bson_destroy(change);
	return fine;
}

static bool is_over(const struct exchange *x, const struct session *session, struct moment now) {
	int64_t idle = now.ms - session->last_seen_at.ms;
	return session->expires_at.ms <= now.ms || (!session->remember && idle > x->settings->idle_minutes * MINUTE_MS);
}

bool session_find(struct exchange *x, struct error *err) {
	const char *id = params_get(&x->cookies, cookie_name(x));
	char hash[SECRET_HEX];
	struct session session;
	bool found;
	struct moment now = moment_now();
	if (text_is_empty(id))
		return true;
	secret_digest(id, hash);
	bson_t *filter = BCON_NEW("_id", BCON_UTF8(hash));
	bool fine = store_find(x->store, "sessions", filter, NULL, &session_record, x->arena, &session, &found, err);
	bson_destroy(filter);
	if (!fine || !found || is_over(x, &session, now))
		return fine;
	x->identity = (struct identity){ session.user, session.hash, session.csrf, true };
	/* A page that polls says so, and does not keep the session alive. */
	bool polls = params_get(&x->query, "poll") != NULL;
	return polls || now.ms - session.last_seen_at.ms < TOUCH_MS || touch(x, hash, err);
}

bool session_end(struct exchange *x, struct error *err) {
	int64_t deleted;
	if (!x->identity.session)
		return true;
	bson_t *filter = BCON_NEW("_id", BCON_UTF8(x->identity.session));
	bool fine = store_delete(x->store, "sessions", filter, &deleted, err);
	bson_destroy(filter);
	set_cookie(x, "", -1);
	return fine;
}

bool session_end_others(struct exchange *x, struct error *err) {
	int64_t deleted;
	bson_t *filter = BCON_NEW("user", BCON_UTF8(x->identity.user), "_id", "{", "$ne",
	                          BCON_UTF8(x->identity.session ? x->identity.session : ""), "}");
	bool fine = store_delete(x->store, "sessions", filter, &deleted, err);
	bson_destroy(filter);
	return fine;
}

bool session_end_all(struct store *store, const char *user, struct error *err) {
	int64_t deleted;
	bson_t *filter = BCON_NEW("user", BCON_UTF8(user));
	bool fine = store_delete(store, "sessions", filter, &deleted, err);
	bson_destroy(filter);
	return fine;
}
