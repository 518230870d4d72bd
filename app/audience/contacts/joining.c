/* People on lists of one's own. */
#include "audience/contacts/joining.h"

#include "audience/contacts/gather.h"
#include "audience/lists/list.h"
#include "core/base/lease.h"
#include "core/store/version.h"

static const char MEMBERSHIPS[] = "list_contacts", CONTACTS[] = "contacts";

bool joining_write(struct store *store, const struct joining *joining, const struct strings *contact_ids,
                   struct error *err) {
	struct bulk *bulk = bulk_open(store, MEMBERSHIPS);
	for (int i = 0; i < contact_ids->count; i++) {
		struct membership fresh;
		record_clear(&membership_record, &fresh);
		fresh.status = joining->status;
		fresh.created_at = joining->now;
		fresh.added_by = joining->by;
		fresh.import_id = joining->import_id;
		bulk_upsert(bulk,
		            FILTER(eq_id("list_id", joining->list_id), eq_id("contact_id", contact_ids->items[i]),
		                   eq_bool("own", true)),
		            UPDATE(unset("removed_at"), set_when_new(&membership_record, &fresh,
		                                                     ONLY("status", "created_at", "added_by", "import_id"))));
	}
	return bulk_run(bulk, NULL, err);
}

static const struct field own_fields[] = {
	FIELD(struct membership, list_id, .flags = FIELD_ID),
	FIELD(struct membership, contact_id, .flags = FIELD_ID),
	FIELD(struct membership, own),
	FIELD(struct membership, status, .choices = &contact_statuses),
	FIELD(struct membership, created_at),
	FIELD(struct membership, added_by),
	FIELD(struct membership, import_id, .flags = FIELD_ID),
};
static const struct record_type own_membership_record = RECORD_TYPE("OwnMembership", struct membership, own_fields);

bool joining_insert(struct store *store, const struct joining *joining, const struct strings *contact_ids,
                    struct error *err) {
	struct bulk *bulk = bulk_open(store, MEMBERSHIPS);
	for (int i = 0; i < contact_ids->count; i++) {
		const struct membership fresh = { .list_id = joining->list_id,
			                              .contact_id = contact_ids->items[i],
			                              .own = true,
			                              .status = joining->status,
			                              .created_at = joining->now,
			                              .added_by = joining->by,
			                              .import_id = joining->import_id };
		bulk_insert(bulk, &own_membership_record, &fresh);
	}
	return bulk_run(bulk, NULL, err);
}

/* Before the memberships are written: whoever is killed before the people are gathered leaves the mark. */
static bool mark(struct store *store, const struct strings *ids, struct moment at, struct error *err) {
	return store_update_all(store, CONTACTS, FILTER(in_ids("_id", ids)), UPDATE(set_moment("gather_at", at)), err);
}

/* After the memberships are written, so that whoever gathers with an earlier count has no say (gather.h). Senders and
 * pages look again before the mark goes. */
static bool gather(struct store *store, const struct strings *ids, struct moment at, struct arena *arena,
                   struct error *err) {
	struct bulk *bulk = bulk_open(store, CONTACTS);
	for (int i = 0; i < ids->count; i++)
		bulk_update(bulk, FILTER(by_id(ids->items[i])), UPDATE(add_count("joins", 1)));
	return bulk_run(bulk, NULL, err) && gather_people(store, ids, NULL, arena, err) &&
	       version_bump(store, REALM_PEOPLE, err) &&
	       store_update_all(store, CONTACTS, FILTER(in_ids("_id", ids), eq_moment("gather_at", at)),
	                        UPDATE(unset("gather_at")), err);
}

static bool find_own(struct store *store, const char *list_id, const struct strings *ids, struct arena *arena,
                     struct membership **rows, int *count, struct error *err) {
	return store_list(store, MEMBERSHIPS,
	                  FILTER(eq_id("list_id", list_id), in_ids("contact_id", ids), eq_bool("own", true)), NULL,
	                  ids->count + 1, &membership_record, arena, (void **)rows, count, err);
}

/* Marks these memberships before the people are gathered, so that after a crash they are found again. */
static bool end_them(struct store *store, const struct strings *ids, const struct strings *people, struct moment at,
                     bool for_good, struct arena *arena, struct error *err) {
	int64_t deleted;
	return ids->count == 0 ||
	       (mark(store, people, at, err) &&
	        store_update_all(store, MEMBERSHIPS, FILTER(in_ids("_id", ids)), UPDATE(set_moment("removed_at", at)),
	                         err) &&
	        gather(store, people, at, arena, err) &&
	        (!for_good || store_delete(store, MEMBERSHIPS, FILTER(in_ids("_id", ids)), &deleted, err)));
}

static bool end_for_good(struct store *store, const struct membership *rows, int count, struct moment at,
                         struct arena *arena, struct error *err) {
	struct strings ids = { arena_array(arena, const char *, count + 1), 0 },
				   people = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++) {
		ids.items[ids.count++] = rows[i].id;
		people.items[people.count++] = rows[i].contact_id;
	}
	return end_them(store, &ids, &people, at, true, arena, err);
}

bool joining_check(struct store *store, const struct joining *joining, const struct strings *contact_ids,
                   struct arena *arena, bool *there, struct error *err) {
	struct list list;
	struct membership *rows;
	int count;
	if (!list_find(store, joining->list_id, arena, &list, there, err))
		return false;
	return *there || (find_own(store, joining->list_id, contact_ids, arena, &rows, &count, err) &&
	                  end_for_good(store, rows, count, joining->now, arena, err));
}

/* Those who are stored. */
static bool find_people(struct store *store, const struct strings *ids, struct arena *arena, struct strings *people,
                        struct error *err) {
	struct person *known;
	int count;
	if (!gather_find(store, ids, arena, &known, &count, err))
		return false;
	*people = (struct strings){ arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		people->items[people->count++] = known[i].id;
	return true;
}

bool joining_add(struct store *store, const struct joining *joining, const struct strings *contact_ids,
                 struct arena *arena, int64_t *added, struct error *err) {
	struct strings people;
	struct membership *rows;
	int count, there = 0;
	bool stands = true;
	if (!find_people(store, contact_ids, arena, &people, err) ||
	    !find_own(store, joining->list_id, &people, arena, &rows, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		there += membership_is_there(&rows[i]);
	*added = people.count - there;
	return people.count == 0 ||
	       (mark(store, &people, joining->now, err) && joining_write(store, joining, &people, err) &&
	        gather(store, &people, joining->now, arena, err) &&
	        joining_check(store, joining, &people, arena, &stands, err) &&
	        (stands || error_set(err, ERROR_MISSING, "The list was deleted meanwhile")));
}

bool joining_remove(struct store *store, const struct joining *joining, const struct strings *contact_ids,
                    struct arena *arena, int64_t *removed, struct error *err) {
	struct membership *rows;
	int count;
	if (!find_own(store, joining->list_id, contact_ids, arena, &rows, &count, err))
		return false;
	struct strings ids = { arena_array(arena, const char *, count + 1), 0 },
				   people = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++) {
		bool is_its = !joining->import_id || text_same(rows[i].import_id, joining->import_id);
		if (!is_its || (!joining->import_id && !membership_is_there(&rows[i])))
			continue;
		ids.items[ids.count++] = rows[i].id;
		people.items[people.count++] = rows[i].contact_id;
	}
	*removed = ids.count;
	return end_them(store, &ids, &people, joining->now, joining->import_id != NULL, arena, err);
}

bool joining_find(struct store *store, const char *list_id, const char *contact_id, struct arena *arena,
                  struct membership *membership, bool *found, struct error *err) {
	return store_find(store, MEMBERSHIPS,
	                  FILTER(eq_id("list_id", list_id), eq_id("contact_id", contact_id), eq_bool("own", true)), NULL,
	                  &membership_record, arena, membership, found, err);
}

bool joining_set_status(struct store *store, const char *list_id, const char *contact_id, enum contact_status status,
                        struct moment now, struct arena *arena, struct error *err) {
	const struct strings person = { &contact_id, 1 };
	bool matched;
	return mark(store, &person, now, err) &&
	       store_update(store, MEMBERSHIPS,
	                    FILTER(eq_id("list_id", list_id), eq_id("contact_id", contact_id), eq_bool("own", true),
	                           is_absent("removed_at")),
	                    UPDATE(set_choice("status", &contact_statuses, status), set_moment("last_updated_at", now)),
	                    &matched, err) &&
	       gather(store, &person, now, arena, err) &&
	       (matched || error_set(err, ERROR_MISSING, "This contact is not on the list"));
}

bool joining_is_left(struct store *store, const char *contact_id, bool *left, struct error *err) {
	int64_t count;
	bool fine = store_count_most(store, CONTACTS, FILTER(by_id(contact_id), is_present("gather_at")), 1, &count, err);
	*left = fine && count > 0;
	return fine;
}

struct marked {
	const char *id;
	struct moment gather_at;
};
static const struct field marked_fields[] = {
	FIELD(struct marked, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct marked, gather_at),
};
static const struct record_type marked_record = RECORD_TYPE("MarkedContact", struct marked, marked_fields);

bool joining_finish(struct store *store, int64_t patience_ms, int limit, struct moment now, int *count,
                    struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct marked *marked;
	bool fine = true;
	int found;
	*count = 0;
	if (!store_list(store, CONTACTS, FILTER(is_present("gather_at")), SORT(asc("gather_at"), asc("_id")), limit,
	                &marked_record, arena, (void **)&marked, &found, err))
		return false;
	for (int i = 0; fine && i < found; i++) {
		if (was_lately(marked[i].gather_at, patience_ms, now))
			continue;
		fine = gather(store, &(struct strings){ &marked[i].id, 1 }, marked[i].gather_at, arena, err);
		++*count;
	}
	return fine;
}

bool joining_end(struct store *store, const char *list_id, int limit, struct moment now, int *count,
                 struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct membership *rows;
	if (!store_list(store, MEMBERSHIPS, FILTER(eq_id("list_id", list_id), eq_bool("own", true)), NULL, limit,
	                &membership_record, arena, (void **)&rows, count, err))
		return false;
	return end_for_good(store, rows, *count, now, arena, err);
}
