/* What a run plans to read. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <string.h>

#include "observing/engine.h"

Test(plan, reads_what_is_due) {
	struct moment now = { 1000 * DAY_MS };
	struct campaign campaign = { .status = CAMPAIGN_SENT,
		                         .has_report = true,
		                         .sent_at = moment_add(now, -400 * DAY_MS),
		                         .summary_read_at = moment_add(now, -2 * DAY_MS),
		                         .gone_at = MOMENT_NONE,
		                         .figures_tries = COUNT_NONE,
		                         .summary_run = "old" };
	cr_expect_eq(sync_plan(&campaign, "run", false, now), PLAN_LATER);
	cr_expect_eq(sync_plan(&campaign, "run", true, now), PLAN_BY_HAND);
	cr_expect_eq(sync_plan(&campaign, "old", true, now), PLAN_DONE);
	campaign.sent_at = moment_add(now, -100 * DAY_MS);
	cr_expect_eq(sync_plan(&campaign, "run", false, now), PLAN_DUE);
	campaign.summary_read_at = moment_add(now, 400 * DAY_MS); /* by a clock that was wrong then */
	cr_expect_eq(sync_plan(&campaign, "run", false, now), PLAN_DUE);
	campaign.sent_at = moment_add(now, -DAY_MS);
	cr_expect_eq(sync_plan(&campaign, "run", false, now), PLAN_YOUNG);
	campaign.has_report = false;
	cr_expect_eq(sync_plan(&campaign, "run", false, now), PLAN_NEVER_READ);
	campaign.gone_at = moment_add(now, -DAY_MS);
	cr_expect_eq(sync_plan(&campaign, "run", true, now), PLAN_GONE);
	cr_expect_eq(sync_plan(&campaign, "run", false, now), PLAN_GONE);
	campaign.gone_at = MOMENT_NONE;
	cr_expect_eq(sync_plan(&campaign, "run", true, now), PLAN_BY_HAND);
	campaign.status = CAMPAIGN_DRAFT;
	cr_expect_eq(sync_plan(&campaign, "run", true, now), PLAN_NOT_SENT);
}

/* Old: a counter that could not be read once was asked for again after a week. */
Test(plan, reads_again_what_lacked_something_at_growing_intervals) {
	struct moment now = { 1000 * DAY_MS };
	struct campaign campaign = { .status = CAMPAIGN_SENT,
		                         .has_report = true,
		                         .sent_at = moment_add(now, -400 * DAY_MS),
		                         .gone_at = MOMENT_NONE,
		                         .summary_read_at = now,
		                         .current_metrics.clicked_total = 5,
		                         .links_clicked = 5,
		                         .figures_tries = COUNT_NONE };
	cr_expect_eq(sync_plan(&campaign, "run", false, now), PLAN_LATER);
	campaign.summary_unread = 1;
	cr_expect_eq(sync_plan(&campaign, "run", false, now), PLAN_LACKING);
	for (int tries = 1; tries <= 20; tries++) {
		campaign.figures_tries = tries;
		int64_t wait = tries < 9 ? (int64_t)HOUR_MS << (tries - 1) : 7 * DAY_MS;
		enum plan_reason after = tries < 9 ? PLAN_LACKING : PLAN_DUE;
		cr_expect_eq(sync_plan(&campaign, "run", false, moment_add(now, wait - 1)), PLAN_LATER, "%d", tries);
		cr_expect_eq(sync_plan(&campaign, "run", false, moment_add(now, wait)), after, "%d", tries);
	}
	campaign.summary_unread = COUNT_NONE;
	campaign.figures_tries = COUNT_NONE;
	campaign.links_clicked = COUNT_NONE; /* its links could not be read */
	cr_expect_eq(sync_plan(&campaign, "run", false, now), PLAN_LACKING);
}

/* The provider's own counts tell that rows are missing, even if the last page says that it is the last one. */
Test(runs, an_end_that_contradicts_the_count_is_no_end) {
	struct error err = ERROR_INIT;
	struct task none = { .counter = 0 }, some = { .counter = 250 }, later = { .counter = 250, .rows = 200 };
	struct task tried = { .counter = 250, .tries = 4 };
	const struct following last = { 0 }, more = { .cursor = "next" }, lost = { .unread = true };
	bool cut;
	cr_expect(work_has_all(&none, 0, 100, &last, &cut, &err));
	cr_expect(work_has_all(&none, 100, 100, &last, &cut, &err));
	cr_expect(work_has_all(&some, 100, 100, &more, &cut, &err));
	cr_expect(work_has_all(&some, 0, 100, &more, &cut, &err));
	cr_expect(work_has_all(&some, 100, 100, &lost, &cut, &err)); /* a gap already */
	cr_expect_not(work_has_all(&some, 0, 100, &last, &cut, &err));
	cr_expect(err.kind == ERROR_INVALID);
	cr_expect_not(work_has_all(&some, 100, 100, &last, &cut, &err));
	cr_expect_str_eq(err.text, "it ends after 100 of 250 rows");
	cr_expect(work_has_all(&some, 97, 100, &last, &cut, &err)); /* people who are gone are left out */
	cr_expect(work_has_all(&later, 50, 100, &last, &cut, &err));
	cr_expect(work_has_all(&later, 0, 100, &last, &cut, &err) && !cut);
	cr_expect(work_has_all(&tried, 100, 100, &last, &cut, &err) && cut, "the last try: what came counts");
	cr_expect_not(work_has_all(&tried, 0, 100, &last, &cut, &err), "but not nothing");
}

/* Once for each wait, not at each try. */
Test(runs, a_wait_for_the_database_is_told) {
	struct error err = ERROR_INIT;
	struct work work = { .last_look = 0 };
	char text[2000];
	(void)error_set(&err, ERROR_UNAVAILABLE, "database: gone");
	cr_redirect_stderr();
	int64_t since = monotonic_ms();
	cr_expect(work_outlasts(&work, &err, since) && work_outlasts(&work, &err, since) && !work.stop);
	(void)fflush(stderr);
	size_t size = fread(text, 1, sizeof text - 1, cr_get_redirected_stderr());
	text[size] = '\0';
	const char *told = strstr(text, "the sync waits up to 10 minutes for the database: database: gone");
	cr_assert(told, "%s", text);
	cr_expect_not(strstr(told + 1, "the sync waits"));
}

/* An unknown word for one of our states must not read as the first one. */
Test(runs, a_state_that_is_not_known_is_a_fault) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct sync_run run;
	bson_t *stored = BCON_NEW("state", BCON_UTF8("resting"));
	cr_expect_not(record_from_bson(&sync_run_record, stored, arena, &run, &err));
	cr_expect(err.kind == ERROR_FAULT && strstr(err.text, "state") && strstr(err.text, "resting"), "%s", err.text);
	bson_destroy(stored);
}
