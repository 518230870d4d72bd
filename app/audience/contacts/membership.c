/* Memberships: storage. */
#include "audience/contacts/membership.h"

enum { MEMBERSHIPS_MAX = 20000 };

static const char *const status_names[] = {
	[CONTACT_UNKNOWN] = "unknown",
	[CONTACT_SUBSCRIBED] = "subscribed",
	[CONTACT_PENDING] = "pending",
	[CONTACT_UNSUBSCRIBED] = "unsubscribed",
};
_Static_assert(sizeof status_names / sizeof *status_names == CONTACT_STATUS_COUNT, "a name a status");
const struct choices contact_statuses = CHOICES(status_names);

enum contact_status contact_status_of_both(enum contact_status a, enum contact_status b) {
	if (a == CONTACT_UNKNOWN || b == CONTACT_UNKNOWN)
		return a == CONTACT_UNKNOWN ? b : a;
	return a < b ? a : b;
}

static const struct field membership_fields[] = {
	FIELD(struct membership, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct membership, list_id),
	FIELD(struct membership, emailoctopus_id),
	FIELD(struct membership, email),
	FIELD(struct membership, email_norm, .flags = FIELD_PRIVATE),
	FIELD(struct membership, fields, .doc = "The list's own fields, as JSON text"),
	FIELD(struct membership, status, .choices = &contact_statuses, .flags = FIELD_FOREIGN),
	FIELD(struct membership, provider_status),
	FIELD(struct membership, tags),
	FIELD(struct membership, created_at),
	FIELD(struct membership, last_updated_at),
	FIELD(struct membership, seen_run),
};
const struct record_type membership_record = RECORD_TYPE("Membership", struct membership, membership_fields);

char *contact_norm(struct arena *arena, const char *email) {
	return email ? text_fold(arena, text_trim(arena, email)) : NULL;
}

bool membership_save(struct store *store, struct membership *rows, int count, struct arena *arena, struct error *err) {
	struct bulk *bulk = bulk_open(store, "list_contacts");
	for (int i = 0; i < count; i++) {
		bson_t set = BSON_INITIALIZER;
		rows[i].email_norm = contact_norm(arena, rows[i].email);
		record_to_bson(&membership_record, &rows[i], &set);
		bson_t *filter = BCON_NEW("list_id", BCON_UTF8(rows[i].list_id), "emailoctopus_id",
		                          BCON_UTF8(rows[i].emailoctopus_id));
		bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(&set));
		bulk_upsert(bulk, filter, change);
		bson_destroy(filter);
		bson_destroy(change);
		bson_destroy(&set);
	}
	return bulk_run(bulk, NULL, err);
}

bool membership_find(struct store *store, const char *emailoctopus_id, struct arena *arena, struct membership *row,
                     bool *found, struct error *err) {
	bson_t *filter = BCON_NEW("emailoctopus_id", BCON_UTF8(emailoctopus_id));
	bool fine = store_find(store, "list_contacts", filter, NULL, &membership_record, arena, row, found, err);
	bson_destroy(filter);
	return fine;
}

/* { list_id: 1, emailoctopus_id: 1 } */
static bson_t *in_order(void) {
	return BCON_NEW("list_id", BCON_INT32(1), "emailoctopus_id", BCON_INT32(1));
}

/* Always in the same order: which spelling of an address is shown does not depend on what was read last. */
bool membership_list(struct store *store, const struct strings *norms, struct arena *arena, struct membership **rows,
                     int *count, struct error *err) {
	bson_t *filter = store_filter_in("email_norm", norms), *sort = in_order();
	bool fine = store_list(store, "list_contacts", filter, sort, MEMBERSHIPS_MAX, &membership_record, arena,
	                       (void **)rows, count, err);
	bson_destroy(filter);
	bson_destroy(sort);
	return fine;
}

bool membership_next(struct store *store, const char *list_id, const char *after, int limit, struct arena *arena,
                     struct membership **rows, int *count, struct error *err) {
	bson_t *filter = BCON_NEW("list_id", BCON_UTF8(list_id), "emailoctopus_id", "{", "$gt", BCON_UTF8(after), "}");
	bson_t *sort = in_order();
	bool fine = store_list(store, "list_contacts", filter, sort, limit, &membership_record, arena, (void **)rows, count,
	                       err);
	bson_destroy(filter);
	bson_destroy(sort);
	return fine;
}

static bson_t *members_filter(const char *list_id, const char *not_seen_by) {
	return not_seen_by ? BCON_NEW("list_id", BCON_UTF8(list_id), "seen_run", "{", "$ne", BCON_UTF8(not_seen_by), "}")
	                   : BCON_NEW("list_id", BCON_UTF8(list_id));
}

bool membership_count(struct store *store, const char *list_id, const char *not_seen_by, int64_t *count,
                      struct error *err) {
	bson_t *filter = members_filter(list_id, not_seen_by);
	bool fine = store_count(store, "list_contacts", filter, count, err);
	bson_destroy(filter);
	return fine;
}

bool membership_find_gone(struct store *store, const char *list_id, const char *run_id, int limit, struct arena *arena,
                          struct membership **rows, int *count, struct error *err) {
	bson_t *filter = members_filter(list_id, run_id);
	bool fine = store_list(store, "list_contacts", filter, NULL, limit, &membership_record, arena, (void **)rows, count,
	                       err);
	bson_destroy(filter);
	return fine;
}

bool membership_drop(struct store *store, const struct membership *rows, int count, struct error *err) {
	int64_t deleted;
	bool fine = true;
	for (int i = 0; fine && i < count; i++) {
		bson_t *filter = store_filter_id(rows[i].id, NULL);
		fine = store_delete(store, "list_contacts", filter, &deleted, err);
		bson_destroy(filter);
	}
	return fine;
}
