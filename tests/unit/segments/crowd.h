/* The people of world.h in a database. */
#ifndef UNIT_SEGMENTS_CROWD_H
#define UNIT_SEGMENTS_CROWD_H

#include "unit/segments/world.h"
#include "unit/store_fixture.h"

enum { PEOPLE = 300 };

static inline void add_events(const struct facts *person) {
	for (int type = 0; type < EVENT_TYPE_COUNT; type++)
		for (int i = 0; i < person->deeds.campaign_ids[type].count; i++) {
			struct event event;
			record_clear(&event_record, &event);
			event.id = store_new_id(arena);
			event.contact_id = person->id;
			event.campaign_id = person->deeds.campaign_ids[type].items[i];
			event.type = (unsigned)type;
			cr_assert(store_insert(store, "contact_events", &event_record, &event, &err), "%s", err.text);
		}
}

static inline struct facts *add_people(struct dice *dice) {
	struct facts *people = arena_array(arena, struct facts, PEOPLE);
	for (int i = 0; i < PEOPLE; i++) {
		people[i] = a_person(dice, arena, i);
		cr_assert(store_insert(store, "contacts", &facts_record, &people[i], &err), "%s", err.text);
		add_events(&people[i]);
	}
	return people;
}

/* How many rules a test tries: 400, or TEST_RULES. */
static inline int rules_tried(void) {
	const char *text = getenv("TEST_RULES");
	return text ? atoi(text) : 400;
}

/* Whom a rule meets by rule_meets alone: one letter a person. */
static inline char *expected_of(const struct rule *rule, const struct facts *people, const struct rule_clock *clock,
                                struct arena *in) {
	char *expected = arena_alloc(in, PEOPLE + 1);
	for (int i = 0; i < PEOPLE; i++)
		expected[i] = rule_meets(rule, &people[i], clock) ? 'x' : '.';
	return expected;
}

#endif
