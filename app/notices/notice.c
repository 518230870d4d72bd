/* Notifications: rules and storage. */
#include "notices/notice.h"

#include "core/formats/json.h"
#include "core/process/push.h"
#include "core/store/version.h"
#include "notices/listeners.h"

static const char *const kind_names[] = { [NOTICE_SYNC] = "sync",
	                                      [NOTICE_LIMIT] = "limit",
	                                      [NOTICE_ANOMALY] = "anomaly",
	                                      [NOTICE_REPORT] = "report",
	                                      [NOTICE_CAMPAIGN] = "campaign" };
_Static_assert(sizeof kind_names / sizeof *kind_names == NOTICE_KIND_COUNT, "a name a kind");
const struct choices notice_kinds = CHOICES(kind_names);

static const char NOTICES[] = "notices";

static const struct field notice_fields[] = {
	FIELD(struct notice, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct notice, key, .flags = FIELD_PRIVATE),
	FIELD(struct notice, kind, .choices = &notice_kinds),
	FIELD(struct notice, words),
	FIELD(struct notice, campaign, .flags = FIELD_ID),
	FIELD(struct notice, name),
	FIELD(struct notice, address, .doc = "Of the page that shows more"),
	FIELD(struct notice, at),
	FIELD(struct notice, read_at),
	FIELD(struct notice, read_by),
	FIELD(struct notice, unread),
};
const struct record_type notice_record = RECORD_TYPE("Notification", struct notice, notice_fields);

/* {"type": "notification", "unread": 3, "notification": as in the API} */
static void push_notice(struct store *store, const struct notice *notice, struct arena *arena) {
	BUF_AUTO message = { 0 };
	struct error ignored = ERROR_INIT;
	int64_t unread;
	if (!push_is_open() || !store_count(store, NOTICES, FILTER(eq_bool("unread", true)), &unread, &ignored) ||
	    !listeners_renew(store, PUSH_NOTIFICATIONS, notice->at))
		return;
	struct value *map = value_map(arena);
	value_put_text(map, "type", "notification");
	value_put_int(map, "unread", unread);
	(void)value_put(map, "notification", record_to_value(&notice_record, notice, arena));
	json_write(&message, map);
	push_send(PUSH_NOTIFICATIONS, buf_text(&message), message.size);
}

bool notice_tell(struct store *store, const struct notice *notice, struct arena *arena, struct error *err) {
	struct notice one = *notice;
	bool was_there;
	one.id = store_new_id(arena);
	one.unread = true;
	one.read_at = MOMENT_NONE;
	if (!store_insert_once(store, NOTICES, &notice_record, &one, &was_there, err) ||
	    (!was_there && !version_bump(store, REALM_NOTICES, err)))
		return false;
	if (!was_there)
		push_notice(store, &one, arena);
	return true;
}

bool notice_list(struct store *store, int limit, struct arena *arena, struct rows *notices, struct error *err) {
	return store_list(store, NOTICES, &everything, SORT(desc("at"), desc("_id")), limit, &notice_record, arena,
	                  &notices->items, &notices->count, err);
}

/* Every page shows the number, and it changes only with its version. */
bool notice_count_unread(struct store *store, int64_t *count, struct error *err) {
	static struct {
		const struct store *store;
		int64_t version, count;
	} kept;
	const struct versions *versions = store_observed(store);
	if (versions && kept.store == store && kept.version == versions->notices) {
		*count = kept.count;
		return true;
	}
	if (!store_count(store, NOTICES, FILTER(eq_bool("unread", true)), count, err))
		return false;
	kept.store = versions ? store : NULL;
	kept.version = versions ? versions->notices : 0;
	kept.count = *count;
	return true;
}

bool notice_read(struct store *store, const char *id, const char *by, struct moment now, bool *found,
                 struct error *err) {
	const struct update *read = UPDATE(set_bool("unread", false), set_moment("read_at", now), set_text("read_by", by));
	*found = true;
	bool fine = id ? store_update(store, NOTICES, FILTER(by_id(id)), read, found, err)
	               : store_update_all(store, NOTICES, FILTER(eq_bool("unread", true)), read, err);
	return fine && version_bump(store, REALM_NOTICES, err);
}
