/* Each person once, whatever a contact report names. */
#include "unit/store_support.h"

#include "campaigns/growth.h"
#include "events/event.h"

static struct store *store;

static void open_store(void) {
	store = open_test_store();
}

static void drop_store(void) {
	drop_test_store(store);
}

TestSuite(firsts, .init = open_store, .fini = drop_store);

#define CAMPAIGN "0123456789abcdef01234567"
#define PERSON "aaaaaaaaaaaaaaaaaaaaaaaa"

static const struct moment sent = { 20000 * DAY_MS + 10 * HOUR_MS };

static void append(const char *contact_id, const char *ref, struct moment at, struct arena *arena) {
	struct event event;
	struct error err = ERROR_INIT;
	record_clear(&event_record, &event);
	event.id = store_new_id(arena);
	event.campaign_id = CAMPAIGN;
	event.contact_id = contact_id;
	event.contact_ref = ref;
	event.occurred_at = at;
	event.seen_at = moment_add(sent, DAY_MS);
	struct rows rows = { &event, 1 };
	cr_assert(event_restore(store, &rows, &err), "%s", err.text);
}

static int64_t not_repeated(void) {
	struct error err = ERROR_INIT;
	int64_t count = 0;
	cr_assert(store_count(store, "contact_events", FILTER(ne_bool("repeated", true)), &count, &err), "%s", err.text);
	return count;
}

/* One contact on two lists opens four times, another one twice without any time, a third both with and without. */
Test(firsts, of_people_named_many_times) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct event_firsts firsts;
	struct growth *growths;
	int count = 0;
	append(PERSON, "on list one", moment_add(sent, 3 * HOUR_MS), arena);
	append(PERSON, "on list two", moment_add(sent, HOUR_MS), arena);
	append(PERSON, "on list two", moment_add(sent, 2 * HOUR_MS), arena);
	append(PERSON, "on list two", moment_add(sent, 30 * HOUR_MS), arena);
	append(NULL, "no time", MOMENT_NONE, arena);
	append(NULL, "both", MOMENT_NONE, arena);
	append(NULL, "both", moment_add(sent, 4 * HOUR_MS), arena);
	cr_assert(event_firsts(store, CAMPAIGN, "opened", arena, &firsts, &err), "%s", err.text);
	cr_expect(firsts.count == 2 && firsts.undated == 1 && firsts.repeats == 4);
	for (int turn = 0; turn < 2; turn++) {
		struct contact_reading reading = { .at = MOMENT_NONE };
		cr_assert(event_save_growth(store, CAMPAIGN, EVENT_OPENED, sent, &reading, &err), "%s", err.text);
		cr_expect(reading.named == 3 && reading.undated == 1);
		cr_expect_eq(not_repeated(), 3);
	}
	struct strings id = { (const char *[]){ CAMPAIGN }, 1 };
	cr_assert(growth_find(store, &id, arena, &growths, &count, &err), "%s", err.text);
	cr_assert_eq(count, 1);
	cr_expect(growths->opened.people == 3 && growths->opened.undated == 1);
	cr_expect_eq(growths->opened.read_at.ms, sent.ms + DAY_MS);
	cr_expect_eq(growth_until(&growths->opened.steps, moment_add(sent, HOUR_MS)), 1);
	cr_expect_eq(growth_until(&growths->opened.steps, moment_add(sent, 4 * HOUR_MS)), 2);
	cr_expect_not(moment_is_set(growths->clicked.read_at));
	append(PERSON, "on list one", moment_add(sent, 1), arena); /* told later: now this is the first */
	cr_assert(event_save_growth(store, CAMPAIGN, EVENT_OPENED, sent, &(struct contact_reading){ .at = MOMENT_NONE },
	                            &err),
	          "%s", err.text);
	cr_expect_eq(not_repeated(), 3);
}

/* Under two ids at the provider, which tell no more that they are one person's. */
Test(firsts, who_is_forgotten_is_still_one_person) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	append(PERSON, "on list one", moment_add(sent, 3 * HOUR_MS), arena);
	append(PERSON, "on list two", moment_add(sent, HOUR_MS), arena);
	append(NULL, "another", moment_add(sent, HOUR_MS), arena);
	for (int turn = 0; turn < 3; turn++) {
		struct contact_reading reading = { .at = MOMENT_NONE };
		cr_assert(event_save_growth(store, CAMPAIGN, EVENT_OPENED, sent, &reading, &err), "%s", err.text);
		cr_expect_eq(reading.named, 2, "%d", turn);
		cr_expect_eq(not_repeated(), 2, "%d", turn);
		cr_assert(event_forget(store, &(struct strings){ (const char *[]){ PERSON }, 1 }, &err), "%s", err.text);
	}
}

/* Another event of somebody forgotten, and one of somebody who was never a contact. */
Test(firsts, who_is_forgotten_is_not_a_stranger_later) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	const char *const refs[] = { "on list one", "stranger" };
	struct event events[2], *stored;
	int64_t added;
	int count;
	append(PERSON, refs[0], moment_add(sent, HOUR_MS), arena);
	cr_assert(event_forget(store, &(struct strings){ (const char *[]){ PERSON }, 1 }, &err), "%s", err.text);
	for (int i = 0; i < 2; i++) {
		record_clear(&event_record, &events[i]);
		events[i].id = store_new_id(arena);
		events[i].campaign_id = CAMPAIGN;
		events[i].contact_ref = refs[i];
		events[i].type = EVENT_CLICKED;
		events[i].occurred_at = events[i].seen_at = moment_add(sent, DAY_MS);
	}
	cr_assert(event_append(store, "0123456789abcdef01234568", events, 2, arena, &added, &err), "%s", err.text);
	cr_assert(store_list(store, "contact_events", FILTER(eq_text("type", "clicked")), SORT(asc("contact_ref")), 9,
	                     &event_record, arena, (void **)&stored, &count, &err));
	cr_assert_eq(count, 2);
	cr_expect(stored[0].unknown_contact && stored[0].forgotten);
	cr_expect(stored[1].unknown_contact && !stored[1].forgotten);
}

static int renewed(void) {
	struct error err = ERROR_INIT;
	int count = 0;
	cr_assert(event_renew_growths(store, NULL, NULL, &count, &err), "%s", err.text);
	return count;
}

/* Only what was read, and only once, unless the provider tells another sending time. */
Test(firsts, growths_are_counted_anew_when_it_is_due) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct campaign campaign;
	bool matched;
	record_clear(&campaign_record, &campaign);
	campaign.id = CAMPAIGN;
	campaign.external = (struct external){ "0123456789abcdef01234568", "x" };
	campaign.has_report = true;
	campaign.sent_at = sent;
	cr_assert(campaign_restore(store, &campaign, 1, &err), "%s", err.text);
	append(PERSON, "x", moment_add(sent, HOUR_MS), arena);
	cr_expect_eq(renewed(), 0, "no report has been read");
	const struct contact_reading reading = { .counter = 1, .named = 1, .at = sent };
	bool settles;
	cr_assert(contact_report_save(store, &campaign, RESPONSE_OPENED, &reading, &settles, &err), "%s", err.text);
	cr_expect_eq(renewed(), 1);
	cr_expect_eq(renewed(), 0);
	cr_assert(store_update(store, "campaigns", FILTER(by_id(CAMPAIGN)),
	                       UPDATE(set_moment("sent_at", moment_add(sent, MINUTE_MS))), &matched, &err));
	cr_expect_eq(renewed(), 1);
}

/* What an older version stored is not taken for the new form. */
Test(firsts, a_growth_of_the_older_form_is_counted_anew) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct growth_head *heads;
	struct growth *growths;
	int count = 0, known = 0;
	struct strings id = { (const char *[]){ CAMPAIGN }, 1 };
	cr_assert(store_upsert(store, "campaign_growth", FILTER(by_id(CAMPAIGN)), UPDATE(set_text("opened", "old")), &err));
	cr_assert(growth_find(store, &id, arena, &growths, &count, &err) &&
	          growth_heads(store, arena, &heads, &known, &err));
	cr_expect(count == 0 && known == 0);
	append(PERSON, "x", sent, arena);
	cr_assert(event_save_growth(store, CAMPAIGN, EVENT_OPENED, sent, &(struct contact_reading){ .at = MOMENT_NONE },
	                            &err),
	          "%s", err.text);
	cr_assert(growth_find(store, &id, arena, &growths, &count, &err) &&
	          growth_heads(store, arena, &heads, &known, &err));
	cr_expect(count == 1 && growths->opened.people == 1 && known == 1 && heads->since.ms == sent.ms);
}
