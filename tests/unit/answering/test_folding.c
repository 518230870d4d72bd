/* Folding by a process that is killed after any of its statements, where TEST_STORE_URI names a server: whoever does it
 * next counts no hit twice, and loses none. */
#include <criterion/criterion.h>

#include "answering/answer.h"
#include "answering/expiring.h"
#include "answering/folding.h"
#include "audience/contacts/change.h"
#include "dispatch/block.h"
#include "events/event.h"
#include "unit/jobs_support.h"
#include "unit/keyed_fixture.h"
#include "unit/killed.h"

enum { PEOPLE = 6, MESSAGES_MAX = 400 };

static const struct moment now = { 1760000000000 };
static struct settings settings = { .results_seconds = 1 };
static const char *campaign_id, *people[PEOPLE];

static const char *new_person(int number) {
	const char *id = store_new_id(arena);
	const struct contact_request request = { .email = arena_print(arena, "p%d@f.example", number), .rev = COUNT_NONE };
	const struct contact_saying saying = { .given = *TEXTS("email"), .source = SOURCE_API, .by = "mara", .now = now };
	cr_assert(contact_create(store, id, &request, &saying, arena, &err), "%s", err.text);
	return id;
}

static void open_block(void) {
	struct recipient *recipients;
	struct block block;
	bool was_there;
	open_keyed();
	if (!store)
		return;
	mark_migrated(store);
	campaign_id = store_new_id(arena);
	recipients = arena_array(arena, struct recipient, PEOPLE);
	const char **ids = arena_array(arena, const char *, PEOPLE);
	for (int i = 0; i < PEOPLE; i++) {
		ids[i] = people[i] = new_person(i);
		recipients[i] = (struct recipient){ .contact_id = people[i],
			                                .email = arena_print(arena, "p%d@f.example", i),
			                                .values = "[]",
			                                .is_counted = i == 2 };
	}
	record_clear(&block_record, &block);
	block.id = store_new_id(arena);
	block.campaign_id = campaign_id;
	block.number = 0;
	block.people = (struct rows){ recipients, PEOPLE };
	block.contact_ids = (struct strings){ ids, PEOPLE };
	block.is_last = true;
	cr_assert(block_create(store, &block, now, arena, &was_there, &err), "%s", err.text);
}

TestSuite(folding, .init = open_block, .fini = close_all, .timeout = 240);

static void hit(enum hit_kind kind, int index, enum agent agent, int64_t after_ms) {
	struct token token = { .block = 0, .index = index, .link = 0 };
	const struct visitor visitor = { .agent = agent, .network = "0123abcd" };
	(void)snprintf(token.campaign_id, sizeof token.campaign_id, "%s", campaign_id);
	struct hit one = hit_of(kind, &token, &visitor, moment_add(now, after_ms), arena);
	if (kind == HIT_UNSUBSCRIBE) {
		one.block = one.index = one.link = COUNT_NONE;
		one.contact_id = people[index];
	}
	cr_assert(hit_store(store, &one, &err), "%s", err.text);
}

static void come_back(void) {
	static const char *const all[] = { "hits", "answer_blocks", "answer_sums", "contact_events", "jobs" };
	int64_t deleted;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		cr_assert(store_delete(store, all[i], &everything, &deleted, &err), "%s", err.text);
	hit(HIT_OPEN, 0, AGENT_BROWSER, 5000);
	hit(HIT_OPEN, 0, AGENT_BROWSER, 9000);
	hit(HIT_CLICK, 1, AGENT_BROWSER, 60000);
	hit(HIT_OPEN, 2, AGENT_BROWSER, 5000);
	hit(HIT_OPEN, 3, AGENT_BARE, 5000);
	hit(HIT_OPEN, 4, AGENT_PROGRAM, 5000);
	hit(HIT_UNSUBSCRIBE, 5, AGENT_BROWSER, 5000);
}

static void fold(struct store *of, void *context) {
	static const struct job_kind *const kinds[] = { &fold_job };
	const struct job_request request = { .kind = fold_job.name, .key = fold_job.name };
	ARENA_AUTO own = arena_new();
	struct error why = ERROR_INIT;
	const char *id;
	bool already;
	(void)context;
	cr_assert(queue_ask(of, &request, own, &id, &already, &why), "%s", why.text);
	work_off(of, kinds, 1, false, &settings);
}

static int64_t count_of(const char *collection, const struct filter *filter) {
	int64_t count;
	cr_assert(store_count(store, collection, filter, &count, &err), "%s", err.text);
	return count;
}

static void expect_folded(int killed_at) {
	struct answers sum;
	struct contact contact;
	bool found;
	cr_assert(answers_find(store, campaign_id, arena, &sum, &found, &err) && found, "%s", err.text);
	cr_expect(sum.opened == 2 && sum.clicked == 1 && sum.unsubscribed == 1 && sum.proxied == 1 && sum.machined == 1,
	          "after %d: %lld opened, %lld clicked, %lld unsubscribed", killed_at, (long long)sum.opened,
	          (long long)sum.clicked, (long long)sum.unsubscribed);
	cr_expect(sum.human_opens == 3 && sum.counted_opens == 1 && sum.human_clicks == 1 && sum.machine_opens == 1,
	          "after %d: %lld opens, %lld counted", killed_at, (long long)sum.human_opens,
	          (long long)sum.counted_opens);
	cr_expect_eq(count_of("hits", &everything), 7, "after %d", killed_at);
	cr_expect_eq(count_of("hits", FILTER(eq_bool("waits", true))), 0, "after %d", killed_at);
	cr_expect_eq(count_of("contact_events", &everything), 4, "after %d", killed_at);
	cr_expect_eq(count_of("hits", FILTER(is_present("hour"), is_absent("block"), is_absent("contact_id"))), 1,
	             "who is only counted leaves no trace, after %d", killed_at);
	cr_assert(contact_find(store, people[0], arena, &contact, &found, &err) && found, "%s", err.text);
	cr_expect(contact.engagement.opened == 1, "after %d", killed_at);
}

Test(folding, killed_after_each_statement) {
	bool killed = true;
	int count = 0;
	for (; killed && count < MESSAGES_MAX; count++) {
		come_back();
		killed = killed_after(count, fold, NULL);
		fold(store, NULL);
		expect_folded(count);
	}
	cr_expect(!killed && count > 20, "%d messages", count);
}

static bool is_due(void) {
	int64_t count;
	cr_assert(store_count_most(store, "answer_sums", FILTER(by_id(campaign_id), eq_bool("is_due", true)), 1, &count,
	                           &err),
	          "%s", err.text);
	return count > 0;
}

/* A bounce that came between reading the figures and noting that they were told was in no figure until the next one. */
Test(folding, what_comes_back_while_it_is_told_is_told_again) {
	int64_t dues;
	cr_assert(answers_note_due(store, campaign_id, &err), "%s", err.text);
	cr_assert(answers_read_dues(store, campaign_id, &dues, &err), "%s", err.text);
	cr_assert(answers_note_due(store, campaign_id, &err), "%s", err.text);
	cr_assert(answers_note_told(store, campaign_id, dues, now, &err), "%s", err.text);
	cr_expect(is_due());
	cr_assert(answers_read_dues(store, campaign_id, &dues, &err), "%s", err.text);
	cr_assert(answers_note_told(store, campaign_id, dues, now, &err), "%s", err.text);
	cr_expect_not(is_due());
}

Test(folding, what_comes_later_is_added_and_what_was_there_stays) {
	come_back();
	fold(store, NULL);
	hit(HIT_OPEN, 0, AGENT_BROWSER, 90000);
	hit(HIT_OPEN, 3, AGENT_BROWSER, 90000);
	hit(HIT_OPEN, 2, AGENT_BROWSER, 90000);
	fold(store, NULL);
	struct answers sum;
	bool found;
	cr_assert(answers_find(store, campaign_id, arena, &sum, &found, &err) && found, "%s", err.text);
	cr_expect(sum.opened == 3 && sum.proxied == 0 && sum.human_opens == 6 && sum.counted_opens == 2);
	cr_expect_eq(count_of("contact_events", &everything), 5);
}

static void expire(struct store *of, void *context) {
	struct error why = ERROR_INIT;
	bool more;
	(void)context;
	cr_assert(hits_expire(of, moment_add(now, 20000), 10, &more, &why) && !more, "%s", why.text);
}

/* Their ids tell when they were made. */
static void make_old(void) {
	struct hit *hits;
	int count;
	int64_t deleted;
	cr_assert(store_list(store, "hits", &everything, NULL, 100, &hit_record, arena, (void **)&hits, &count, &err));
	cr_assert(store_delete(store, "hits", &everything, &deleted, &err));
	for (int i = 0; i < count; i++) {
		hits[i].id = arena_print(arena, "%08llx%s", (unsigned long long)(hits[i].at.ms / SECOND_MS), hits[i].id + 8);
		cr_assert(hit_store(store, &hits[i], &err), "%s", err.text);
	}
}

Test(folding, old_hits_go_and_what_they_came_to_stays) {
	bool killed = true;
	int count = 0;
	for (; killed && count < MESSAGES_MAX; count++) {
		come_back();
		fold(store, NULL);
		make_old();
		killed = killed_after(count, expire, NULL);
		expire(store, NULL);
		cr_expect_eq(count_of("hits", &everything), 1, "after %d: the click, which is newer", count);
		hit(HIT_OPEN, 0, AGENT_BROWSER, 90000);
		fold(store, NULL);
		struct answers sum;
		bool found;
		cr_assert(answers_find(store, campaign_id, arena, &sum, &found, &err) && found, "%s", err.text);
		cr_expect(sum.opened == 2 && sum.clicked == 1 && sum.unsubscribed == 1 && sum.proxied == 1 && sum.machined == 1,
		          "after %d: %lld opened", count, (long long)sum.opened);
		cr_expect(sum.human_opens == 4 && sum.counted_opens == 1 && sum.human_clicks == 1 && sum.machine_opens == 1,
		          "after %d: %lld opens", count, (long long)sum.human_opens);
	}
	cr_expect(!killed && count > 5, "%d messages", count);
}
