/* Separating people. */
#include "observing/separate.h"

#include <stdio.h>

#include "events/engagement.h"
#include "observing/raw.h"

enum { MEMBERS_AT_ONCE = 100, EVENTS_MAX = 20000 };

/* Events of these people whose memberships are gone. */
static bool find_orphans(struct store *store, const struct strings *people, struct arena *arena, struct event **events,
                         int *count, struct error *err) {
	struct membership *held;
	struct event *all;
	int held_count, found;
	*count = 0;
	if (!membership_list(store, people, arena, &held, &held_count, err) ||
	    !store_list(store, "contact_events", FILTER(in_ids("contact_id", people)), SORT(asc("campaign_id"), asc("_id")),
	                EVENTS_MAX, &event_record, arena, (void **)&all, &found, err))
		return false;
	*events = arena_array(arena, struct event, found + 1);
	for (int i = 0; i < found; i++) {
		bool has = false;
		for (int k = 0; k < held_count && !has; k++)
			has = text_same(held[k].external.id, all[i].contact_ref);
		if (!has)
			(*events)[(*count)++] = all[i];
	}
	return true;
}

/* Gives the events of one campaign to the people of the addresses in its reports. */
static bool give_events(struct store *store, const struct event *events, int count, struct arena *arena,
                        struct error *err) {
	struct strings refs = { arena_array(arena, const char *, count + 1), 0 }, norms = refs;
	struct contact *contacts;
	int known;
	const char **addresses = arena_array(arena, const char *, count + 1);
	norms.items = arena_array(arena, const char *, count + 1);
	for (int i = 0; i < count; i++)
		refs.items[refs.count++] = events[i].contact_ref;
	if (!raw_find_addresses(store, events[0].campaign_id, &refs, arena, addresses, err))
		return false;
	for (int i = 0; i < count; i++)
		if ((addresses[i] = contact_norm(arena, addresses[i])))
			norms.items[norms.count++] = addresses[i];
	if (!contact_find_by_addresses(store, &norms, arena, &contacts, &known, err))
		return false;
	struct membership *rows = arena_array(arena, struct membership, count + 1);
	int moved = 0;
	for (int i = 0; i < count; i++) {
		const struct contact *owner = contact_with_address(contacts, known, addresses[i]);
		if (owner && !text_same(owner->id, events[i].contact_id))
			rows[moved++] = (struct membership){ .contact_id = owner->id,
				                                 .external.id = events[i].contact_ref,
				                                 .moved_from = events[i].contact_id };
	}
	return engagement_move(store, rows, moved, arena, err);
}

static bool give_orphans(struct store *store, const struct strings *people, struct arena *arena, struct error *err) {
	struct event *events;
	int count, end;
	if (people->count == 0)
		return true;
	if (!find_orphans(store, people, arena, &events, &count, err))
		return false;
	for (int i = 0; i < count; i = end) {
		for (end = i; end < count && text_same(events[end].campaign_id, events[i].campaign_id);)
			end++;
		if (!give_events(store, events + i, end - i, arena, err))
			return false;
	}
	return true;
}

static bool separate_page(struct store *store, struct membership *rows, int count, struct arena *arena,
                          struct error *err) {
	struct strings parted = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		rows[i].contact_id = NULL; /* found anew, by its address */
	if (!engagement_save_contacts(store, rows, count, arena, err))
		return false;
	for (int i = 0; i < count; i++)
		if (rows[i].moved_from && !strings_have(&parted, rows[i].moved_from))
			parted.items[parted.count++] = rows[i].moved_from;
	return give_orphans(store, &parted, arena, err);
}

bool separate_people(struct store *store, struct error *err) {
	char after[25] = "";
	int count = MEMBERS_AT_ONCE;
	while (count == MEMBERS_AT_ONCE) {
		ARENA_AUTO arena = arena_new();
		struct membership *rows;
		if (!membership_next_not_ascii(store, after, MEMBERS_AT_ONCE, arena, &rows, &count, err))
			return false;
		if (count == 0)
			break;
		(void)snprintf(after, sizeof after, "%s", rows[count - 1].id);
		if (!separate_page(store, rows, count, arena, err))
			return false;
	}
	return true;
}
