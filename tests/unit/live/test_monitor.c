/* What the monitor says of a campaign that is sent. */
#include <criterion/criterion.h>
#include <math.h>

#include "live/monitor.h"

static const struct moment noon = { INT64_C(1700000000000) };

/* 600 of 1,000 dealt with, since 10 minutes. */
static struct progress half(void) {
	return (struct progress){ .status = CAMPAIGN_SENDING,
		                      .total = 1000,
		                      .written = 1000,
		                      .pending = 390,
		                      .deferred = 10,
		                      .accepted = 580,
		                      .failed = 15,
		                      .uncertain = 5,
		                      .started_at = moment_add(noon, -10 * MINUTE_MS) };
}

Test(pace, is_the_mean_since_the_start_and_says_when_it_ends) {
	struct progress progress = half();
	struct pace_so_far pace = pace_so_far(&progress, noon);
	cr_expect(fabs(pace.per_minute - 60) < 1e-9);
	cr_expect(pace.end_at.ms == noon.ms + 400 * MINUTE_MS / 60);
	cr_expect(progress_left(&progress) == 400);
}

Test(pace, is_not_told_of_what_is_not_sent_or_has_hardly_begun) {
	struct progress progress = half();
	progress.status = CAMPAIGN_PAUSED;
	cr_expect(isnan(pace_so_far(&progress, noon).per_minute));
	progress = half();
	progress.started_at = moment_add(noon, -MINUTE_MS + 1);
	cr_expect(isnan(pace_so_far(&progress, noon).per_minute));
	progress = half();
	progress.accepted = 9, progress.failed = progress.uncertain = 0;
	cr_expect(isnan(pace_so_far(&progress, noon).per_minute));
	progress.started_at = MOMENT_NONE;
	cr_expect(isnan(pace_so_far(&progress, noon).per_minute));
}

Test(pace, has_no_end_while_recipients_are_written_down) {
	struct progress progress = half();
	progress.total = COUNT_NONE;
	cr_expect(!moment_is_set(pace_so_far(&progress, noon).end_at));
	cr_expect(progress_total(&progress) == 1000);
}
