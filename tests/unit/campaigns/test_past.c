/* Campaigns as they were known at a past moment, from the histories of what is listed and of the figures. */
#include <criterion/criterion.h>

#include "campaigns/history.h"
#include "campaigns/past.h"
#include "unit/store_fixture.h"

static struct moment at(int64_t second) {
	return (struct moment){ second * SECOND_MS };
}

#define FIRST INT64_C(1800000000)

static struct external campaign_id(void) {
	return (struct external){ "0000000000000000000000aa", "c1" };
}

static void list_it(const char *name, unsigned status, struct moment sent_at, int64_t second) {
	struct campaign campaign;
	record_clear(&campaign_record, &campaign);
	campaign.external = campaign_id();
	campaign.name = name;
	campaign.status = status;
	campaign.sent_at = sent_at;
	cr_assert(campaign_save_listed(store, &campaign, store_new_id(arena), "ann", at(second), arena, &err), "%s",
	          err.text);
}

static struct campaign now_known(void) {
	struct campaign campaign;
	bool found;
	cr_assert(campaign_find(store, "c1", arena, &campaign, &found, &err) && found, "%s", err.text);
	return campaign;
}

/* Returns whether it was known at that moment. */
static bool was(int64_t second, struct campaign *campaign) {
	int count = 1;
	*campaign = now_known();
	cr_assert(campaign_as_of(store, at(second), arena, campaign, &count, &err), "%s", err.text);
	return count;
}

static void report(int64_t opened, int64_t second) {
	struct campaign campaign = now_known();
	const struct summary summary = { .metrics = { .sent = 100, .opened = opened }, .at = at(second) };
	bool changed;
	cr_assert(campaign_save_summary(store, &campaign, store_new_id(arena), &summary, arena, &changed, &err), "%s",
	          err.text);
}

Test(past, each_state_holds_until_the_next, .init = open_all, .fini = close_all) {
	struct campaign campaign;
	list_it("Draft", CAMPAIGN_DRAFT, MOMENT_NONE, FIRST + 10);
	list_it("Sent", CAMPAIGN_SENT, at(FIRST + 15), FIRST + 20);
	list_it("Sent", CAMPAIGN_SENT, at(FIRST + 15), FIRST + 25); /* unchanged */
	list_it("Renamed", CAMPAIGN_SENT, at(FIRST + 15), FIRST + 30);
	cr_expect_not(was(FIRST + 9, &campaign));
	cr_expect_str_eq(now_known().created_by, "ann");
	cr_assert(was(FIRST + 10, &campaign));
	cr_expect_str_eq(campaign.name, "Draft");
	cr_expect_eq(campaign.status, CAMPAIGN_DRAFT);
	cr_expect(!moment_is_set(campaign.sent_at) && campaign.sort_sent == 0);
	cr_assert(was(FIRST + 29, &campaign));
	cr_expect_str_eq(campaign.name, "Sent");
	cr_expect_eq(campaign.sort_sent, at(FIRST + 15).ms);
	cr_expect(!campaign.seen_run && !moment_is_set(campaign.synced_at));
	cr_assert(was(FIRST + 30, &campaign));
	cr_expect_str_eq(campaign.name, "Renamed");
}

Test(past, what_was_gone_for_a_while_is_gone_for_that_while, .init = open_all, .fini = close_all) {
	struct campaign campaign;
	list_it("One", CAMPAIGN_DRAFT, MOMENT_NONE, FIRST + 10);
	struct unseen unseen = { .doubted = false };
	cr_assert(
		campaign_mark_gone(store, campaign_id().connection_id, store_new_id(arena), at(FIRST + 20), &unseen, &err));
	list_it("One", CAMPAIGN_DRAFT, MOMENT_NONE, FIRST + 30);
	cr_expect(was(FIRST + 19, &campaign) && !moment_is_set(campaign.gone_at));
	cr_expect(was(FIRST + 29, &campaign) && campaign.gone_at.ms == at(FIRST + 20).ms);
	cr_expect(was(FIRST + 30, &campaign) && !moment_is_set(campaign.gone_at));
}

Test(past, a_clock_that_was_set_back_keeps_the_order, .init = open_all, .fini = close_all) {
	struct campaign campaign;
	list_it("One", CAMPAIGN_DRAFT, MOMENT_NONE, FIRST + 100);
	list_it("Two", CAMPAIGN_DRAFT, MOMENT_NONE, FIRST + 50);
	cr_assert(was(FIRST + 100, &campaign));
	cr_expect_str_eq(campaign.name, "One");
	cr_assert(was(FIRST + 101, &campaign));
	cr_expect_str_eq(campaign.name, "Two");
}

Test(past, figures_are_those_of_the_newest_snapshot_until_then, .init = open_all, .fini = close_all) {
	struct campaign campaign;
	list_it("Sent", CAMPAIGN_SENT, at(FIRST), FIRST + 10);
	report(5, FIRST + 20);
	report(9, FIRST + 30);
	cr_assert(was(FIRST + 15, &campaign));
	cr_expect_not(campaign.has_report);
	cr_expect_eq(campaign.current_metrics.opened, COUNT_NONE);
	cr_assert(was(FIRST + 25, &campaign));
	cr_expect_eq(campaign.current_metrics.opened, 5);
	cr_assert(was(FIRST + 30, &campaign));
	cr_expect_eq(campaign.current_metrics.opened, 9);
}

Test(past, what_people_assign_has_a_history_too, .init = open_all, .fini = close_all) {
	static const char partner[] = "0000000000000000000000bb";
	struct campaign campaign;
	bool found;
	cr_assert(store_upsert(store, "schema_migrations", FILTER(eq_text("_id", "1")), UPDATE(set_count("n", 1)), &err));
	list_it("One", CAMPAIGN_DRAFT, MOMENT_NONE, FIRST);
	cr_assert(campaign_save_partner(store, "c1", partner, &found, &err), "%s", err.text);
	list_it("Two", CAMPAIGN_DRAFT, MOMENT_NONE, FIRST + 1000000000);
	cr_assert(was(FIRST, &campaign));
	cr_expect_null(campaign.partner_id);
	cr_assert(was(FIRST + 999999999, &campaign));
	cr_expect_str_eq(campaign.partner_id, partner);
	cr_expect_str_eq(campaign.name, "One");
	cr_expect_str_eq(now_known().partner_id, partner);
}

/* As in a database from before there was this history. */
Test(past, an_older_campaign_gets_its_first_row_when_it_changes, .init = open_all, .fini = close_all) {
	struct campaign campaign;
	list_it("Before", CAMPAIGN_SENT, at(FIRST + 5000000), FIRST);
	int64_t deleted, seen = store_id_moment(now_known().id).ms / SECOND_MS;
	cr_assert(store_delete(store, "campaign_states", &everything, &deleted, &err) && deleted == 1);
	cr_assert(store_update_all(store, "campaigns", &everything, UPDATE(unset("listed_since")), &err));
	cr_assert(was(seen, &campaign));
	cr_expect_str_eq(campaign.name, "Before");
	cr_expect(campaign.status == CAMPAIGN_DRAFT && !moment_is_set(campaign.sent_at)); /* the sending was yet to come */
	cr_expect_not(was(seen - 1, &campaign));
	list_it("After", CAMPAIGN_SENT, at(FIRST + 5000000), FIRST + 6000000);
	cr_assert(was(FIRST + 5999999, &campaign));
	cr_expect_str_eq(campaign.name, "Before");
	cr_expect_eq(campaign.status, CAMPAIGN_SENT);
	cr_assert(was(seen, &campaign));
	cr_expect_eq(campaign.status, CAMPAIGN_DRAFT);
}

Test(past, filters_order_and_limits_are_those_of_that_time, .init = open_all, .fini = close_all) {
	struct campaign_filter filter = CAMPAIGN_EVERY;
	struct campaign *campaigns;
	int count;
	list_it("One", CAMPAIGN_SENT, at(FIRST), FIRST + 10);
	report(5, FIRST + 20);
	list_it("One", CAMPAIGN_SENT, at(FIRST - 1000), FIRST + 30);
	filter.from = at(FIRST - 10);
	filter.reported = true;
	filter.limit = 1;
	cr_assert(campaign_select(store, &filter, arena, &campaigns, &count, &err));
	cr_expect_eq(count, 0);
	filter.as_of = at(FIRST + 25);
	cr_assert(campaign_select(store, &filter, arena, &campaigns, &count, &err));
	cr_expect_eq(count, 1);
	filter.as_of = at(FIRST + 15);
	cr_assert(campaign_select(store, &filter, arena, &campaigns, &count, &err));
	cr_expect_eq(count, 0);
}
