/* Engagement, counted from events. */
#include "events/engagement.h"

#include <string.h>

enum { PEOPLE_AT_ONCE = 200 };

struct engagement_pass {
	const struct strings *people;   /* their ids */
	struct engagement *engagements; /* one per person */
};

static int64_t *counter_of(struct engagement *engagement, enum event_type type) {
	int64_t *const counters[] = { &engagement->opened, &engagement->clicked, &engagement->bounced,
		                          &engagement->unsubscribed, &engagement->complained };
	return counters[type];
}

static void later(struct moment *at, struct moment candidate) {
	if (candidate.ms > at->ms)
		*at = candidate;
}

/* One row per (person, campaign, type), with its newest time. */
static void take_row(void *context, const void *object) {
	struct engagement_pass *pass = context;
	const struct event *row = object;
	for (int i = 0; row->contact_id && i < pass->people->count; i++) {
		struct engagement *engagement = &pass->engagements[i];
		if (strcmp(pass->people->items[i], row->contact_id) != 0)
			continue;
		++*counter_of(engagement, (enum event_type)row->type);
		later(&engagement->last_event_at, row->occurred_at);
		if (row->type == EVENT_OPENED)
			later(&engagement->last_opened_at, row->occurred_at);
		if (row->type == EVENT_CLICKED)
			later(&engagement->last_clicked_at, row->occurred_at);
	}
}

static bool renew_engagement(struct store *store, const struct strings *people, struct arena *arena,
                             struct error *err) {
	struct engagement_pass pass = { people, arena_array(arena, struct engagement, people->count) };
	for (int i = 0; i < people->count; i++)
		pass.engagements[i] = ENGAGEMENT_NONE;
	BSON_AUTO stages = BCON_NEW("0", "{", "$group", "{", "_id", "{", "p", BCON_UTF8("$contact_id"), "c",
	                            BCON_UTF8("$campaign_id"), "t", BCON_UTF8("$type"), "}", "occurred_at", "{", "$max",
	                            BCON_UTF8("$occurred_at"), "}", "}", "}", "1", "{", "$project", "{", "_id",
	                            BCON_INT32(0), "contact_id", BCON_UTF8("$_id.p"), "type", BCON_UTF8("$_id.t"),
	                            "occurred_at", BCON_INT32(1), "}", "}");
	return store_aggregate(store, "contact_events", FILTER(in_ids("contact_id", people)), stages, &event_record,
	                       take_row, &pass, err) &&
	       contact_save_engagements(store, people, pass.engagements, err);
}

bool engagement_save_events(struct store *store, const char *connection_id, struct event *events, int count,
                            bool renews, struct arena *arena, int64_t *added, struct error *err) {
	struct strings all = { arena_array(arena, const char *, count + 1), 0 };
	if (!event_append(store, connection_id, events, count, arena, added, err))
		return false;
	for (int i = 0; i < count; i++)
		if (events[i].contact_id)
			all.items[all.count++] = events[i].contact_id;
	struct strings people = strings_distinct(arena, &all);
	return people.count == 0 || !renews || renew_engagement(store, &people, arena, err);
}

/* Everybody who got or lost events because memberships moved. */
static bool renew_moved(struct store *store, const struct membership *rows, int count, struct arena *arena,
                        struct error *err) {
	struct strings all = { arena_array(arena, const char *, 2 * count + 1), 0 };
	for (int i = 0; i < count; i++) {
		if (!rows[i].moved_from)
			continue;
		all.items[all.count++] = rows[i].moved_from;
		if (rows[i].contact_id)
			all.items[all.count++] = rows[i].contact_id;
	}
	struct strings people = strings_distinct(arena, &all);
	return people.count == 0 || renew_engagement(store, &people, arena, err);
}

bool engagement_move(struct store *store, const struct membership *rows, int count, struct arena *arena,
                     struct error *err) {
	const struct page_people nobody = { 0 };
	return event_move(store, rows, count, &nobody, err) && renew_moved(store, rows, count, arena, err);
}

bool engagement_save_contacts(struct store *store, struct membership *rows, int count, struct arena *arena,
                              struct error *err) {
	struct page_people people;
	struct strings linked;
	return contact_prepare(store, rows, count, arena, &people, err) && event_move(store, rows, count, &people, err) &&
	       renew_moved(store, rows, count, arena, err) && contact_save(store, rows, count, &people, arena, err) &&
	       event_link(store, rows, count, arena, &linked, err) &&
	       (linked.count == 0 || renew_engagement(store, &linked, arena, err));
}

bool engagement_renew(struct store *store, const struct strings *people, struct arena *arena, struct error *err) {
	return renew_engagement(store, people, arena, err);
}

bool engagement_renew_all(struct store *store, void (*beat)(void *context), void *context, struct error *err) {
	char after[25] = "";
	int count = PEOPLE_AT_ONCE;
	while (count == PEOPLE_AT_ONCE) {
		ARENA_AUTO arena = arena_new();
		struct contact *rows;
		struct strings people = { arena_array(arena, const char *, PEOPLE_AT_ONCE), 0 };
		bool fine = contact_next(store, after, PEOPLE_AT_ONCE, arena, &rows, &count, err);
		for (int i = 0; fine && i < count; i++)
			people.items[people.count++] = rows[i].id;
		if (!fine || (count && !renew_engagement(store, &people, arena, err)))
			return false;
		if (count)
			(void)snprintf(after, sizeof after, "%s", rows[count - 1].id);
		if (beat)
			beat(context);
	}
	return true;
}
