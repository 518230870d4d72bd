/* Recipients written down by a process that is killed after any of its statements, where TEST_STORE_URI names a server:
 * whoever goes on leaves nobody out, and writes nobody down twice. */
#include <criterion/criterion.h>

#include "audience/contacts/change.h"
#include "campaigns/own_campaign.h"
#include "core/process/settings.h"
#include "dispatch/block.h"
#include "dispatch/freeze.h"
#include "unit/jobs_support.h"
#include "unit/keyed_fixture.h"
#include "unit/killed.h"

enum { PEOPLE = 3, MESSAGES_MAX = 400 };

static const struct moment now = { 1760000000000 };
static struct settings settings = { .campaigns_at_once = 1000000 };
static const char *addresses[PEOPLE];
static struct moment own_hour; /* of the campaigns */
static bool engaged_first;

static void add_people(void) {
	open_keyed();
	if (!store)
		return;
	mark_migrated(store);
	own_hour = MOMENT_NONE;
	engaged_first = false;
	static const char *const zones[PEOPLE] = { "{\"time_zone\": \"Asia/Tokyo\"}", "{}",
		                                       "{\"time_zone\": \"Asia/Tokyo\"}" };
	for (int i = 0; i < PEOPLE; i++) {
		addresses[i] = arena_print(arena, "p%d@f.example", i);
		const struct contact_request request = { .email = addresses[i], .custom_fields = zones[i], .rev = COUNT_NONE };
		const struct contact_saying saying = {
			.given = *TEXTS("email", "custom_fields"), .source = SOURCE_API, .by = "mara", .now = now
		};
		cr_assert(contact_create(store, store_new_id(arena), &request, &saying, arena, &err), "%s", err.text);
	}
}

TestSuite(freeze, .init = add_people, .fini = close_all, .timeout = 240);

static void forget_others(void) {
	static const char *const all[] = { "campaigns", "dispatches", "jobs" };
	int64_t deleted;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		cr_assert(store_delete(store, all[i], &everything, &deleted, &err), "%s", err.text);
}

static const char *queued_campaign(void) {
	struct campaign campaign;
	struct campaign_move move;
	struct dispatch dispatch;
	record_clear(&campaign_record, &campaign);
	campaign.id = store_new_id(arena);
	campaign.name = "News";
	campaign.updated_at = now;
	record_clear(&dispatch_record, &dispatch);
	dispatch.id = campaign.id;
	dispatch.said.recipients = (struct strings){ addresses, PEOPLE };
	dispatch.started_at = now;
	dispatch.own_hour = own_hour;
	dispatch.engaged_first = engaged_first;
	dispatch.words = 0;
	cr_assert(campaign_create_own(store, &campaign, &err) && dispatch_create(store, &dispatch, &err) &&
	              campaign_move_own(store, campaign.id, CAMPAIGN_SEND, now, &move, &err),
	          "%s", err.text);
	return campaign.id;
}

static void write_down(struct store *of, void *campaign_id) {
	static const struct job_kind *const kinds[] = { &freeze_job };
	ARENA_AUTO own = arena_new();
	struct error why = ERROR_INIT;
	cr_assert(freeze_ask(of, campaign_id, own, &why), "%s", why.text);
	work_off(of, kinds, 1, false, &settings);
}

Test(freeze, killed_after_each_statement) {
	bool killed = true;
	int count = 0;
	for (; killed && count < MESSAGES_MAX; count++) {
		forget_others();
		const char *id = queued_campaign();
		killed = killed_after(count, write_down, (void *)(uintptr_t)id);
		write_down(store, (void *)(uintptr_t)id);
		struct dispatch dispatch;
		struct block_state sum;
		enum campaign_status status;
		int64_t blocks;
		cr_assert(dispatch_need(store, id, arena, &dispatch, &err) && campaign_read_status(store, id, &status, &err) &&
		              store_sum(store, "dispatch_states", FILTER(eq_id("campaign_id", id)), &block_state_record, &sum,
		                        &blocks, &err),
		          "%s", err.text);
		cr_expect(dispatch.total == PEOPLE && blocks == 1 && sum.pending == PEOPLE && status == CAMPAIGN_SENDING,
		          "after %d: %lld people in %lld blocks, %s", count, (long long)dispatch.total, (long long)blocks,
		          campaign_statuses.names[status]);
	}
	cr_expect(!killed && count > 20, "%d messages", count);
}

/* Everybody in one block of their hour, whoever was killed in between. */
static void check_hours(const char *id, int count) {
	struct block_state *states;
	int found;
	int64_t people[2] = { 0, 0 };
	cr_assert(block_states_next(store, id, now, 10, arena, &states, &found, &err), "%s", err.text);
	for (int i = 0; i < found; i++)
		people[states[i].starts_at.ms == own_hour.ms] += states[i].size;
	cr_expect(people[0] == 2 && people[1] == 1, "after %d: %lld and %lld in %d blocks", count, (long long)people[0],
	          (long long)people[1], found);
	for (int i = 0; i < PEOPLE; i++) {
		struct contact *contacts;
		struct block *blocks;
		int of;
		const struct strings norms = { &addresses[i], 1 };
		cr_assert(contact_find_by_addresses(store, &norms, arena, &contacts, &of, &err) && of == 1, "%s", err.text);
		cr_assert(blocks_of_contact(store, contacts[0].id, BLOCK_ERASED_MAX, arena, &blocks, &of, &err));
		int in = 0;
		for (int k = 0; k < of; k++)
			in += text_same(blocks[k].campaign_id, id);
		cr_expect_eq(in, 1, "after %d %s is in %d blocks", count, addresses[i], in);
	}
}

Test(freeze, by_everybodys_own_hour_killed_after_each_statement) {
	bool killed = true;
	int count = 0;
	own_hour = moment_add(now, 20 * HOUR_MS);
	for (; killed && count < MESSAGES_MAX; count++) {
		forget_others();
		const char *id = queued_campaign();
		killed = killed_after(count, write_down, (void *)(uintptr_t)id);
		write_down(store, (void *)(uintptr_t)id);
		check_hours(id, count);
	}
	cr_expect(!killed && count > 20, "%d messages", count);
}

static void make_engaged(const char *email, const char *member, struct moment at) {
	bool matched;
	cr_assert(store_update(store, "contacts", FILTER(eq_text("email_norm", email)), UPDATE(set_moment(member, at)),
	                       &matched, &err) &&
	              matched,
	          "%s", err.text);
}

/* Of a warm-up those who clicked or joined in the last 30 days come first; nobody else is asked for before they are
 * done. */
Test(freeze, the_engaged_come_first) {
	struct block_state *states;
	int found;
	engaged_first = true;
	for (int i = 0; i < PEOPLE; i++)
		make_engaged(addresses[i], "created_at", moment_add(now, -(31 - (i == 1)) * DAY_MS + (i == 1)));
	make_engaged(addresses[2], "engagement.last_clicked_at", moment_add(now, -DAY_MS));
	const char *id = queued_campaign();
	write_down(store, (void *)(uintptr_t)id);
	cr_assert(block_states_next(store, id, now, 10, arena, &states, &found, &err) && found == 1, "%s, %d", err.text,
	          found);
	cr_expect(!states[0].comes_later && states[0].size == 2 && states[0].number == 0);
	states[0].is_done = true;
	cr_assert(block_state_save(store, &states[0], &err), "%s", err.text);
	cr_assert(block_states_next(store, id, now, 10, arena, &states, &found, &err) && found == 1, "%s", err.text);
	cr_expect(states[0].comes_later && states[0].size == 1 && states[0].number == 1);
	engaged_first = false;
	id = queued_campaign();
	write_down(store, (void *)(uintptr_t)id);
	cr_assert(block_states_next(store, id, now, 10, arena, &states, &found, &err) && found == 1, "%s", err.text);
	cr_expect(states[0].size == PEOPLE && !states[0].comes_later);
}
