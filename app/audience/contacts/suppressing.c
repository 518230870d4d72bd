/* Suppressions and people. */
#include "audience/contacts/suppressing.h"

#include <string.h>
#include <strings.h>

#include "audience/contacts/change.h"
#include "core/store/version.h"

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

/* Makes everybody with these addresses and phones say what is suppressed now. */
static bool mark(struct store *store, const struct strings *keys, struct arena *arena, struct error *err) {
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

struct unsubscribing {
	struct moment at;
	const char *norm; /* out: the address of whom this was noted; NULL: nothing was to be noted */
};

static void note_unsubscribed(void *context, const struct contact *shown, struct own *own, bool *changed,
                              struct arena *arena) {
	struct unsubscribing *one = context;
	*changed = !moment_is_set(own->unsubscribed_at);
	one->norm = *changed ? contact_norm(arena, shown->email) : NULL;
	if (!*changed)
		return;
	own->unsubscribed_at = own->updated_at = one->at;
	if (!own_is_any(own))
		own->created_at = one->at;
}

/* Only if it was their address, or the phone of somebody without one: else the other one is still unsubscribed. */
static void note_subscribed(void *context, const struct contact *shown, struct own *own, bool *changed,
                            struct arena *arena) {
	const char *key = context, *norm = contact_norm(arena, shown->email);
	*changed = moment_is_set(own->unsubscribed_at) && text_same(norm ? norm : shown->profile.phone, key);
	if (*changed)
		own->unsubscribed_at = MOMENT_NONE;
}

static bool edit_people(struct store *store, const struct filter *whom, contact_edit *edit, void *context,
                        struct arena *arena, struct error *err) {
	struct contact *contacts;
	int count;
	if (!store_list(store, CONTACTS, whom, NULL, PEOPLE_AT_ONCE, &contact_record, arena, (void **)&contacts, &count,
	                err))
		return false;
	for (int i = 0; i < count; i++) {
		struct error why = ERROR_INIT;
		if (!contact_edit_own(store, contacts[i].id, edit, context, arena, &why) && why.kind != ERROR_MISSING) {
			*err = why;
			return false;
		}
	}
	return true;
}

/* What people say themselves of a row: that they unsubscribed by a link, or no longer, once that was lifted. */
static bool tell_people(struct store *store, const struct suppression *row, struct arena *arena, struct error *err) {
	const char *member = row->kind == SUPPRESSED_EMAIL ? "email_norm" : "phone";
	struct unsubscribing one = { .at = row->at };
	if (row->reason != SUPPRESSION_UNSUBSCRIBED || !row->value)
		return true;
	if (!row->is_active)
		return edit_people(store, FILTER(eq_text(member, row->value), is_present("unsubscribed_at")), note_subscribed,
		                   (void *)(uintptr_t)row->value, arena, err);
	return row->source != SUPPRESSED_BY_THEM || row->kind != SUPPRESSED_EMAIL ||
	       edit_people(store, FILTER(eq_text(member, row->value), is_absent("unsubscribed_at")), note_unsubscribed,
	                   &one, arena, err);
}

/* Those of rows that were written. Senders and pages look again before the row says that all were told: whoever is
 * killed in between is made up for. */
static bool tell(struct store *store, const struct strings *keys, const struct suppression *rows, int count,
                 struct arena *arena, struct error *err) {
	if (!mark(store, keys, arena, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!tell_people(store, &rows[i], arena, err))
			return false;
	return count == 0 || (version_bump(store, REALM_PEOPLE, err) && suppression_told(store, rows, count, err));
}

/* Also what somebody else was killed in the middle of. */
static bool tell_of(struct store *store, const struct strings *keys, struct arena *arena, struct error *err) {
	struct suppression *rows;
	int count;
	return suppression_find_untold(store, keys, keys->count * SUPPRESSION_REASON_COUNT + 1, arena, &rows, &count,
	                               err) &&
	       tell(store, keys, rows, count, arena, err);
}

bool contact_finish_suppressed(struct store *store, int64_t patience_ms, int limit, struct moment now, int *count,
                               struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct suppression *rows;
	if (!suppression_find_left(store, patience_ms, limit, now, arena, &rows, count, err))
		return false;
	struct strings keys = { arena_array(arena, const char *, *count + 1), 0 };
	for (int i = 0; i < *count; i++)
		if (rows[i].value)
			keys.items[keys.count++] = rows[i].value;
	return tell(store, &keys, rows, *count, arena, err);
}

bool contact_suppress(struct store *store, const struct suppression_entry *entries, int count, struct arena *arena,
                      struct error *err) {
	struct strings keys = { arena_array(arena, const char *, count + 1), count };
	for (int i = 0; i < count; i++)
		keys.items[i] = entries[i].key;
	return count == 0 || (suppression_add(store, entries, count, arena, err) && tell_of(store, &keys, arena, err));
}

/* The keys of a person: address and phone. */
static struct strings keys_of(const struct contact *contact, struct arena *arena) {
	struct strings keys = { arena_array(arena, const char *, 2), 0 };
	if (contact_norm(arena, contact->email))
		keys.items[keys.count++] = contact_norm(arena, contact->email);
	if (contact->profile.phone)
		keys.items[keys.count++] = contact->profile.phone;
	return keys;
}

/* Nobody else has their address, and they say what holds since they were changed: the row only has to say so. */
static bool note_told(struct store *store, const struct strings *keys, struct arena *arena, struct error *err) {
	struct suppression *rows;
	int count;
	return suppression_find_untold(store, keys, keys->count * SUPPRESSION_REASON_COUNT + 1, arena, &rows, &count,
	                               err) &&
	       suppression_told(store, rows, count, err);
}

/* The person is changed before those who share the phone are told: then nothing is left to write of this one. */
bool contact_unsubscribe(struct store *store, const struct contact *contact, const struct suppression_note *why,
                         struct arena *arena, struct error *err) {
	const struct strings keys = keys_of(contact, arena);
	struct suppression_entry entries[2];
	struct unsubscribing one = { .at = why->at };
	for (int i = 0; i < keys.count; i++)
		entries[i] = (struct suppression_entry){ keys.items[i], SUPPRESSION_UNSUBSCRIBED,
			                                     why->evidence, why->source,
			                                     why->by,       why->at };
	if ((keys.count && !suppression_add(store, entries, keys.count, arena, err)) ||
	    !contact_edit_own(store, contact->id, note_unsubscribed, &one, arena, err))
		return false;
	const bool is_alone = keys.count == 1 && one.norm && text_same(one.norm, keys.items[0]);
	return keys.count == 0 || (is_alone ? note_told(store, &keys, arena, err) : tell_of(store, &keys, arena, err));
}

bool contact_tell_suppressed(struct store *store, const struct contact *contact, struct arena *arena,
                             struct error *err) {
	const struct strings keys = keys_of(contact, arena);
	return tell_of(store, &keys, arena, err);
}

static void note_resubscribed(void *context, const struct contact *shown, struct own *own, bool *changed,
                              struct arena *arena) {
	(void)context;
	(void)shown;
	(void)arena;
	*changed = moment_is_set(own->unsubscribed_at);
	own->unsubscribed_at = MOMENT_NONE;
}

bool contact_resubscribe(struct store *store, const char *id, const struct suppression_note *why, struct arena *arena,
                         struct error *err) {
	struct contact contact;
	bool found;
	if (!contact_find(store, id, arena, &contact, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no contact %.60s", id);
	const struct strings keys = keys_of(&contact, arena);
	return suppression_lift_confirmed(store, &keys, why, arena, err) && tell_of(store, &keys, arena, err) &&
	       contact_edit_own(store, contact.id, note_resubscribed, NULL, arena, err);
}

bool contact_stop(struct store *store, const char *phone, const struct suppression_note *why, struct arena *arena,
                  struct error *err) {
	const struct suppression_entry entry = { phone,  SUPPRESSION_UNSUBSCRIBED, why->evidence, why->source, why->by,
		                                     why->at };
	return contact_suppress(store, &entry, 1, arena, err);
}

bool contact_start(struct store *store, const char *phone, const struct suppression_note *why, struct arena *arena,
                   struct error *err) {
	const struct strings keys = { &phone, 1 };
	return suppression_lift_stop(store, &keys, why, arena, err) && tell_of(store, &keys, arena, err);
}

bool contact_lift_suppression(struct store *store, const char *id, const struct suppression_note *why,
                              struct arena *arena, struct suppression *row, struct error *err) {
	return suppression_lift(store, id, why, arena, row, err) &&
	       (!row->value || tell_of(store, &(struct strings){ &row->value, 1 }, arena, err));
}

bool contact_leave_erased(struct store *store, struct membership *rows, int *count, struct arena *arena, int *erased,
                          struct error *err) {
	struct strings norms = { arena_array(arena, const char *, *count + 1), 0 }, gone;
	int kept = 0, before = *count;
	for (int i = 0; i < *count; i++)
		if (contact_norm(arena, rows[i].email))
			norms.items[norms.count++] = contact_norm(arena, rows[i].email);
	if (!suppression_find_erased(store, &norms, arena, &gone, err))
		return false;
	for (int i = 0; i < before; i++)
		if (!strings_have(&gone, contact_norm(arena, rows[i].email)))
			rows[kept++] = rows[i];
	*count = kept;
	*erased = before - kept;
	return true;
}

/* Its words, which our statuses do not have. */
static bool reason_reported(const struct membership *row, unsigned *reason) {
	static const struct {
		const char *word;
		unsigned reason;
	} words[] = { { "bounced", SUPPRESSION_BOUNCED }, { "complained", SUPPRESSION_COMPLAINED } };
	for (size_t i = 0; row->provider_status && i < sizeof words / sizeof *words; i++)
		if (strcasecmp(row->provider_status, words[i].word) == 0) {
			*reason = words[i].reason;
			return true;
		}
	return false;
}

bool contact_suppress_reported(struct store *store, const struct membership *rows, int count, struct arena *arena,
                               struct error *err) {
	struct suppression_entry *entries = arena_array(arena, struct suppression_entry, count + 1);
	int entry_count = 0;
	for (int i = 0; i < count; i++) {
		struct suppression_entry entry = { .key = contact_norm(arena, rows[i].email),
			                               .source = SUPPRESSED_BY_PROVIDER,
			                               .at = rows[i].last_updated_at };
		struct list list;
		bool found;
		if (!entry.key || !reason_reported(&rows[i], &entry.reason))
			continue;
		if (!list_find(store, rows[i].list_id, arena, &list, &found, err))
			return false;
		entry.evidence = arena_print(arena, "“%s” on the list “%.200s”, as EmailOctopus says", rows[i].provider_status,
		                             found ? list.name : rows[i].list_id);
		entries[entry_count++] = entry;
	}
	return entry_count == 0 || suppression_add(store, entries, entry_count, arena, err);
}
