/* People as rules see them. */
#include "segments/facts.h"

#include <stdlib.h>
#include <string.h>

static const struct field attribute_fields[] = {
	FIELD(struct attribute_fact, key),
	FIELD(struct attribute_fact, fold),
	FIELD(struct attribute_fact, number),
	FIELD(struct attribute_fact, at),
};
const struct record_type attribute_fact_record = RECORD_TYPE("AttributeFact", struct attribute_fact, attribute_fields);

static const struct field consent_fields[] = { FIELD(struct consent_fact, source) };
static const struct record_type consent_fact_record = RECORD_TYPE("ConsentFact", struct consent_fact, consent_fields);

static const struct field tracking_fields[] = { FIELD(struct tracking_fact, state) };
static const struct record_type tracking_fact_record = RECORD_TYPE("TrackingFact", struct tracking_fact,
                                                                   tracking_fields);

static const struct field engagement_fields[] = {
	FIELD(struct engagement, opened),          FIELD(struct engagement, clicked),
	FIELD(struct engagement, bounced),         FIELD(struct engagement, unsubscribed),
	FIELD(struct engagement, complained),      FIELD(struct engagement, last_opened_at),
	FIELD(struct engagement, last_clicked_at),
};
static const struct record_type engagement_record = RECORD_TYPE("EngagementFact", struct engagement, engagement_fields);

static const struct field facts_fields[] = {
	FIELD(struct facts, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct facts, email_norm),
	FIELD(struct facts, search),
	FIELD(struct facts, domain),
	FIELD(struct facts, first_name_fold),
	FIELD(struct facts, last_name_fold),
	FIELD(struct facts, company_fold),
	FIELD(struct facts, job_title_fold),
	FIELD(struct facts, location_fold),
	FIELD(struct facts, phone),
	FIELD(struct facts, suppressed),
	FIELD(struct facts, tags),
	FIELD(struct facts, list_ids, .flags = FIELD_ID),
	FIELD(struct facts, subscribed_ids, .flags = FIELD_ID),
	FIELD(struct facts, unsubscribed_ids, .flags = FIELD_ID),
	FIELD_LIST(struct facts, attributes, attribute_fact_record),
	FIELD(struct facts, status),
	FIELD(struct facts, source),
	FIELD(struct facts, is_active, .flags = FIELD_TRUE),
	FIELD(struct facts, unproven),
	FIELD(struct facts, created_at),
	FIELD(struct facts, unsubscribed_at),
	FIELD_RECORD(struct facts, consent, consent_fact_record),
	FIELD_RECORD(struct facts, tracking, tracking_fact_record),
	FIELD_RECORD(struct facts, engagement, engagement_record),
};
const struct record_type facts_record = RECORD_TYPE("Facts", struct facts, facts_fields);

static int by_id_then(const void *a, const void *b) {
	return strcmp((*(const struct facts *const *)a)->id, (*(const struct facts *const *)b)->id);
}

/* The people asked for, by id, and where their deeds go. */
struct reading {
	struct facts **people;
	int count;
	struct arena *arena;
};

static void add_campaign(struct strings *ids, const char *id, struct arena *arena) {
	if (strings_have(ids, id))
		return;
	const char **items = arena_array(arena, const char *, ids->count + 1);
	for (int i = 0; i < ids->count; i++)
		items[i] = ids->items[i];
	items[ids->count] = arena_copy(arena, id);
	*ids = (struct strings){ items, ids->count + 1 };
}

static void take_event(void *context, const void *object) {
	struct reading *reading = context;
	const struct event *event = object;
	const struct facts wanted = { .id = event->contact_id }, *key = &wanted;
	struct facts **found;
	if (!event->contact_id || !event->campaign_id || event->type >= EVENT_TYPE_COUNT)
		return;
	found = bsearch(&key, reading->people, (size_t)reading->count, sizeof *reading->people, by_id_then);
	if (found)
		add_campaign(&(*found)->deeds.campaign_ids[event->type], event->campaign_id, reading->arena);
}

bool facts_read_deeds(struct store *store, const struct strings *campaign_ids, struct facts *people, int count,
                      struct arena *arena, struct error *err) {
	struct reading reading = { arena_array(arena, struct facts *, count + 1), count, arena };
	struct strings ids = { arena_array(arena, const char *, count + 1), count };
	if (campaign_ids->count == 0 || count == 0)
		return true;
	for (int i = 0; i < count; i++) {
		ids.items[i] = people[i].id;
		reading.people[i] = &people[i];
	}
	qsort(reading.people, (size_t)count, sizeof *reading.people, by_id_then);
	return store_each(store, "contact_events", FILTER(in_ids("contact_id", &ids), in_ids("campaign_id", campaign_ids)),
	                  &event_record, take_event, &reading, err);
}
