/* Suppressions and people. */
#include "audience/contacts/suppressing.h"

#include <string.h>

enum { TRIES = 5, PEOPLE_AT_ONCE = 500 };

static const char CONTACTS[] = "contacts";

static const char *reason_of(const struct suppression *rows, int count, const char *key) {
	const struct suppression *row = suppression_of(rows, count, key);
	return row ? choice_name(&suppression_reasons, (int)row->reason) : NULL;
}

bool contact_fill_suppressed(struct store *store, struct contact *contacts, int count, struct arena *arena,
                             struct error *err) {
	struct strings keys = { arena_array(arena, const char *, 2 * count + 1), 0 };
	const char **norms = arena_array(arena, const char *, count + 1);
	struct suppression *rows;
	int row_count;
	for (int i = 0; i < count; i++) {
		norms[i] = contact_norm(arena, contacts[i].email);
		if (norms[i])
			keys.items[keys.count++] = norms[i];
		if (contacts[i].profile.phone)
			keys.items[keys.count++] = contacts[i].profile.phone;
	}
	if (!suppression_find(store, &keys, arena, &rows, &row_count, err))
		return false;
	for (int i = 0; i < count; i++) {
		contacts[i].suppressed = reason_of(rows, row_count, norms[i]);
		contacts[i].phone_suppressed = reason_of(rows, row_count, contacts[i].profile.phone);
	}
	return true;
}

/* Whoever changes a suppression marks people after that, whoever stores people asks again after that: whichever comes
 * last stores what holds. */
bool contact_check_suppressed(struct store *store, struct contact *contacts, int count, struct arena *arena,
                              struct error *err) {
	struct contact *before = arena_array(arena, struct contact, count + 1);
	for (int tries = 0; count && tries < TRIES; tries++) {
		bool changed = false;
		struct bulk *bulk;
		memcpy(before, contacts, (size_t)count * sizeof *contacts);
		if (!contact_fill_suppressed(store, contacts, count, arena, err))
			return false;
		bulk = bulk_open(store, CONTACTS);
		for (int i = 0; i < count; i++) {
			if (text_same(before[i].suppressed, contacts[i].suppressed) &&
			    text_same(before[i].phone_suppressed, contacts[i].phone_suppressed))
				continue;
			changed = true;
			bulk_update(bulk, FILTER(by_id(contacts[i].id)),
			            UPDATE(set_text("suppressed", contacts[i].suppressed),
			                   set_text("phone_suppressed", contacts[i].phone_suppressed)));
		}
		if (!bulk_run(bulk, NULL, err))
			return false;
		if (!changed)
			return true;
	}
	return true;
}

/* Everybody with these phones, page by page: a phone need not be one person's alone. */
static bool mark_phones(struct store *store, const struct strings *phones, struct error *err) {
	const char *after = "";
	char last[25];
	int count = PEOPLE_AT_ONCE;
	while (phones->count && count == PEOPLE_AT_ONCE) {
		ARENA_AUTO arena = arena_new();
		struct contact *contacts;
		if (!store_list(store, CONTACTS, FILTER(in_texts("phone", phones), *after ? gt_id("_id", after) : anything()),
		                SORT(asc("_id")), PEOPLE_AT_ONCE, &contact_record, arena, (void **)&contacts, &count, err) ||
		    !contact_check_suppressed(store, contacts, count, arena, err))
			return false;
		if (count)
			after = memcpy(last, contacts[count - 1].id, sizeof last);
	}
	return true;
}

bool contact_mark_suppressed(struct store *store, const struct strings *keys, struct arena *arena, struct error *err) {
	struct strings phones = { arena_array(arena, const char *, keys->count + 1), 0 };
	for (int i = 0; i < keys->count; i++)
		if (suppression_kind_of(keys->items[i]) == SUPPRESSED_PHONE)
			phones.items[phones.count++] = keys->items[i];
	for (int first = 0; first < keys->count; first += PEOPLE_AT_ONCE) {
		ARENA_AUTO own = arena_new();
		int some = keys->count - first < PEOPLE_AT_ONCE ? keys->count - first : PEOPLE_AT_ONCE, count;
		struct contact *contacts;
		if (!contact_find_by_addresses(store, &(struct strings){ keys->items + first, some }, own, &contacts, &count,
		                               err) ||
		    !contact_check_suppressed(store, contacts, count, own, err))
			return false;
	}
	return mark_phones(store, &phones, err);
}

bool contact_suppress(struct store *store, const struct suppression_entry *entries, int count, struct arena *arena,
                      struct error *err) {
	struct strings keys = { arena_array(arena, const char *, count + 1), count };
	for (int i = 0; i < count; i++)
		keys.items[i] = entries[i].key;
	return count == 0 ||
	       (suppression_add(store, entries, count, arena, err) && contact_mark_suppressed(store, &keys, arena, err));
}

bool contact_lift_suppression(struct store *store, const char *id, const struct suppression_note *why,
                              struct arena *arena, struct suppression *row, struct error *err) {
	if (!suppression_lift(store, id, why, arena, row, err))
		return false;
	return !row->value || contact_mark_suppressed(store, &(struct strings){ &row->value, 1 }, arena, err);
}
