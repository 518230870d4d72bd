/* Memberships: storage. */
#include "audience/contacts/membership.h"

#include <stdlib.h>
#include <string.h>

#include "core/formats/mail.h"

enum { MEMBERSHIPS_MAX = 20000 };

static const char MEMBERSHIPS[] = "list_contacts";

static const char *const status_names[] = {
	[CONTACT_UNKNOWN] = "unknown",
	[CONTACT_SUBSCRIBED] = "subscribed",
	[CONTACT_PENDING] = "pending",
	[CONTACT_UNSUBSCRIBED] = "unsubscribed",
};
_Static_assert(sizeof status_names / sizeof *status_names == CONTACT_STATUS_COUNT, "a name a status");
const struct choices contact_statuses = CHOICES(status_names);
const char *const contact_status_labels[CONTACT_STATUS_COUNT] = {
	[CONTACT_UNKNOWN] = "Unknown",
	[CONTACT_SUBSCRIBED] = "Subscribed",
	[CONTACT_PENDING] = "Pending",
	[CONTACT_UNSUBSCRIBED] = "Unsubscribed",
};

enum contact_status contact_status_of_both(enum contact_status a, enum contact_status b) {
	if (a == CONTACT_UNKNOWN || b == CONTACT_UNKNOWN)
		return a == CONTACT_UNKNOWN ? b : a;
	return a < b ? a : b;
}

static const struct field membership_fields[] = {
	FIELD(struct membership, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct membership, list_id, .flags = FIELD_ID),
	FIELD(struct membership, contact_id, .flags = FIELD_ID),
	FIELD_RECORD(struct membership, external, external_record),
	FIELD(struct membership, email),
	FIELD(struct membership, fields, .doc = "The list's own fields, as JSON text"),
	FIELD(struct membership, status, .choices = &contact_statuses, .flags = FIELD_FOREIGN),
	FIELD(struct membership, provider_status),
	FIELD(struct membership, tags),
	FIELD(struct membership, created_at),
	FIELD(struct membership, last_updated_at),
	FIELD(struct membership, seen_run, .flags = FIELD_ID),
	FIELD(struct membership, missing_run, .flags = FIELD_ID),
	FIELD(struct membership, own, .doc = "Put on the list here, not by a provider"),
	FIELD(struct membership, removed_at),
	FIELD(struct membership, added_by),
	FIELD(struct membership, import_id, .flags = FIELD_ID),
};
const struct record_type membership_record = RECORD_TYPE("Membership", struct membership, membership_fields);

bool membership_is_there(const struct membership *membership) {
	return !moment_is_set(membership->removed_at);
}

char *contact_norm(struct arena *arena, const char *email) {
	const char *ascii = email ? mail_ascii_address(text_trim(arena, email), arena) : NULL;
	char *norm = ascii ? arena_copy(arena, ascii) : NULL;
	for (char *at = norm; at && *at; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
	return text_is_empty(norm) ? NULL : norm;
}

char *contact_domain(struct arena *arena, const char *text) {
	const char *at = text ? strrchr(text, '@') : NULL, *domain = at ? at + 1 : text;
	char *norm = text_is_empty(domain) ? NULL : contact_norm(arena, arena_print(arena, "x@%s", domain));
	return norm && norm[2] ? norm + 2 : NULL;
}

/* What a provider's list says; the rest tells memberships apart, or is of own ones. */
#define PROVIDERS EXCEPT("list_id", "external", "own", "removed_at", "added_by", "import_id")

bool membership_save(struct store *store, const struct membership *rows, int count, struct error *err) {
	struct bulk *bulk = bulk_open(store, MEMBERSHIPS);
	for (int i = 0; i < count; i++)
		bulk_upsert(bulk, FILTER(eq_id("list_id", rows[i].list_id), IS_EXTERNAL(rows[i].external)),
		            UPDATE(set_record(&membership_record, &rows[i], PROVIDERS)));
	return bulk_run(bulk, NULL, err);
}

bool membership_find_external(struct store *store, const char *connection_id, const struct strings *external_ids,
                              struct arena *arena, struct membership **rows, int *count, struct error *err) {
	return store_list(store, MEMBERSHIPS,
	                  FILTER(eq_id("external.connection_id", connection_id), in_texts("external.id", external_ids)),
	                  NULL, MEMBERSHIPS_MAX, &membership_record, arena, (void **)rows, count, err);
}

/* In a fixed order, so that the spelling of an address that is shown does not depend on what was read last. */
static int compare_texts(const char *a, const char *b) {
	return strcmp(a ? a : "", b ? b : "");
}

static int by_person(const void *a, const void *b) {
	const struct membership *left = a, *right = b;
	int order = compare_texts(left->contact_id, right->contact_id);
	order = order ? order : compare_texts(left->list_id, right->list_id);
	order = order ? order : compare_texts(left->external.id, right->external.id);
	return order ? order : compare_texts(left->id, right->id);
}

void membership_sort(struct membership *rows, int count) {
	if (count)
		qsort(rows, (size_t)count, sizeof *rows, by_person);
}

const struct membership *membership_of(const struct membership *rows, int count, const char *contact_id, int *found) {
	int low = 0, high = count;
	while (low < high) {
		int middle = (low + high) / 2;
		if (compare_texts(rows[middle].contact_id, contact_id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (*found = 0; low + *found < count && text_same(rows[low + *found].contact_id, contact_id);)
		++*found;
	return *found ? rows + low : NULL;
}

bool membership_list(struct store *store, const struct strings *contact_ids, struct arena *arena,
                     struct membership **rows, int *count, struct error *err) {
	return store_list(store, MEMBERSHIPS, FILTER(in_ids("contact_id", contact_ids)),
	                  SORT(asc("list_id"), asc("external.id"), asc("_id")), MEMBERSHIPS_MAX, &membership_record, arena,
	                  (void **)rows, count, err);
}

bool membership_next(struct store *store, const char *list_id, const char *after, int limit, struct arena *arena,
                     struct membership **rows, int *count, struct error *err) {
	return store_list(store, MEMBERSHIPS, FILTER(eq_id("list_id", list_id), *after ? gt_id("_id", after) : anything()),
	                  SORT(asc("_id")), limit, &membership_record, arena, (void **)rows, count, err);
}

bool membership_next_not_ascii(struct store *store, const char *after, int limit, struct arena *arena,
                               struct membership **rows, int *count, struct error *err) {
	return store_list(store, MEMBERSHIPS,
	                  FILTER(matches_pattern("email", "[^ -~]"), *after ? gt_id("_id", after) : anything()),
	                  SORT(asc("_id")), limit, &membership_record, arena, (void **)rows, count, err);
}

/* Memberships of the list; with a run, only those that it did not see. */
static struct condition unseen_by(const char *run_id) {
	return run_id ? ne_id("seen_run", run_id) : anything();
}

bool membership_count(struct store *store, const char *list_id, const char *not_seen_by, int64_t *count,
                      struct error *err) {
	return store_count(store, MEMBERSHIPS, FILTER(eq_id("list_id", list_id), unseen_by(not_seen_by)), count, err);
}

bool membership_count_joined(struct store *store, const char *list_id, struct moment from, struct moment to,
                             int64_t *count, struct error *err) {
	return store_count(store, MEMBERSHIPS,
	                   FILTER(eq_id("list_id", list_id), gte_moment("created_at", from), lt_moment("created_at", to),
	                          in_texts("status", TEXTS("subscribed", "unsubscribed"))),
	                   count, err);
}

bool membership_find_gone(struct store *store, const char *list_id, const char *run_id, bool confirmed, int limit,
                          struct arena *arena, struct membership **rows, int *count, struct error *err) {
	return store_list(store, MEMBERSHIPS,
	                  FILTER(eq_id("list_id", list_id), unseen_by(run_id),
	                         confirmed ? anything() : is_present("missing_run"),
	                         confirmed ? anything() : ne_id("missing_run", run_id)),
	                  NULL, limit, &membership_record, arena, (void **)rows, count, err);
}

bool membership_note_missing(struct store *store, const char *list_id, const char *run_id, struct error *err) {
	return store_update_all(store, MEMBERSHIPS,
	                        FILTER(eq_id("list_id", list_id), unseen_by(run_id), is_absent("missing_run")),
	                        UPDATE(set_id("missing_run", run_id)), err);
}

bool membership_drop(struct store *store, const struct membership *rows, int count, struct error *err) {
	int64_t deleted;
	bool fine = true;
	for (int i = 0; fine && i < count; i++)
		fine = store_delete(store, MEMBERSHIPS, FILTER(by_id(rows[i].id)), &deleted, err);
	return fine;
}

bool membership_drop_own(struct store *store, const struct strings *contact_ids, struct error *err) {
	int64_t deleted;
	return contact_ids->count == 0 ||
	       store_delete(store, MEMBERSHIPS, FILTER(in_ids("contact_id", contact_ids), eq_bool("own", true)), &deleted,
	                    err);
}

bool membership_copy_own(struct store *into, const struct rows *rows, struct error *err) {
	const struct membership *all = rows->items;
	struct bulk *bulk = bulk_open(into, MEMBERSHIPS);
	for (int i = 0; i < rows->count; i++)
		bulk_insert(bulk, &membership_record, &all[i]);
	return bulk_run(bulk, NULL, err);
}
