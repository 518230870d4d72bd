/* Partner links: rules and storage. */
#include "reports/link.h"

#include <glib.h>
#include <string.h>

#include "access/attempts.h"
#include "access/password.h"
#include "core/base/lease.h"
#include "core/base/secret.h"

enum { DOWNLOADS_SHOWN = 100, LINKS_MAX = 200, AGENT_TEXT = 200 };

static const char LINKS[] = "report_links", DOWNLOADS[] = "report_downloads";

static const struct field request_fields[] = {
	FIELD(struct link_request, expires_at, .doc = "In 30 days if absent"),
	FIELD(struct link_request, max_downloads, .max = LINK_DOWNLOADS_MAX),
	FIELD(struct link_request, password, .max = PASSWORD_MAX),
	FIELD(struct link_request, note, .max = 200),
};
const struct record_type link_request_record = RECORD_TYPE("ReportLinkRequest", struct link_request, request_fields);

static const struct field link_fields[] = {
	FIELD(struct report_link, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct report_link, report_id, .flags = FIELD_ID),
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
	FIELD(struct report_link, rev, .flags = FIELD_REVISION),
};
const struct record_type report_link_record = RECORD_TYPE("ReportLink", struct report_link, link_fields);

static const struct field download_fields[] = {
	FIELD(struct download, link_id, .flags = FIELD_ID),
	FIELD(struct download, remote),
	FIELD(struct download, agent),
	FIELD(struct download, at),
};
const struct record_type download_record = RECORD_TYPE("ReportDownload", struct download, download_fields);

enum link_verdict link_judge(const struct report_link *link, struct moment now) {
	if (moment_is_set(link->revoked_at))
		return LINK_REVOKED;
	if (moment_is_set(link->expires_at) && !lease_counts(link->expires_at, LINK_DAYS_MAX * DAY_MS, now))
		return LINK_EXPIRED;
	if (link->max_downloads != COUNT_NONE && link->downloads >= link->max_downloads)
		return LINK_EXHAUSTED;
	return LINK_GOOD;
}

static bool check(const struct link_request *request, struct moment now, struct error *err) {
	if (moment_is_set(request->expires_at) && request->expires_at.ms <= now.ms)
		return error_field(err, "expires_at", "This date has passed already");
	if (moment_is_set(request->expires_at) && request->expires_at.ms > now.ms + LINK_DAYS_MAX * DAY_MS)
		return error_field(err, "expires_at", "A link can last at most %d days", LINK_DAYS_MAX);
	if (request->max_downloads == 0)
		return error_field(err, "max_downloads", "Allow at least 1 download");
	if (!text_is_empty(request->password) && text_length(request->password) < LINK_PASSWORD_MIN)
		return error_field(err, "password", "Use at least %d characters", LINK_PASSWORD_MIN);
	return true;
}

bool link_create(struct store *store, const struct report *report, const struct link_request *request, const char *id,
                 const char *by, struct moment now, struct arena *arena, struct report_link *link, const char **token,
                 struct error *err) {
	char secret[SECRET_HEX], digest[SECRET_HEX];
	bool was_there, matched;
	if (report->state == REPORT_FAILED)
		return error_set(err, ERROR_CONFLICT, "This report could not be created");
	record_clear(&report_link_record, link);
	if (!check(request, now, err))
		return false;
	secret_random(secret);
	secret_digest(secret, digest);
	*token = arena_copy(arena, secret);
	link->id = id;
	link->report_id = report->id;
	link->token_hash = arena_copy(arena, digest);
	link->note = request->note;
	link->created_by = by;
	link->created_at = now;
	link->expires_at = moment_is_set(request->expires_at) ? request->expires_at
	                                                      : moment_add(link->created_at, LINK_DAYS * DAY_MS);
	link->max_downloads = request->max_downloads;
	link->downloads = 0;
	link->has_password = !text_is_empty(request->password);
	if (link->has_password && !password_hash(arena, request->password, &link->password_hash, err))
		return false;
	return store_create(store, LINKS, &report_link_record, link, id, &was_there, err) &&
	       (!was_there ||
	        store_update(store, LINKS, FILTER(by_id(id)),
	                     UPDATE(set_record(&report_link_record, link, EXCEPT("revoked_at"))), &matched, err));
}

bool link_find(struct store *store, const char *token, struct arena *arena, struct report_link *link,
               struct report *report, struct error *err) {
	char digest[SECRET_HEX];
	bool found, exists = false;
	secret_digest(token, digest);
	if (!store_find(store, LINKS, FILTER(eq_text("token_hash", digest)), NULL, &report_link_record, arena, link, &found,
	                err) ||
	    (found && !report_find(store, link->report_id, arena, report, &exists, err)))
		return false;
	return exists || error_set(err, ERROR_MISSING, "This link does not work. Check that you copied all of it");
}

static bool compare(struct store *store, const struct attempt *attempt, const struct report_link *link,
                    const char *password, bool *right, struct error *err) {
	bool outdated;
	if (!attempt_check(store, attempt, err) || !password_turn_begin(PASSWORD_OF_STRANGER, err))
		return false;
	bool fine = attempt_begin(store, attempt, err) &&
	            password_check(password, link->password_hash, right, &outdated, err);
	password_turn_end();
	return fine;
}

bool link_open(struct store *store, const struct report_link *link, const char *password, const char *remote,
               struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct attempt attempt = attempt_of(arena, arena_print(arena, "link %s", link->id), remote);
	bool right;
	if (!link->has_password)
		return true;
	if (!compare(store, &attempt, link, password ? password : "", &right, err))
		return false;
	return right ? attempt_succeed(store, &attempt, err)
	             : error_set(err, ERROR_DENIED, "This is not the password of this link.");
}

const char *link_agent(struct arena *arena, const char *agent) {
	char *clean = text_clean(arena, agent);
	if (clean && text_length(clean) > AGENT_TEXT)
		*g_utf8_offset_to_pointer(clean, AGENT_TEXT) = '\0';
	return clean;
}

static void sign(const struct report_link *link, const char *key, const char *until, struct arena *arena,
                 char mac[SECRET_HEX]) {
	secret_mac(key, arena_print(arena, "link %s %s until %s", link->id, link->password_hash, until), mac);
}

char *link_ticket(const struct report_link *link, const char *key, struct moment now, struct arena *arena) {
	char mac[SECRET_HEX];
	const char *until = arena_print(arena, "%lld", (long long)now.ms + LINK_TICKET_MS);
	sign(link, key, until, arena, mac);
	return arena_print(arena, "%s.%s", until, mac);
}

bool link_takes_ticket(const struct report_link *link, const char *key, const char *ticket, struct moment now) {
	ARENA_AUTO arena = arena_new();
	char mac[SECRET_HEX];
	int64_t until;
	const char *dot = ticket ? strchr(ticket, '.') : NULL;
	if (!dot || !link->has_password)
		return false;
	const char *time = arena_print(arena, "%.*s", (int)(dot - ticket), ticket);
	if (!text_to_int(time, 0, INT64_MAX, &until) || until <= now.ms || until > now.ms + LINK_TICKET_MS)
		return false;
	sign(link, key, time, arena, mac);
	return secret_equal(dot + 1, mac);
}

static bool log_download(struct store *store, const struct report_link *link, const char *remote, const char *agent,
                         struct moment now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct download download = { link->id, remote, link_agent(arena, agent), now };
	return store_insert(store, DOWNLOADS, &download_record, &download, err);
}

bool link_count(struct store *store, const struct report_link *link, const char *remote, const char *agent,
                struct moment now, struct error *err) {
	bool matched;
	bool limited = link->max_downloads != COUNT_NONE; /* checked again in the filter, so that two concurrent downloads
	                                                     do not share the last one */
	return store_update(store, LINKS,
	                    FILTER(by_id(link->id), limited ? lt_count("downloads", link->max_downloads) : anything()),
	                    UPDATE(add_count("downloads", 1), set_moment("last_download_at", now)), &matched, err) &&
	       (matched || error_set(err, ERROR_CONFLICT, "This link has been used up")) &&
	       log_download(store, link, remote, agent, now, err);
}

bool link_list(struct store *store, const char *report_id, struct arena *arena, struct rows *links, struct error *err) {
	return store_list(store, LINKS, FILTER(eq_id("report_id", report_id)), SORT(asc("_id")), LINKS_MAX,
	                  &report_link_record, arena, &links->items, &links->count, err);
}

bool link_list_of(struct store *store, const struct strings *report_ids, int limit, struct arena *arena,
                  struct rows *links, struct error *err) {
	return store_list(store, LINKS, FILTER(in_ids("report_id", report_ids)), SORT(desc("created_at"), desc("_id")),
	                  limit, &report_link_record, arena, &links->items, &links->count, err);
}

bool link_revoke(struct store *store, const char *id, struct moment now, bool *found, struct error *err) {
	return store_update(store, LINKS, FILTER(by_id(text_starts(id, "link_") ? id + strlen("link_") : id)),
	                    UPDATE(set_moment("revoked_at", now), add_count("rev", 1)), found, err);
}

bool link_drop_all(struct store *store, const char *report_id, struct error *err) {
	int64_t deleted;
	return store_delete(store, LINKS, FILTER(eq_id("report_id", report_id)), &deleted, err);
}

bool link_downloads(struct store *store, const struct rows *links, struct arena *arena, struct rows *downloads,
                    struct error *err) {
	const struct report_link *items = links->items;
	struct strings ids = { arena_array(arena, const char *, links->count + 1), 0 };
	for (int i = 0; i < links->count; i++)
		ids.items[ids.count++] = items[i].id;
	return store_list(store, DOWNLOADS, FILTER(in_ids("link_id", &ids)), SORT(desc("at"), desc("_id")), DOWNLOADS_SHOWN,
	                  &download_record, arena, &downloads->items, &downloads->count, err);
}
