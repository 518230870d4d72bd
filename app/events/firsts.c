/* The first event of each person: a report may name somebody many times, or without a time. */
#include <stdlib.h>
#include <string.h>

#include "campaigns/growth.h"
#include "core/base/local.h"
#include "events/event.h"

enum { ROOM = 1024, MARKED_AT_ONCE = 1000 };

#define UNDATED INT64_MAX /* after every time */

static const char EVENTS[] = "contact_events";

/* Who and when. A person is a hash of the id, to hold a hundred thousand of them in little memory: 64 bits make two
 * people of one campaign alike once in billions of campaigns. */
struct sighting {
	uint64_t person;
	int64_t time;
};

struct sightings {
	struct arena *arena;
	struct sighting *items;
	int count, room;
	int events; /* all, also of those who are counted already */
	struct moment seen;
};

_Static_assert((int)RESPONSE_COUNT == (int)EVENT_TYPE_COUNT && (int)RESPONSE_COMPLAINED == (int)EVENT_COMPLAINED,
               "the same in both rooms");

/* FNV-1a with the finalizer of MurmurHash3 (both in the public domain). */
static uint64_t hash_of(const char *text) {
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ hash >> 33;
}

static struct sighting sighting_of(const struct event *event) {
	const char *who = event->contact_id ? event->contact_id : event->contact_ref ? event->contact_ref : event->id;
	return (struct sighting){ hash_of(who), moment_is_set(event->occurred_at) ? event->occurred_at.ms : UNDATED };
}

static const struct field seen_fields[] = {
	FIELD(struct event, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct event, contact_id, .flags = FIELD_ID),
	FIELD(struct event, contact_ref),
	FIELD(struct event, occurred_at),
	FIELD(struct event, seen_at),
	FIELD(struct event, forgotten),
	FIELD(struct event, repeated),
};
static const struct record_type seen_record = RECORD_TYPE("SeenEvent", struct event, seen_fields);

/* Another event of somebody who was on several lists and is forgotten: by its id at the provider it would be somebody
 * else's, but who it was has been counted while that was known. */
static bool is_counted(const struct event *event) {
	return event->forgotten && event->repeated;
}

static void take_sighting(void *context, const void *object) {
	struct sightings *all = context;
	const struct event *event = object;
	all->events++;
	if (all->count == all->room) {
		int room = 2 * all->room;
		struct sighting *more = arena_array(all->arena, struct sighting, (size_t)room);
		memcpy(more, all->items, sizeof *more * (size_t)all->count);
		all->items = more;
		all->room = room;
	}
	if (!is_counted(event))
		all->items[all->count++] = sighting_of(event);
	if (moment_is_set(event->seen_at) && (!moment_is_set(all->seen) || event->seen_at.ms > all->seen.ms))
		all->seen = event->seen_at;
}

static int by_person_and_time(const void *a, const void *b) {
	const struct sighting *x = a, *y = b;
	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	return (x->time > y->time) - (x->time < y->time);
}

/* Leaves the first sighting of each person, ordered by person. */
static void keep_firsts(struct sightings *all) {
	int kept = 0;
	qsort(all->items, (size_t)all->count, sizeof *all->items, by_person_and_time);
	for (int i = 0; i < all->count; i++)
		if (!kept || all->items[kept - 1].person != all->items[i].person)
			all->items[kept++] = all->items[i];
	all->count = kept;
}

#define OF_REPORT(campaign_id, type) FILTER(eq_id("campaign_id", campaign_id), eq_text("type", type))

/* *seen: the number of events. */
static bool find_firsts(struct store *store, const char *campaign_id, const char *type, struct sightings *firsts,
                        int *seen, struct error *err) {
	firsts->items = arena_array(firsts->arena, struct sighting, ROOM);
	firsts->room = ROOM;
	firsts->seen = MOMENT_NONE;
	if (!store_each(store, EVENTS, OF_REPORT(campaign_id, type), &seen_record, take_sighting, firsts, err))
		return false;
	*seen = firsts->events;
	keep_firsts(firsts);
	return true;
}

bool event_firsts(struct store *store, const char *campaign_id, const char *type, struct arena *arena,
                  struct event_firsts *firsts, struct error *err) {
	struct sightings all = { .arena = arena };
	int seen;
	if (!find_firsts(store, campaign_id, type, &all, &seen, err))
		return false;
	*firsts = (struct event_firsts){ .times = arena_array(arena, int64_t, (size_t)all.count + 1),
		                             .repeats = seen - all.count,
		                             .seen = all.seen };
	for (int i = 0; i < all.count; i++) {
		if (all.items[i].time == UNDATED)
			firsts->undated++;
		else
			firsts->times[firsts->count++] = all.items[i].time;
	}
	return true;
}

struct marking {
	const struct sightings *firsts;
	bool *taken; /* one per first: its event has been found */
	struct arena *arena;
	struct strings repeated, firstly; /* ids of events marked otherwise */
	int room;
};

static void note_id(struct marking *marking, struct strings *ids, const char *id) {
	if (ids->count < marking->room)
		ids->items[ids->count++] = arena_copy(marking->arena, id);
}

static void take_mark(void *context, const void *object) {
	struct marking *marking = context;
	const struct event *event = object;
	if (is_counted(event))
		return;
	const struct sighting one = sighting_of(event);
	const struct sightings *firsts = marking->firsts;
	const struct sighting *first = bsearch(&one, firsts->items, (size_t)firsts->count, sizeof one, by_person_and_time);
	bool repeated = !first || marking->taken[first - firsts->items];
	if (first)
		marking->taken[first - firsts->items] = true;
	if (repeated != event->repeated)
		note_id(marking, repeated ? &marking->repeated : &marking->firstly, event->id);
}

static bool save_marks(struct store *store, const struct strings *ids, bool repeated, struct error *err) {
	for (int i = 0; i < ids->count; i += MARKED_AT_ONCE) {
		int left = ids->count - i;
		struct strings some = { ids->items + i, left < MARKED_AT_ONCE ? left : MARKED_AT_ONCE };
		if (!store_update_all(store, EVENTS, FILTER(in_ids("_id", &some)), UPDATE(set_bool("repeated", repeated)), err))
			return false;
	}
	return true;
}

static bool mark_repeats(struct store *store, const char *campaign_id, const char *type, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct sightings firsts = { .arena = arena };
	int seen;
	if (!find_firsts(store, campaign_id, type, &firsts, &seen, err))
		return false;
	struct marking marking = {
		.firsts = &firsts, .taken = arena_array(arena, bool, (size_t)firsts.count + 1), .arena = arena, .room = seen
	};
	marking.repeated.items = arena_array(arena, const char *, (size_t)seen + 1);
	marking.firstly.items = arena_array(arena, const char *, (size_t)seen + 1);
	return store_each(store, EVENTS, OF_REPORT(campaign_id, type), &seen_record, take_mark, &marking, err) &&
	       save_marks(store, &marking.repeated, true, err) && save_marks(store, &marking.firstly, false, err);
}

bool event_save_growth(struct store *store, const char *campaign_id, enum event_type type, struct moment since,
                       struct contact_reading *reading, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct event_firsts firsts;
	const char *word = event_types.names[type];
	if (!event_firsts(store, campaign_id, word, arena, &firsts, err) ||
	    (firsts.repeats && !mark_repeats(store, campaign_id, word, err)))
		return false;
	struct named named = named_of_times(firsts.times, firsts.count, firsts.undated, since, arena);
	named.read_at = moment_is_set(reading->at) ? reading->at : firsts.seen;
	reading->named = named.people;
	reading->undated = named.undated;
	return growth_save(store, campaign_id, (enum response)type, &named, since, err);
}

static const struct growth_head *head_of(const struct growth_head *heads, int count, const char *campaign_id) {
	for (int i = 0; i < count; i++)
		if (text_same(heads[i].campaign_id, campaign_id))
			return &heads[i];
	return NULL;
}

static bool is_current(const struct growth_head *head, const struct campaign *campaign) {
	/* What is stored has UTC's days in any case. */
	bool counted = head && !head->renewing && (!local_zone() || text_same(head->zone, local_name()));
	return counted && moment_is_set(head->since) == moment_is_set(campaign->sent_at) &&
	       (!moment_is_set(head->since) || head->since.ms == campaign->sent_at.ms);
}

/* Of the reports that have been read. */
static bool renew_growth(struct store *store, const struct campaign *campaign, int *renewed, struct error *err) {
	bool any = false;
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		if (campaign_count_read(campaign, (enum response)type) == COUNT_NONE)
			continue;
		if (!any && !growth_begin(store, campaign->id, err))
			return false;
		if (!event_save_growth(store, campaign->id, (enum event_type)type, campaign->sent_at,
		                       &(struct contact_reading){ .at = MOMENT_NONE }, err))
			return false;
		any = true;
	}
	*renewed += any;
	return !any || growth_end(store, campaign->id, err);
}

bool event_renew_growths(struct store *store, void (*beat)(void *context), void *context, int *renewed,
                         struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign_filter filter = CAMPAIGN_EVERY;
	struct campaign *campaigns;
	struct growth_head *heads;
	int count, known;
	filter.reported = true;
	*renewed = 0;
	if (!growth_heads(store, arena, &heads, &known, err) ||
	    !campaign_select(store, &filter, arena, &campaigns, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		if (is_current(head_of(heads, known, campaigns[i].id), &campaigns[i]))
			continue;
		if (!renew_growth(store, &campaigns[i], renewed, err))
			return false;
		if (beat)
			beat(context);
	}
	return true;
}
