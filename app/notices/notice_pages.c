/* Notifications as page and JSON, and their buttons. */
#include "notices/notice_pages.h"

#include "notices/notice.h"

static bool show_page(struct exchange *x, struct error *err) {
	static const char *const titles[NOTICE_KIND_COUNT] = { "Sync", "Limit broken", "Unusual", "Report", "Campaign" };
	struct rows notices;
	if (!notice_list(x->store, NOTICES_SHOWN, x->arena, &notices, err))
		return false;
	struct value *view = value_map(x->arena), *rows = value_put(view, "notices", value_list(x->arena));
	const struct notice *items = notices.items;
	bool unread = false;
	for (int i = 0; i < notices.count; i++) {
		struct value *row = value_push(rows, record_to_value(&notice_record, &items[i], x->arena));
		value_put_text(row, "title", titles[items[i].kind]);
		value_put_text(row, "when", text_of_moment(x->arena, items[i].at));
		value_put_text(row, "read_when", text_of_moment(x->arena, items[i].read_at));
		unread = unread || items[i].unread;
	}
	value_put_bool(view, "some_unread", unread);
	value_put_bool(view, "none", notices.count == 0);
	return reply_page(x, "notices/notifications", "Notifications", "notifications", view, err);
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows notices;
	int limit;
	return exchange_limit(x, NOTICES_SHOWN, NOTICES_SHOWN, &limit, err) &&
	       notice_list(x->store, limit, x->arena, &notices, err) && reply_rows(x, &notice_record, notices);
}

static bool mark_one(struct exchange *x, struct error *err) {
	const char *id = x->values[0];
	bool found;
	if (!notice_read(x->store, id, x->identity.user, x->now, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no notification %.60s", id);
	struct value *answer = value_map(x->arena);
	value_put_text(answer, "id", id);
	value_put_bool(answer, "unread", false);
	return reply_done(x, "/notifications", answer);
}

static bool mark_all(struct exchange *x, struct error *err) {
	bool found;
	return notice_read(x->store, NULL, x->identity.user, x->now, &found, err) && reply_redirect(x, "/notifications");
}

const struct route notice_routes[] = {
	{ "GET", "/notifications", GUARD_SIGNED_IN, show_page },
	{ "POST", "/notifications/read", GUARD_SIGNED_IN, mark_all },
	{ "POST", "/notifications/:notification_id/read", GUARD_SIGNED_IN, mark_one },
	{ "GET", "/api/notifications", GUARD_SIGNED_IN, list_api, .summary = "Notifications, newest first",
	  .output = &notice_record, .list = true, .parameters = "limit" },
	{ "POST", "/api/notifications/:notification_id/read", GUARD_SIGNED_IN, mark_one,
	  .summary = "Mark a notification as read", .shape = "id:text unread:bool" },
	{ 0 },
};
