/* Many people at once. */
#include "audience/contacts/take.h"

#include <stdlib.h>
#include <string.h>

#include "audience/contacts/gather.h"
#include "audience/contacts/suppressing.h"

static const char CONTACTS[] = "contacts";

enum { OF_ONE_PHONE = 4 }; /* people with one number who are looked at */

static bool with_memberships(struct store *store, const struct contact *contacts, int count, struct arena *arena,
                             struct contact_known **known, struct error *err) {
	struct strings ids = { arena_array(arena, const char *, count + 1), 0 };
	struct membership *rows = NULL;
	int row_count = 0;
	*known = arena_array(arena, struct contact_known, count + 1);
	for (int i = 0; i < count; i++) {
		(*known)[i].contact = contacts[i];
		if (contacts[i].list_ids.count)
			ids.items[ids.count++] = contacts[i].id;
	}
	if (ids.count && !membership_list(store, &ids, arena, &rows, &row_count, err))
		return false;
	membership_sort(rows, row_count);
	for (int i = 0; i < count; i++)
		(*known)[i].rows = membership_of(rows, row_count, contacts[i].id, &(*known)[i].count);
	return true;
}

/* Two queries, each by its index. Somebody found by both comes once. */
static bool find_both(struct store *store, const struct strings *norms, const struct strings *phones,
                      struct arena *arena, struct contact **all, int *count, struct error *err) {
	struct contact *by_phone = NULL;
	int phone_count = 0, limit = OF_ONE_PHONE * phones->count;
	if (!contact_find_by_addresses(store, norms, arena, all, count, err))
		return false;
	if (!phones->count)
		return true;
	if (!store_list(store, CONTACTS, FILTER(in_texts("phone", phones)), NULL, limit, &contact_record, arena,
	                (void **)&by_phone, &phone_count, err))
		return false;
	struct contact *both = arena_array(arena, struct contact, *count + phone_count + 1);
	int by_norm = *count;
	for (int i = 0; i < by_norm; i++)
		both[i] = (*all)[i];
	for (int i = 0; i < phone_count; i++)
		if (!contact_with_address(*all, by_norm, by_phone[i].email_norm))
			both[(*count)++] = by_phone[i];
	*all = both;
	return true;
}

bool contact_know(struct store *store, const struct strings *norms, const struct strings *phones, struct arena *arena,
                  struct contact_known **known, int *count, struct error *err) {
	struct contact *rows;
	return find_both(store, norms, phones, arena, &rows, count, err) &&
	       with_memberships(store, rows, *count, arena, known, err);
}

bool contact_know_ids(struct store *store, const struct strings *ids, struct arena *arena, struct contact_known **known,
                      int *count, struct error *err) {
	struct contact *rows;
	return store_list(store, CONTACTS, FILTER(in_ids("_id", ids)), SORT(asc("_id")), ids->count + 1, &contact_record,
	                  arena, (void **)&rows, count, err) &&
	       with_memberships(store, rows, *count, arena, known, err);
}

int64_t contact_take_rev(const struct contact_take *take) {
	return take->is_new ? 1 : take->rev + 1;
}

static struct contact contact_of(const struct contact_take *take, struct arena *arena) {
	const struct person person = { .id = take->id,
		                           .email = take->email,
		                           .email_norm = take->email_norm,
		                           .own = take->own,
		                           .rev = take->rev,
		                           .joins = COUNT_NONE };
	struct contact contact = gather_contact(&person, take->rows, take->count, arena);
	contact.own = take->own;
	contact.email_norm = take->email_norm;
	contact.suppressed = take->suppressed;
	contact.phone_suppressed = take->phone_suppressed;
	if (take->is_new) {
		contact.engagement = ENGAGEMENT_NONE;
		contact.is_active = true;
	}
	return contact;
}

/* A macro, because NONE_OF lives in the block where it stands. */
#define HAS_JOINS(n) ((n) > 0 ? eq_count("joins", (n)) : NONE_OF(gt_count("joins", 0)))

static void bulk_taken(struct bulk *bulk, const struct contact_take *take, const struct contact *contact) {
	if (take->is_new) {
		bulk_insert(bulk, &contact_record, contact);
		return;
	}
	bulk_update(bulk,
	            FILTER(by_id(take->id), take->rev ? eq_count("rev", take->rev) : is_absent("rev"),
	                   HAS_JOINS(take->joins)),
	            UPDATE(set_record(&contact_record, contact,
	                              EXCEPT("id", "bad_domain", "fewer_last_at", "fewer_campaign_id", "engagement",
	                                     "customer_id", "customer_link", "usage_segment", "customer_groups",
	                                     "is_active", "rev", "joins")),
	                   set_count("rev", contact_take_rev(take))));
}

bool contact_take(struct store *store, const struct contact_take *takes, int count, struct arena *arena, bool *all,
                  struct error *err) {
	struct contact *contacts = arena_array(arena, struct contact, count + 1);
	*all = true;
	if (count == 0)
		return true;
	for (int i = 0; i < count; i++)
		contacts[i] = contact_of(&takes[i], arena);
	struct bulk *bulk = bulk_open(store, CONTACTS);
	for (int i = 0; i < count; i++)
		bulk_taken(bulk, &takes[i], &contacts[i]);
	return bulk_run_all(bulk, all, err) && contact_check_suppressed(store, contacts, count, arena, err);
}

struct marked {
	const char *id;
	struct {
		const char *import_id;
	} own;
	int64_t rev, joins;
};
static const struct field own_fields[] = {
	{ .name = "import_id", .type = FIELD_TEXT, .offset = 0, .flags = FIELD_ID }
};
static const struct record_type own_mark_record = { "OwnMark", own_fields, 1, sizeof(const char *) };
static const struct field mark_fields[] = {
	FIELD(struct marked, id, .stored = "_id", .flags = FIELD_ID),
	FIELD_RECORD(struct marked, own, own_mark_record),
	FIELD(struct marked, rev, .flags = FIELD_REVISION),
	FIELD(struct marked, joins),
};
static const struct record_type mark_record = RECORD_TYPE("ContactMark", struct marked, mark_fields);

bool contact_marks(struct store *store, const struct strings *ids, struct arena *arena, struct contact_mark **marks,
                   int *count, struct error *err) {
	struct marked *rows;
	if (!store_list(store, CONTACTS, FILTER(in_ids("_id", ids)), SORT(asc("_id")), ids->count + 1, &mark_record, arena,
	                (void **)&rows, count, err))
		return false;
	*marks = arena_array(arena, struct contact_mark, *count + 1);
	for (int i = 0; i < *count; i++)
		(*marks)[i] = (struct contact_mark){ rows[i].id, rows[i].own.import_id, rows[i].rev, rows[i].joins };
	return true;
}

static int by_its_id(const void *a, const void *b) {
	return strcmp(((const struct contact_mark *)a)->id, ((const struct contact_mark *)b)->id);
}

const struct contact_mark *contact_mark_of(const struct contact_mark *marks, int count, const char *id) {
	const struct contact_mark wanted = { .id = id };
	return id && count ? bsearch(&wanted, marks, (size_t)count, sizeof *marks, by_its_id) : NULL;
}

/* The ids of those from `first` on that are as far as the first one, which are marked as taken. */
static struct strings as_far(const struct contact_mark *marks, int first, int count, bool *taken, struct arena *arena) {
	struct strings ids = { arena_array(arena, const char *, count - first), 0 };
	for (int i = first; i < count; i++) {
		if (taken[i] || marks[i].rev != marks[first].rev || marks[i].joins != marks[first].joins)
			continue;
		ids.items[ids.count++] = marks[i].id;
		taken[i] = true;
	}
	return ids;
}

/* Most are equally far, so few statements are needed. */
bool contact_untake(struct store *store, const struct contact_mark *marks, int count, struct error *err) {
	ARENA_AUTO arena = arena_new();
	bool *taken = arena_array(arena, bool, count + 1), fine = true;
	int64_t deleted;
	for (int i = 0; fine && i < count; i++) {
		if (taken[i])
			continue;
		const struct strings ids = as_far(marks, i, count, taken, arena);
		fine = store_delete(store, CONTACTS,
		                    FILTER(in_ids("_id", &ids), eq_count("rev", marks[i].rev), HAS_JOINS(marks[i].joins)),
		                    &deleted, err);
	}
	return fine;
}
