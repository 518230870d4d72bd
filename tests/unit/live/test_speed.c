/* How fast a campaign was sent. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "live/speed.h"

static const struct moment noon = { INT64_C(1699999980000) };

static struct sent_at at(int64_t minutes, int64_t sent) {
	return (struct sent_at){ moment_add(noon, minutes * MINUTE_MS), sent };
}

Test(speed, is_even_between_two_moments) {
	const struct sent_at known[] = { at(1, 100), at(3, 100), at(4, 160) };
	struct speed speed = speed_of(noon, known, 3);
	cr_assert(speed.count == 4 && speed.step_ms == MINUTE_MS);
	cr_expect(fabs(speed.steps[0].per_minute - 100) < 1e-9);
	cr_expect(fabs(speed.steps[1].per_minute) < 1e-9 && fabs(speed.steps[2].per_minute) < 1e-9);
	cr_expect(fabs(speed.steps[3].per_minute - 60) < 1e-9);
	cr_expect(speed_peak(&speed) == &speed.steps[0]);
	cr_expect(speed.end.ms == known[2].at.ms);
}

Test(speed, of_the_last_minutes_leaves_out_the_first_ones) {
	const struct sent_at known[] = { at(1, 100), at(2, 110), at(7, 160) };
	struct speed speed = speed_of(noon, known, 3);
	cr_assert(speed.count == 7);
	cr_expect(fabs(speed_recent(&speed) - 10) < 1e-9);
	struct speed none = speed_of(noon, known, 0);
	cr_expect(isnan(speed_recent(&none)));
}

Test(speed, is_not_told_of_less_than_two_minutes) {
	const struct sent_at known[] = { { moment_add(noon, 2 * MINUTE_MS - 1), 500 } };
	struct speed speed = speed_of(noon, known, 1);
	cr_expect(speed.count == 0 && !speed_peak(&speed));
	cr_expect(speed_of(noon, known, 0).count == 0);
	cr_expect(speed_of(MOMENT_NONE, known, 1).count == 0);
}

/* A limit of a hundred a minute is used up within seconds: ten seconds before the minute is over, and as it begins. */
Test(speed, is_never_over_a_limit_of_the_clocks_minutes) {
	const struct moment started = moment_add(noon, -10 * (int64_t)SECOND_MS);
	const struct sent_at known[] = { { moment_add(started, 5 * SECOND_MS), 100 },
		                             { noon, 100 },
		                             { moment_add(noon, 5 * SECOND_MS), 200 },
		                             { moment_add(noon, MINUTE_MS), 200 },
		                             { moment_add(noon, MINUTE_MS + 5 * SECOND_MS), 300 },
		                             { moment_add(noon, 2 * MINUTE_MS), 300 },
		                             { moment_add(noon, 2 * MINUTE_MS + 5 * SECOND_MS), 400 } };
	struct speed speed = speed_of(started, known, 7);
	cr_assert(speed.count == 4 && speed.steps[0].from.ms == noon.ms - MINUTE_MS);
	for (int i = 0; i < speed.count; i++)
		cr_expect(fabs(speed.steps[i].per_minute - 100) < 1e-6, "%d: %f", i, speed.steps[i].per_minute);
}

/* Whatever is known, the steps hold all that was sent, none is negative, and there are never too many. */
Test(speed, has_steps_that_add_up) {
	srand(7);
	for (int turn = 0; turn < 2000; turn++) {
		struct sent_at known[40];
		int count = 1 + rand() % 40;
		int64_t minutes = 0, sent = 0;
		for (int i = 0; i < count; i++) {
			minutes += rand() % (turn % 3 ? 5 : 2000);
			sent += rand() % 900;
			known[i] = at(minutes, sent);
		}
		struct speed speed = speed_of(noon, known, count);
		double sum = 0;
		for (int i = 0; i < speed.count; i++) {
			cr_assert(speed.steps[i].per_minute >= 0);
			sum += speed.steps[i].sent;
		}
		cr_assert(speed.count <= SPEED_STEPS);
		cr_assert(speed.count == (minutes >= 2 ? speed.count : 0));
		cr_assert(speed.count == 0 || fabs(sum - (double)sent) < 1e-6, "turn %d: %f of %lld", turn, sum,
		          (long long)sent);
	}
}
