/* Notifications: rules and storage. */
#include "notices/notice.h"

static const char *const kind_names[] = {
	[NOTICE_SYNC] = "sync", [NOTICE_LIMIT] = "limit", [NOTICE_ANOMALY] = "anomaly", [NOTICE_REPORT] = "report"
};
_Static_assert(sizeof kind_names / sizeof *kind_names == NOTICE_KIND_COUNT, "a name a kind");
const struct choices notice_kinds = CHOICES(kind_names);

static const struct field notice_fields[] = {
	FIELD(struct notice, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct notice, key, .flags = FIELD_PRIVATE),
	FIELD(struct notice, kind, .choices = &notice_kinds),
	FIELD(struct notice, words),
	FIELD(struct notice, campaign),
	FIELD(struct notice, name),
	FIELD(struct notice, address, .doc = "Of the page that shows more"),
	FIELD(struct notice, at),
	FIELD(struct notice, read_at),
	FIELD(struct notice, read_by),
	FIELD(struct notice, unread),
};
const struct record_type notice_record = RECORD_TYPE("Notification", struct notice, notice_fields);

bool notice_tell(struct store *store, const struct notice *notice, struct arena *arena, struct error *err) {
	struct notice one = *notice;
	bson_t document = BSON_INITIALIZER;
	one.id = store_new_id(arena);
	one.unread = true;
	one.read_at = MOMENT_NONE;
	record_to_bson(&notice_record, &one, &document);
	bool fine = store_insert(store, "notices", &document, err) || err->kind == ERROR_CONFLICT;
	bson_destroy(&document);
	return fine;
}

bool notice_list(struct store *store, int limit, struct arena *arena, struct rows *notices, struct error *err) {
	bson_t all = BSON_INITIALIZER;
	bson_t *sort = BCON_NEW("at", BCON_INT32(-1), "_id", BCON_INT32(-1));
	bool fine = store_list(store, "notices", &all, sort, limit, &notice_record, arena, &notices->items, &notices->count,
	                       err);
	bson_destroy(sort);
	return fine;
}

bool notice_count_unread(struct store *store, int64_t *count, struct error *err) {
	bson_t *filter = BCON_NEW("unread", BCON_BOOL(true));
	bool fine = store_count(store, "notices", filter, count, err);
	bson_destroy(filter);
	return fine;
}

bool notice_read(struct store *store, const char *id, const char *by, bool *found, struct error *err) {
	bson_t *filter = id ? store_filter_id(id, NULL) : BCON_NEW("unread", BCON_BOOL(true));
	bson_t *change = BCON_NEW("$set", "{", "unread", BCON_BOOL(false), "read_at", BCON_DATE_TIME(moment_now().ms),
	                          "read_by", BCON_UTF8(by), "}");
	*found = true;
	bool fine = id ? store_update(store, "notices", filter, change, found, err)
	               : store_update_all(store, "notices", filter, change, err);
	bson_destroy(filter);
	bson_destroy(change);
	return fine && version_bump(store, VERSION_DATA, err); /* every page shows the number of unread ones */
}
