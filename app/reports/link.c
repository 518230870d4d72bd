/* Partner links: rules and storage. */
#include "reports/link.h"

#include <string.h>

#include "access/password.h"
#include "core/base/secret.h"

enum { FAILURES_MAX = 5, DOWNLOADS_SHOWN = 100, LINKS_MAX = 200, AGENT_TEXT = 200 };
#define LOCK_MS (5 * MINUTE_MS)

static const struct field request_fields[] = {
	FIELD(struct link_request, expires_at, .doc = "In 30 days where nothing is said"),
	FIELD(struct link_request, max_downloads, .max = LINK_DOWNLOADS_MAX),
	FIELD(struct link_request, password, .max = PASSWORD_MAX),
	FIELD(struct link_request, note, .max = 200),
};
const struct record_type link_request_record = RECORD_TYPE("ReportLinkRequest", struct link_request, request_fields);

static const struct field link_fields[] = {
	FIELD(struct report_link, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct report_link, report_id),
	FIELD(struct report_link, token_hash, .flags = FIELD_PRIVATE),
	FIELD(struct report_link, password_hash, .flags = FIELD_PRIVATE),
	FIELD(struct report_link, has_password),
	FIELD(struct report_link, note),
	FIELD(struct report_link, created_by),
	FIELD(struct report_link, created_at),
	FIELD(struct report_link, expires_at),
	FIELD(struct report_link, revoked_at),
	FIELD(struct report_link, last_download_at),
	FIELD(struct report_link, max_downloads),
	FIELD(struct report_link, downloads),
	FIELD(struct report_link, failures, .flags = FIELD_PRIVATE),
	FIELD(struct report_link, locked_until, .flags = FIELD_PRIVATE),
};
const struct record_type report_link_record = RECORD_TYPE("ReportLink", struct report_link, link_fields);

static const struct field download_fields[] = {
	FIELD(struct download, link_id),
	FIELD(struct download, remote),
	FIELD(struct download, agent),
	FIELD(struct download, at),
};
const struct record_type download_record = RECORD_TYPE("ReportDownload", struct download, download_fields);

enum link_verdict link_judge(const struct report_link *link, struct moment now) {
	if (moment_is_set(link->revoked_at))
		return LINK_REVOKED;
	if (moment_is_set(link->expires_at) && link->expires_at.ms <= now.ms)
		return LINK_EXPIRED;
	if (link->max_downloads != COUNT_NONE && link->downloads >= link->max_downloads)
		return LINK_EXHAUSTED;
	return LINK_GOOD;
}

static bool check(const struct link_request *request, struct error *err) {
	struct moment now = moment_now();
	if (moment_is_set(request->expires_at) && request->expires_at.ms <= now.ms)
		return error_field(err, "expires_at", "the link would have ended already");
	if (moment_is_set(request->expires_at) && request->expires_at.ms > now.ms + LINK_DAYS_MAX * DAY_MS)
		return error_field(err, "expires_at", "a link lasts at most %d days", LINK_DAYS_MAX);
	if (request->max_downloads == 0)
		return error_field(err, "max_downloads", "max_downloads must be at least 1");
	if (!text_is_empty(request->password) && text_length(request->password) < LINK_PASSWORD_MIN)
		return error_field(err, "password", "the password needs at least %d characters", LINK_PASSWORD_MIN);
	return true;
}

bool link_create(struct store *store, const struct report *report, const struct link_request *request, const char *by,
                 struct arena *arena, struct report_link *link, const char **token, struct error *err) {
	char secret[SECRET_HEX], digest[SECRET_HEX];
	bson_t document = BSON_INITIALIZER;
	if (report->state != REPORT_READY)
		return error_set(err, ERROR_CONFLICT, "this report is not ready yet");
	record_clear(&report_link_record, link);
	if (!check(request, err))
		return false;
	secret_random(secret);
	secret_digest(secret, digest);
	*token = arena_copy(arena, secret);
	link->id = store_new_id(arena);
	link->report_id = report->id;
	link->token_hash = arena_copy(arena, digest);
	link->note = request->note;
	link->created_by = by;
	link->created_at = moment_now();
	link->expires_at = moment_is_set(request->expires_at) ? request->expires_at
	                                                      : moment_add(link->created_at, LINK_DAYS * DAY_MS);
	link->max_downloads = request->max_downloads;
	link->downloads = link->failures = 0;
	link->has_password = !text_is_empty(request->password);
	if (link->has_password && !password_hash(arena, request->password, &link->password_hash, err))
		return false;
	record_to_bson(&report_link_record, link, &document);
	bool fine = store_insert(store, "report_links", &document, err);
	bson_destroy(&document);
	return fine;
}

bool link_find(struct store *store, const char *token, struct arena *arena, struct report_link *link,
               struct report *report, struct error *err) {
	char digest[SECRET_HEX];
	bool found, exists = false;
	secret_digest(token, digest);
	bson_t *filter = BCON_NEW("token_hash", BCON_UTF8(digest));
	bool fine = store_find(store, "report_links", filter, NULL, &report_link_record, arena, link, &found, err);
	bson_destroy(filter);
	if (!fine || (found && !report_find(store, link->report_id, arena, report, &exists, err)))
		return false;
	return exists || error_set(err, ERROR_MISSING, "this link leads nowhere: check that it was copied whole");
}

static bool note_failure(struct store *store, const struct report_link *link, struct error *err) {
	bool matched, locks = link->failures + 1 >= FAILURES_MAX;
	bson_t *filter = store_filter_id(link->id, NULL);
	bson_t *change = locks ? BCON_NEW("$set", "{", "failures", BCON_INT64(0), "locked_until",
	                                  BCON_DATE_TIME(moment_now().ms + LOCK_MS), "}")
	                       : BCON_NEW("$inc", "{", "failures", BCON_INT64(1), "}");
	bool fine = store_update(store, "report_links", filter, change, &matched, err);
	bson_destroy(filter);
	bson_destroy(change);
	return fine;
}

bool link_open(struct store *store, const struct report_link *link, const char *password, struct error *err) {
	bool right, outdated;
	int64_t wait = moment_is_set(link->locked_until) ? link->locked_until.ms - moment_now().ms : 0;
	if (!link->has_password)
		return true;
	if (wait > 0)
		return error_limited(err, wait, "too many wrong passwords: wait %lld seconds, then try again",
		                     (long long)(wait + 999) / 1000);
	if (!password_check(password ? password : "", link->password_hash, &right, &outdated, err))
		return false;
	if (right)
		return true;
	return note_failure(store, link, err) && error_set(err, ERROR_DENIED, "the password is wrong");
}

static bool log_download(struct store *store, const struct report_link *link, const char *remote, const char *agent,
                         struct error *err) {
	ARENA_AUTO arena = arena_new();
	char *known = agent ? text_clean(arena, agent) : NULL;
	if (known && strlen(known) > AGENT_TEXT)
		known = arena_print(arena, "%.*s", AGENT_TEXT / 4, known); /* bytes: characters take four at most */
	struct download download = { link->id, remote, known && text_is_utf8(known, strlen(known)) ? known : NULL,
		                         moment_now() };
	bson_t document = BSON_INITIALIZER;
	record_to_bson(&download_record, &download, &document);
	bool fine = store_insert(store, "report_downloads", &document, err);
	bson_destroy(&document);
	return fine;
}

bool link_count(struct store *store, const struct report_link *link, const char *remote, const char *agent,
                struct error *err) {
	bool matched;
	bson_t *filter = store_filter_id(link->id, NULL), bound;
	if (link->max_downloads != COUNT_NONE) { /* so that two at once do not share the last one */
		BSON_APPEND_DOCUMENT_BEGIN(filter, "downloads", &bound);
		BSON_APPEND_INT64(&bound, "$lt", link->max_downloads);
		bson_append_document_end(filter, &bound);
	}
	bson_t *change = BCON_NEW("$inc", "{", "downloads", BCON_INT64(1), "}", "$set", "{", "last_download_at",
	                          BCON_DATE_TIME(moment_now().ms), "failures", BCON_INT64(0), "}");
	bool fine = store_update(store, "report_links", filter, change, &matched, err);
	bson_destroy(filter);
	bson_destroy(change);
	if (fine && !matched)
		return error_set(err, ERROR_CONFLICT, "this link was used as often as it may be");
	return fine && log_download(store, link, remote, agent, err);
}

bool link_list(struct store *store, const char *report_id, struct arena *arena, struct rows *links, struct error *err) {
	bson_t *filter = BCON_NEW("report_id", BCON_UTF8(report_id));
	bson_t *sort = BCON_NEW("_id", BCON_INT32(1));
	bool fine = store_list(store, "report_links", filter, sort, LINKS_MAX, &report_link_record, arena, &links->items,
	                       &links->count, err);
	bson_destroy(filter);
	bson_destroy(sort);
	return fine;
}

bool link_revoke(struct store *store, const char *id, bool *found, struct error *err) {
	bson_t *filter = store_filter_id(text_starts(id, "link_") ? id + strlen("link_") : id, NULL);
	bson_t *change = BCON_NEW("$set", "{", "revoked_at", BCON_DATE_TIME(moment_now().ms), "}");
	bool fine = store_update(store, "report_links", filter, change, found, err);
	bson_destroy(filter);
	bson_destroy(change);
	return fine;
}

bool link_downloads(struct store *store, const struct rows *links, struct arena *arena, struct rows *downloads,
                    struct error *err) {
	const struct report_link *items = links->items;
	struct strings ids = { arena_array(arena, const char *, links->count + 1), 0 };
	for (int i = 0; i < links->count; i++)
		ids.items[ids.count++] = items[i].id;
	bson_t *filter = store_filter_in("link_id", &ids);
	bson_t *sort = BCON_NEW("at", BCON_INT32(-1));
	bool fine = store_list(store, "report_downloads", filter, sort, DOWNLOADS_SHOWN, &download_record, arena,
	                       &downloads->items, &downloads->count, err);
	bson_destroy(filter);
	bson_destroy(sort);
	return fine;
}
