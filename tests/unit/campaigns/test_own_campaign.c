/* Own campaigns that are moved from state to state. */
#include "campaigns/own_campaign.h"
#include "core/base/text.h"
#include "unit/store_fixture.h"

TestSuite(own_campaign, .init = open_all, .fini = close_all);

static const char *const ID = "0123456789abcdef01234567";

/* One applied migration: so the database has a clock. */
struct migrated {
	const char *id;
};
static const struct field migrated_fields[] = { FIELD(struct migrated, id, .stored = "_id") };
static const struct record_type migrated_record = RECORD_TYPE("Migrated", struct migrated, migrated_fields);

static void add(void) {
	cr_assert(store_insert(store, "schema_migrations", &migrated_record, &(struct migrated){ "1" }, &err));
	struct campaign draft;
	record_clear(&campaign_record, &draft);
	draft.id = ID;
	draft.name = "A";
	cr_assert(campaign_create_own(store, &draft, &err), "%s %s", err.text, err.notes[0]);
}

static struct campaign read_back(void) {
	struct campaign campaign;
	bool found;
	cr_assert(campaign_find(store, ID, arena, &campaign, &found, &err) && found, "%s", err.text);
	return campaign;
}

static bool move(enum campaign_event event, int64_t at, bool is_due) {
	err = ERROR_INIT;
	struct campaign_move move;
	return event == CAMPAIGN_SCHEDULE ? campaign_schedule_own(store, ID, (struct moment){ at }, &move, &err)
	       : is_due                   ? campaign_move_due(store, ID, (struct moment){ at }, &move, &err)
	                                  : campaign_move_own(store, ID, event, (struct moment){ at }, &move, &err);
}

Test(own_campaign, moves_once_and_the_second_is_told_why_not) {
	struct campaign_move move_of_it;
	add();
	cr_assert(campaign_move_own(store, ID, CAMPAIGN_SEND, (struct moment){ 5 }, &move_of_it, &err), "%s", err.text);
	cr_expect(move_of_it.from == CAMPAIGN_DRAFT && move_of_it.to == CAMPAIGN_QUEUED);
	cr_expect_eq(read_back().sent_at.ms, 5);
	cr_expect_eq(read_back().status, CAMPAIGN_QUEUED);
	cr_expect_not(move(CAMPAIGN_SEND, 6, false));
	cr_expect_eq(err.kind, ERROR_CONFLICT);
	cr_expect_str_eq(err.text, "A campaign that is queued cannot be sent");
}

Test(own_campaign, a_chosen_time_is_kept_and_starts_nothing_before_it_has_come) {
	add();
	cr_expect(move(CAMPAIGN_SCHEDULE, 1000, false), "%s", err.text);
	cr_expect_eq(read_back().scheduled_time.ms, 1000);
	cr_expect_not(move(CAMPAIGN_SEND, 999, true));
	cr_expect_eq(err.kind, ERROR_CONFLICT);
	cr_expect(move(CAMPAIGN_SCHEDULE, 2000, false), "%s", err.text);
	cr_expect_not(move(CAMPAIGN_SEND, 1500, true));
	cr_expect(move(CAMPAIGN_UNSCHEDULE, 1500, false), "%s", err.text);
	cr_expect_not(moment_is_set(read_back().scheduled_time));
	cr_expect_not(move(CAMPAIGN_SEND, 3000, true));
	cr_expect_eq(read_back().status, CAMPAIGN_DRAFT);
	cr_expect(move(CAMPAIGN_SCHEDULE, 2000, false) && move(CAMPAIGN_SEND, 2000, true), "%s", err.text);
}

Test(own_campaign, one_that_is_gone_is_moved_by_nobody) {
	cr_expect_not(move(CAMPAIGN_SEND, 1, false));
	cr_expect_eq(err.kind, ERROR_MISSING);
}
