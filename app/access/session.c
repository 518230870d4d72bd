/* Sessions. */
#include "access/session.h"

#include <string.h>

#include "access/identity.h"
#include "access/remember.h"
#include "access/user.h"
#include "core/base/lease.h"
#include "core/base/secret.h"
#include "core/http/exchange.h"

enum { TOUCH_MS = MINUTE_MS, LISTED = 50 };

static const char SESSIONS[] = "sessions";

static const struct field session_fields[] = {
	FIELD(struct session, id, .stored = "_id"),
	FIELD(struct session, user),
	FIELD(struct session, csrf, .flags = FIELD_PRIVATE),
	FIELD(struct session, agent),
	FIELD(struct session, one_time),
	FIELD(struct session, created_at),
	FIELD(struct session, last_seen_at),
	FIELD(struct session, expires_at),
	FIELD(struct session, user_rev, .flags = FIELD_PRIVATE),
};
const struct record_type session_record = RECORD_TYPE("Session", struct session, session_fields);

static void take_identity(struct exchange *x, const struct session *session) {
	x->identity = (struct identity){ .user = session->user,
		                             .session = session->id,
		                             .csrf = session->csrf,
		                             .can_write = true,
		                             .one_time = session->one_time };
}

/* Makes "Firefox on Windows", for users to recognize their own browsers. The first match wins, because browsers also
 * name others. */
static const char *first_named(const char *agent, const char *const (*names)[2], int count) {
	for (int i = 0; i < count; i++)
		if (strstr(agent, names[i][0]))
			return names[i][1];
	return NULL;
}

static const char *agent_of(const struct exchange *x) {
	static const char *const browsers[][2] = { { "Edg/", "Edge" },        { "OPR/", "Opera" },
		                                       { "Firefox/", "Firefox" }, { "Chrome/", "Chrome" },
		                                       { "Safari/", "Safari" },   { "curl/", "curl" } };
	static const char *const systems[][2] = { { "Android", "Android" }, { "iPhone", "iPhone" },  { "iPad", "iPad" },
		                                      { "Windows", "Windows" }, { "Mac OS X", "macOS" }, { "Linux", "Linux" } };
	const char *agent = x->agent ? x->agent : "";
	const char *browser = first_named(agent, browsers, sizeof browsers / sizeof *browsers);
	const char *system = first_named(agent, systems, sizeof systems / sizeof *systems);
	return arena_print(x->arena, "%s%s%s", browser ? browser : "Unknown browser", system ? " on " : "",
	                   system ? system : "");
}

bool session_begin(struct exchange *x, const char *user, const char *kept_csrf, bool one_time, struct error *err) {
	char cookie[SECRET_HEX], id[SECRET_HEX], csrf[SECRET_HEX];
	struct moment now = x->now;
	secret_random(cookie);
	secret_random(csrf);
	secret_digest(cookie, id);
	struct session session = { .id = arena_copy(x->arena, id),
		                       .user = user,
		                       .csrf = kept_csrf ? kept_csrf : arena_copy(x->arena, csrf),
		                       .agent = agent_of(x),
		                       .one_time = one_time,
		                       .created_at = now,
		                       .last_seen_at = now,
		                       .expires_at = moment_add(now, x->settings->session_seconds * 1000) };
	bool active;
	if (!user_standing(x->store, user, &active, &session.user_rev, err) ||
	    !store_insert(x->store, SESSIONS, &session_record, &session, err))
		return false;
	reply_cookie(x, "sid", cookie, 0);
	take_identity(x, &session);
	return true;
}

static bool touch(struct exchange *x, struct session *session, struct error *err) {
	bool matched;
	session->last_seen_at = x->now;
	identity_cache(x, "session", session->id, &session_record, session);
	return store_update(x->store, SESSIONS, FILTER(eq_text("_id", session->id)),
	                    UPDATE(set_moment("last_seen_at", session->last_seen_at)), &matched, err);
}

/* Also if it is in the future, because the clock was set back: else the session would be idle only after that. */
static bool is_to_touch(const struct session *session, struct moment now) {
	int64_t ago_ms = now.ms - session->last_seen_at.ms;
	return ago_ms >= TOUCH_MS || ago_ms <= -TOUCH_MS;
}

/* One that was begun while the clock was years ahead does not last until then. */
static bool is_over(const struct exchange *x, const struct session *session, struct moment now) {
	return !lease_counts(session->expires_at, x->settings->session_seconds * SECOND_MS, now) ||
	       now.ms - session->last_seen_at.ms > x->settings->idle_minutes * MINUTE_MS;
}

static bool find_by_cookie(struct exchange *x, struct session *session, bool *found, struct error *err) {
	const char *cookie = exchange_cookie(x, "sid");
	char id[SECRET_HEX];
	*found = false;
	if (text_is_empty(cookie))
		return true;
	secret_digest(cookie, id);
	/* A cached session may look idle because another worker handled its latest requests. */
	if (identity_cached(x, "session", id, &session_record, session) && !is_over(x, session, x->now)) {
		*found = true;
		return true;
	}
	if (!store_find(x->store, SESSIONS, FILTER(eq_text("_id", id)), NULL, &session_record, x->arena, session, found,
	                err))
		return false;
	*found = *found && !is_over(x, session, x->now);
	if (*found && !user_may_go_on(x->store, session->user, session->user_rev, found, err))
		return false;
	if (*found)
		identity_cache(x, "session", id, &session_record, session);
	return true;
}

static bool end(struct store *store, const struct filter *filter, struct error *err) {
	int64_t deleted;
	return store_delete(store, SESSIONS, filter, &deleted, err) && identity_forget_all(store, err);
}

/* Ends the session that this request has just begun. */
static bool withdraw(struct exchange *x, struct error *err) {
	const char *id = x->identity.session;
	x->identity = (struct identity){ 0 };
	reply_cookie(x, "sid", "", -1);
	return end(x->store, FILTER(eq_text("_id", id)), err);
}

/* A sign-in that was under way while its user was disabled may have left a browser remembered. Whoever changes a
 * password or signs out forgets the browsers and then ends the sessions: one that was begun from the browser after that
 * would go on. */
static bool begin_remembered(struct exchange *x, const char *user, struct error *err) {
	bool active, stands;
	if (!user_is_active(x->store, user, &active, err))
		return false;
	if (!active)
		return true;
	return session_begin(x, user, NULL, false, err) && remember_stands(x, &stands, err) && (stands || withdraw(x, err));
}

bool session_find(struct exchange *x, struct error *err) {
	struct session session;
	const char *user;
	bool found, stolen;
	if (!find_by_cookie(x, &session, &found, err))
		return false;
	/* Polling requests are marked as such and do not keep the session alive. */
	bool polls = params_get(&x->query, "poll") != NULL;
	if (found) {
		take_identity(x, &session);
		return polls || !is_to_touch(&session, x->now) || touch(x, &session, err);
	}
	if (!remember_find(x, &user, &stolen, err))
		return false;
	if (stolen)
		return session_end_all(x->store, user, err);
	return !user || begin_remembered(x, user, err);
}

bool session_list(struct exchange *x, struct rows *sessions, struct error *err) {
	struct moment now = x->now, idle = moment_add(now, -x->settings->idle_minutes * MINUTE_MS);
	return store_list(x->store, SESSIONS,
	                  FILTER(eq_text("user", x->identity.user), gt_moment("expires_at", now),
	                         gt_moment("last_seen_at", idle)),
	                  SORT(desc("created_at"), desc("_id")), LISTED, &session_record, x->arena, &sessions->items,
	                  &sessions->count, err);
}

bool session_end(struct exchange *x, struct error *err) {
	if (!x->identity.session)
		return true;
	reply_cookie(x, "sid", "", -1);
	return remember_end(x, err) && end(x->store, FILTER(eq_text("_id", x->identity.session)), err);
}

bool session_leave(struct exchange *x, const char *user, const char **csrf, struct error *err) {
	const char *cookie = exchange_cookie(x, "sid");
	struct session session;
	char id[SECRET_HEX];
	bool found;
	secret_digest(cookie ? cookie : "", id);
	if (!find_by_cookie(x, &session, &found, err))
		return false;
	*csrf = found && text_same(session.user, user) ? session.csrf : NULL;
	return remember_end(x, err) && (text_is_empty(cookie) || end(x->store, FILTER(eq_text("_id", id)), err));
}

bool session_end_others(struct exchange *x, struct error *err) {
	const char *mine = x->identity.session ? x->identity.session : "";
	return remember_end_all(x->store, x->identity.user, err) &&
	       end(x->store, FILTER(eq_text("user", x->identity.user), ne_text("_id", mine)), err);
}

bool session_end_one(struct exchange *x, const char *id, struct error *err) {
	return end(x->store, FILTER(eq_text("user", x->identity.user), eq_text("_id", id)), err);
}

bool session_end_all(struct store *store, const char *user, struct error *err) {
	return remember_end_all(store, user, err) && end(store, FILTER(eq_text("user", user)), err);
}
