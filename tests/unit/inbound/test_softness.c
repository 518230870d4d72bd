/* Bounces that are not for good, again and again. H-B1. */
#include <criterion/criterion.h>

#include "inbound/softness.h"

static struct soft_bounce bounce(const char *campaign, const char *status, double day) {
	return (struct soft_bounce){ campaign,
		                         status,
		                         { INT64_C(1790000000000) / DAY_MS * DAY_MS + (int64_t)(day * (double)DAY_MS) } };
}

static const struct moment never = { INT64_MIN };

Test(softness, three_points_over_two_weeks_or_five_at_all) {
	int points;
	struct soft_bounce some[] = { bounce("a", "5.2.2", 0), bounce("b", "5.2.2", 7), bounce("c", NULL, 14) };
	cr_expect(soft_is_too_often(some, 3, never, &points) && points == 3);
	some[2] = bounce("c", NULL, 13.9);
	cr_expect(!soft_is_too_often(some, 3, never, &points) && points == 3, "too soon");
	cr_expect(!soft_is_too_often(some, 2, never, &points) && points == 2);
	struct soft_bounce many[] = { bounce("a", NULL, 0), bounce("b", NULL, 1), bounce("c", NULL, 2),
		                          bounce("d", NULL, 3), bounce("e", NULL, 4) };
	cr_expect(!soft_is_too_often(many, 4, never, &points) && soft_is_too_often(many, 5, never, &points) && points == 5);
}

/* Notifuse 323: given up after days of trying, with every campaign. */
Test(softness, given_up_after_days_counts_twice) {
	int points;
	const struct soft_bounce expired[] = { bounce("a", "4.4.7", 0), bounce("b", "4.4.7", 2), bounce("c", "4.4.7", 4) };
	cr_expect(!soft_is_too_often(expired, 2, never, &points) && points == 4);
	cr_expect(soft_is_too_often(expired, 3, never, &points) && points == 6);
}

Test(softness, a_campaign_counts_once_a_day_and_without_one_nothing_does) {
	int points;
	const struct soft_bounce same[] = { bounce("a", NULL, 0.1), bounce("a", "4.4.7", 0.2), bounce("a", NULL, 0.3),
		                                bounce("a", NULL, 1), bounce(NULL, NULL, 2) };
	cr_expect(!soft_is_too_often(same, 5, never, &points) && points == 3);
}

Test(softness, a_click_since_clears_them) {
	int points;
	const struct soft_bounce some[] = { bounce("a", NULL, 0), bounce("b", NULL, 10), bounce("c", NULL, 30) };
	cr_expect(soft_is_too_often(some, 3, never, &points));
	cr_expect(!soft_is_too_often(some, 3, bounce(NULL, NULL, 5).at, &points) && points == 2);
	cr_expect(!soft_is_too_often(NULL, 0, never, &points) && points == 0);
}

/* In whatever order they come. */
Test(softness, their_order_does_not_matter) {
	struct soft_bounce some[] = { bounce("a", NULL, 0), bounce("a", "4.4.7", 0.5), bounce("b", NULL, 3),
		                          bounce("b", NULL, 3.2), bounce("c", NULL, 20) };
	int points, other;
	bool is = soft_is_too_often(some, 5, never, &points);
	for (unsigned seed = 1; seed < 200; seed++) {
		unsigned dice = seed * 2654435761u;
		for (int i = 4; i > 0; i--) {
			int k = (int)(dice % (unsigned)(i + 1));
			struct soft_bounce kept = some[i];
			some[i] = some[k], some[k] = kept;
			dice = dice * 1664525u + 1013904223u;
		}
		cr_expect(soft_is_too_often(some, 5, never, &other) == is && other == points);
	}
}
