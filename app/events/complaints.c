/* Complaints that become suppressions. */
#include "events/complaints.h"

#include <string.h>

#include "audience/contacts/suppressing.h"
#include "campaigns/campaign.h"
#include "events/event.h"

enum { PEOPLE_AT_ONCE = 200, EVENTS_MAX = 10000 };

static const char *evidence_of(struct store *store, const struct event *event, struct arena *arena, struct error *err) {
	struct campaign campaign;
	bool found;
	if (!campaign_find(store, event->campaign_id, arena, &campaign, &found, err))
		return NULL;
	return arena_print(arena, "Complaint about the campaign “%.200s”, as EmailOctopus reports",
	                   found ? campaign_name(&campaign) : event->campaign_id);
}

static bool suppress_some(struct store *store, const struct contact *people, int count, struct moment now,
                          struct arena *arena, struct error *err) {
	struct strings ids = { arena_array(arena, const char *, count + 1), count };
	struct suppression_entry *entries;
	struct event *events;
	int event_count, entry_count = 0;
	for (int i = 0; i < count; i++)
		ids.items[i] = people[i].id;
	if (!store_list(store, "contact_events",
	                FILTER(in_ids("contact_id", &ids), eq_choice("type", &event_types, EVENT_COMPLAINED)), NULL,
	                EVENTS_MAX, &event_record, arena, (void **)&events, &event_count, err))
		return false;
	entries = arena_array(arena, struct suppression_entry, event_count + 1);
	for (int i = 0; i < event_count; i++) {
		const struct contact *person = contact_with_id(people, count, events[i].contact_id);
		const char *norm = person ? contact_norm(arena, person->email) : NULL, *evidence;
		if (!norm)
			continue;
		if (!(evidence = evidence_of(store, &events[i], arena, err)))
			return false;
		entries[entry_count++] = (struct suppression_entry){ .key = norm,
			                                                 .reason = SUPPRESSION_COMPLAINED,
			                                                 .evidence = evidence,
			                                                 .source = SUPPRESSED_BY_PROVIDER,
			                                                 .at = moment_is_set(events[i].occurred_at)
			                                                           ? events[i].occurred_at
			                                                           : now };
	}
	return contact_suppress(store, entries, entry_count, arena, err);
}

bool complaints_suppress(struct store *store, struct moment now, struct error *err) {
	char after[25] = "";
	int count = PEOPLE_AT_ONCE;
	while (count == PEOPLE_AT_ONCE) {
		ARENA_AUTO arena = arena_new();
		struct contact *people;
		if (!store_list(store, "contacts",
		                FILTER(gt_count("engagement.complained", 0), ne_text("suppressed", "complained"),
		                       *after ? gt_id("_id", after) : anything()),
		                SORT(asc("_id")), PEOPLE_AT_ONCE, &contact_record, arena, (void **)&people, &count, err) ||
		    (count && !suppress_some(store, people, count, now, arena, err)))
			return false;
		if (count)
			(void)memcpy(after, people[count - 1].id, sizeof after);
	}
	return true;
}
