/* Events of contacts: storage. */
#include "events/event.h"

#include <string.h>

#include "audience/contacts/contact.h"

enum { CAMPAIGNS_MAX = 10000, STORED_MAX = 10000, LINKED_MAX = 20000 };

static const char EVENTS[] = "contact_events";

static const char *const type_names[] = {
	[EVENT_OPENED] = "opened",         [EVENT_CLICKED] = "clicked",
	[EVENT_BOUNCED] = "bounced",       [EVENT_UNSUBSCRIBED] = "unsubscribed",
	[EVENT_COMPLAINED] = "complained",
};
_Static_assert(sizeof type_names / sizeof *type_names == EVENT_TYPE_COUNT, "a name a type");
const struct choices event_types = CHOICES(type_names);

static const struct field event_fields[] = {
	FIELD(struct event, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct event, campaign_id, .flags = FIELD_ID),
	FIELD(struct event, contact_id, .flags = FIELD_ID),
	FIELD(struct event, contact_ref, .doc = "The contact's id at the provider"),
	FIELD(struct event, type, .choices = &event_types),
	FIELD(struct event, occurred_at),
	FIELD(struct event, seen_at),
	FIELD(struct event, run_id, .flags = FIELD_ID),
	FIELD(struct event, found_by_membership, .flags = FIELD_PRIVATE),
	FIELD(struct event, unknown_contact, .flags = FIELD_PRIVATE),
	FIELD(struct event, forgotten, .flags = FIELD_PRIVATE),
	FIELD(struct event, repeated, .flags = FIELD_PRIVATE),
};
const struct record_type event_record = RECORD_TYPE("ContactEvent", struct event, event_fields);

static bool find_by_address(struct store *store, struct event *events, int count, struct arena *arena,
                            struct error *err) {
	struct strings norms = { arena_array(arena, const char *, count + 1), 0 };
	struct contact *contacts;
	int known;
	for (int i = 0; i < count; i++)
		if (events[i].address)
			norms.items[norms.count++] = events[i].address;
	if (norms.count == 0)
		return true;
	if (!contact_find_by_addresses(store, &norms, arena, &contacts, &known, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct contact *contact = contact_with_address(contacts, known, events[i].address);
		events[i].contact_id = contact ? contact->id : NULL;
	}
	return true;
}

static const char *contact_of_member(const struct membership *rows, int count, const char *external_id) {
	for (int i = 0; i < count; i++)
		if (rows[i].contact_id && text_same(rows[i].external.id, external_id))
			return rows[i].contact_id;
	return NULL;
}

static bool find_by_membership(struct store *store, const char *connection_id, struct event *events, int count,
                               struct arena *arena, struct error *err) {
	struct strings refs = { arena_array(arena, const char *, count + 1), 0 };
	struct membership *rows;
	int known;
	for (int i = 0; i < count; i++)
		if (!events[i].contact_id)
			refs.items[refs.count++] = events[i].contact_ref;
	if (refs.count == 0)
		return true;
	if (!membership_find_external(store, connection_id, &refs, arena, &rows, &known, err))
		return false;
	for (int i = 0; i < count; i++) {
		if (events[i].contact_id)
			continue;
		events[i].contact_id = contact_of_member(rows, known, events[i].contact_ref);
		events[i].found_by_membership = events[i].contact_id != NULL;
		events[i].unknown_contact = !events[i].contact_id;
	}
	return true;
}

/* Who was forgotten and is still named by a report has been erased there, too. */
static bool note_forgotten(struct store *store, struct event *events, int count, struct arena *arena,
                           struct error *err) {
	struct strings refs = { arena_array(arena, const char *, count + 1), 0 };
	struct event *forgotten;
	int found;
	for (int i = 0; i < count; i++)
		if (events[i].unknown_contact)
			refs.items[refs.count++] = events[i].contact_ref;
	if (refs.count == 0)
		return true;
	if (!store_list(store, EVENTS,
	                FILTER(eq_bool("unknown_contact", true), eq_bool("forgotten", true),
	                       in_texts("contact_ref", &refs)),
	                NULL, LINKED_MAX, &event_record, arena, (void **)&forgotten, &found, err))
		return false;
	for (int i = 0; i < count; i++)
		for (int k = 0; k < found && events[i].unknown_contact && !events[i].forgotten; k++)
			events[i].forgotten = text_same(forgotten[k].contact_ref, events[i].contact_ref);
	return true;
}

static bool insert_events(struct store *store, const struct event *events, int count, int64_t *added,
                          struct error *err) {
	struct bulk *bulk = bulk_open(store, EVENTS);
	for (int i = 0; i < count; i++)
		bulk_insert(bulk, &event_record, &events[i]);
	return bulk_run(bulk, added, err);
}

/* The events of one report of a campaign that are stored for these rows' contacts. */
static bool find_stored(struct store *store, const struct event *events, int count, struct arena *arena,
                        struct event **stored, int *found, struct error *err) {
	struct strings refs = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		refs.items[refs.count++] = events[i].contact_ref;
	return store_list(store, EVENTS,
	                  FILTER(eq_id("campaign_id", events[0].campaign_id),
	                         eq_choice("type", &event_types, events[0].type), in_texts("contact_ref", &refs)),
	                  NULL, STORED_MAX, &event_record, arena, (void **)stored, found, err);
}

static struct event *event_of(struct event *events, int count, const char *contact_ref, bool timed) {
	for (int i = 0; i < count; i++)
		if (text_same(events[i].contact_ref, contact_ref) && moment_is_set(events[i].occurred_at) == timed)
			return &events[i];
	return NULL;
}

/* A report may tell the time of an event at first and leave it out later, as some plans do after 30 days, or the other
 * way round: that is one event. Gives stored events the time that was missing; fresh[]: the others that are not stored.
 */
static bool match_untimed(struct store *store, struct event *events, int count, struct arena *arena,
                          struct event *fresh, int *fresh_count, struct error *err) {
	struct event *stored, *known;
	int found;
	*fresh_count = 0;
	if (count == 0)
		return true;
	if (!find_stored(store, events, count, arena, &stored, &found, err))
		return false;
	struct bulk *bulk = bulk_open(store, EVENTS);
	for (int i = 0; i < count; i++) {
		bool timed = moment_is_set(events[i].occurred_at);
		if (!timed && (event_of(stored, found, events[i].contact_ref, true) ||
		               event_of(events, count, events[i].contact_ref, true)))
			continue;
		known = timed ? event_of(stored, found, events[i].contact_ref, false) : NULL;
		if (known && !event_of(stored, found, events[i].contact_ref, true)) {
			known->occurred_at = events[i].occurred_at;
			bulk_update(bulk, FILTER(by_id(known->id)), UPDATE(set_moment("occurred_at", known->occurred_at)));
			continue;
		}
		fresh[(*fresh_count)++] = events[i];
	}
	return bulk_run(bulk, NULL, err);
}

bool event_append(struct store *store, const char *connection_id, struct event *events, int count, struct arena *arena,
                  int64_t *added, struct error *err) {
	struct event *fresh = arena_array(arena, struct event, (size_t)count + 1);
	int fresh_count;
	return find_by_address(store, events, count, arena, err) &&
	       find_by_membership(store, connection_id, events, count, arena, err) &&
	       note_forgotten(store, events, count, arena, err) &&
	       match_untimed(store, events, count, arena, fresh, &fresh_count, err) &&
	       insert_events(store, fresh, fresh_count, added, err);
}

bool event_restore(struct store *store, const struct rows *events, struct error *err) {
	return insert_events(store, events->items, events->count, NULL, err);
}

bool event_note_counted(struct store *store, const struct rows *rows, struct error *err) {
	const struct event *events = rows->items;
	struct bulk *bulk = bulk_open(store, EVENTS);
	for (int i = 0; i < rows->count; i++)
		bulk_update(bulk,
		            FILTER(eq_id("campaign_id", events[i].campaign_id), eq_text("contact_ref", events[i].contact_ref),
		                   eq_choice("type", &event_types, events[i].type),
		                   moment_is_set(events[i].occurred_at) ? eq_moment("occurred_at", events[i].occurred_at)
		                                                        : is_absent("occurred_at")),
		            UPDATE(set_bool("forgotten", true), set_bool("repeated", true)));
	return bulk_run(bulk, NULL, err);
}

bool event_link(struct store *store, const struct membership *rows, int count, struct arena *arena,
                struct strings *contact_ids, struct error *err) {
	struct strings refs = { arena_array(arena, const char *, count + 1), 0 };
	struct event *events;
	int found;
	for (int i = 0; i < count; i++)
		refs.items[refs.count++] = rows[i].external.id;
	*contact_ids = (struct strings){ 0 };
	if (!store_list(store, EVENTS, FILTER(eq_bool("unknown_contact", true), in_texts("contact_ref", &refs)), NULL,
	                LINKED_MAX, &event_record, arena, (void **)&events, &found, err))
		return false;
	struct bulk *bulk = bulk_open(store, EVENTS);
	struct strings people = { arena_array(arena, const char *, found + 1), 0 };
	for (int i = 0; i < found; i++) {
		const char *id = contact_of_member(rows, count, events[i].contact_ref);
		if (!id)
			continue;
		people.items[people.count++] = id;
		bulk_update(bulk, FILTER(by_id(events[i].id)),
		            UPDATE(set_id("contact_id", id), set_bool("found_by_membership", true), unset("unknown_contact"),
		                   unset("forgotten")));
	}
	*contact_ids = strings_distinct(arena, &people);
	return bulk_run(bulk, NULL, err);
}

/* Events grouped by campaign. */
struct event_campaign {
	const char *id;
};
static const struct field campaign_fields[] = { FIELD(struct event_campaign, id, .stored = "_id", .flags = FIELD_ID) };
static const struct record_type campaign_id_record = RECORD_TYPE("EventCampaign", struct event_campaign,
                                                                 campaign_fields);

bool event_campaigns(struct store *store, const struct strings *contact_ids, struct arena *arena,
                     struct strings *campaign_ids, struct error *err) {
	struct rows found;
	BSON_AUTO stages = BCON_NEW("0", "{", "$group", "{", "_id", BCON_UTF8("$campaign_id"), "}", "}");
	if (!store_aggregate_rows(store, EVENTS, FILTER(in_ids("contact_id", contact_ids)), stages, &campaign_id_record,
	                          arena, &found, err))
		return false;
	const struct event_campaign *campaigns = found.items;
	*campaign_ids = (struct strings){ arena_array(arena, const char *, (size_t)found.count + 1), 0 };
	for (int i = 0; i < found.count; i++)
		if (campaigns[i].id)
			campaign_ids->items[campaign_ids->count++] = campaigns[i].id;
	return true;
}

static bool give(struct store *store, const char *from, const char *to, struct condition which, struct error *err) {
	return store_update_all(store, EVENTS, FILTER(eq_id("contact_id", from), which), UPDATE(set_id("contact_id", to)),
	                        err);
}

bool event_move(struct store *store, const struct membership *rows, int count, const struct page_people *people,
                struct error *err) {
	bool fine = true;
	for (int i = 0; fine && i < count; i++)
		if (rows[i].moved_from && rows[i].contact_id)
			fine = give(store, rows[i].moved_from, rows[i].contact_id, eq_text("contact_ref", rows[i].external.id),
			            err);
	for (int i = 0; fine && i < people->left.count; i++)
		fine = give(store, people->left.items[i], people->heirs.items[i], anything(), err);
	return fine;
}

bool event_give(struct store *store, const char *from, const char *to, struct error *err) {
	return store_update_all(store, EVENTS, FILTER(eq_id("contact_id", from)), UPDATE(set_id("contact_id", to)), err);
}

bool event_forget(struct store *store, const struct strings *contact_ids, struct error *err) {
	return contact_ids->count == 0 ||
	       store_update_all(store, EVENTS, FILTER(in_ids("contact_id", contact_ids)),
	                        UPDATE(unset("contact_id"), set_bool("unknown_contact", true), set_bool("forgotten", true)),
	                        err);
}

int64_t event_count_campaigns(const struct event *events, int count, enum event_type type,
                              const struct strings *campaign_ids, struct arena *arena) {
	struct strings seen = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		if (events[i].type == type && strings_have(campaign_ids, events[i].campaign_id) &&
		    !strings_have(&seen, events[i].campaign_id))
			seen.items[seen.count++] = events[i].campaign_id;
	return seen.count;
}
