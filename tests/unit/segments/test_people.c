/* Pages, counts and ids of rules, if TEST_STORE_URI names a server: the same people whichever way they are found. */
#include "unit/segments/crowd.h"

#include "segments/audience.h"
#include "segments/list_rule.h"

TestSuite(people, .init = open_all, .fini = close_all, .timeout = 600);

static int number_of(const char *id) {
	return (int)strtol(id, NULL, 16);
}

/* All pages of the rule. `cursor` begins them: NULL, or "0:" to look at everybody in turn. */
static const char *found_in_pages(const struct people_query *asked, const char *cursor, int limit, struct arena *in) {
	char *found = arena_alloc(in, PEOPLE + 1);
	struct people_query query = *asked;
	const char *last = "";
	memset(found, '.', PEOPLE);
	query.cursor = cursor;
	do {
		struct people_page page;
		cr_assert(people_page(store, &query, limit, in, &page, &err), "%s", err.text);
		cr_assert_leq(page.count, limit);
		for (int i = 0; i < page.count; i++) {
			char *place = &found[number_of(page.contacts[i].id)];
			cr_assert_eq(*place, '.', "twice: %s", page.contacts[i].email_norm);
			cr_assert_lt(strcmp(last, page.contacts[i].email_norm), 0, "not in order");
			last = page.contacts[i].email_norm;
			*place = 'x';
		}
		query.cursor = page.progress.next;
	} while (query.cursor);
	return found;
}

/* Now and then as if somebody else went on after the last one. */
static const char *found_in_turn(const struct people_query *asked, int limit, struct dice *dice, struct arena *in) {
	char *found = arena_alloc(in, PEOPLE + 1);
	struct people_place place = { 0 };
	memset(found, '.', PEOPLE);
	while (!place.ended) {
		struct contact *contacts;
		int count;
		cr_assert(people_next(store, asked->rule, &asked->clock, &place, limit, in, &contacts, &count, &err), "%s",
		          err.text);
		cr_assert(place.ended ? count <= limit : count == limit);
		for (int i = 0; i < count; i++) {
			cr_assert_eq(found[number_of(contacts[i].id)], '.');
			found[number_of(contacts[i].id)] = 'x';
		}
		if (!place.ended && roll(dice, 3) == 0) {
			struct people_place anew = { 0 };
			people_place_set(&anew, contacts[count - 1].id);
			place = anew;
		}
	}
	return found;
}

static int marks_of(const char *expected) {
	int count = 0;
	for (; *expected; expected++)
		count += *expected == 'x';
	return count;
}

/* Everybody is counted once, under the first reason. */
static void expect_audience(const struct people_query *query, int people, struct arena *in) {
	const struct mailable_question question = { .suppression_list = true, .require_consent = true };
	struct audience audience;
	int64_t sum = 0;
	cr_assert(audience_count(store, query, &question, in, &audience, &err), "%s", err.text);
	cr_assert_eq(audience.people, people);
	for (int i = 0; i < MAILABLE_COUNT; i++) {
		cr_assert_geq(audience.counts[i], 0);
		sum += audience.counts[i];
	}
	cr_assert_eq(sum, people);
	cr_assert_null(audience.progress.next);
}

Test(people, pages_counts_and_ids_agree) {
	struct dice dice = { 815 };
	struct zone *berlin = zone_open("Europe/Berlin");
	const struct facts *people = add_people(&dice);
	int rules = rules_tried() / 4;
	for (int round = 0; round < rules; round++) {
		ARENA_AUTO in = arena_new();
		BUF_AUTO text = { 0 };
		struct rule_reading reading;
		struct people_count count;
		put_rule(&dice, round % 4, &text);
		cr_assert(rule_read(buf_text(&text), world_names(), in, &reading, &err), "%s", err.text);
		const struct people_query query = { .rule = reading.rule, .clock = { WORLD_NOW, berlin } };
		const char *expected = expected_of(reading.rule, people, &query.clock, in);
		int limit = 1 + roll(&dice, 120);
		cr_assert_str_eq(found_in_pages(&query, NULL, limit, in), expected, "%s", buf_text(&text));
		cr_assert_str_eq(found_in_pages(&query, "0:", limit, in), expected, "%s", buf_text(&text));
		cr_assert_str_eq(found_in_turn(&query, limit, &dice, in), expected, "%s", buf_text(&text));
		cr_assert(people_count(store, &query, in, &count, &err), "%s", err.text);
		cr_assert_eq(count.people, marks_of(expected), "%s", buf_text(&text));
		cr_assert_null(count.progress.next);
		expect_audience(&query, marks_of(expected), in);
	}
	zone_close(berlin);
}

/* Those of a page of lists, and each of them as it is fetched beside that page. */
Test(people, a_lists_counts_are_those_of_its_rules_or_none) {
	static const char *const operators[] = { "on", "subscribed", "unsubscribed", "pending" };
	struct dice dice = { 99 };
	struct list_counts counts;
	(void)add_people(&dice);
	cr_assert(contact_count_list(store, LIST_A, 60000, &counts, &err), "%s", err.text);
	const int64_t expected[] = { list_total(&counts), counts.subscribed, counts.unsubscribed, counts.pending };
	for (size_t i = 0; i < COUNT(operators); i++) {
		struct rule_reading reading;
		struct people_count found;
		cr_assert(rule_read(list_rule_text(operators[i], LIST_A, arena), world_names(), arena, &reading, &err), "%s",
		          err.text);
		const struct people_query query = { .rule = reading.rule, .clock = { WORLD_NOW, NULL } };
		cr_assert(people_count(store, &query, arena, &found, &err), "%s", err.text);
		cr_assert_gt(found.people, 0);
		cr_assert_eq(found.people, expected[i], "%s", operators[i]);
	}
	cr_assert(contact_count_list(store, LIST_A, 0, &counts, &err), "%s", err.text);
	cr_assert(counts.subscribed == COUNT_NONE && counts.unsubscribed == COUNT_NONE && counts.pending == COUNT_NONE);
}
