/* When a code can be redeemed. That many who try at once get no more than it has is tried with a database in
 * tests/system/test_redeeming.py. */
#include "unit/support.h"

#include "codes/redeeming.h"

static struct stored_code code(int64_t used, int64_t most) {
	return (struct stored_code){ .usage_count = used, .max_usage = most, .expires_at = at("2026-12-01T12:00:00Z") };
}

Test(redeeming, ends_with_its_uses_and_with_its_time) {
	struct stored_code fresh = code(0, 1), half = code(1, 2), used = code(2, 2);
	cr_expect_eq(redeeming_judge(&fresh, at("2026-12-01T11:59:59Z")), REDEEM_FINE);
	cr_expect_eq(redeeming_judge(&fresh, at("2026-12-01T12:00:00Z")), REDEEM_EXPIRED);
	cr_expect_eq(redeeming_judge(&half, at("2026-12-01T00:00:00Z")), REDEEM_FINE);
	cr_expect_eq(redeeming_judge(&used, at("2026-12-01T00:00:00Z")), REDEEM_USED);
	cr_expect_eq(redeeming_judge(&used, at("2027-01-01T00:00:00Z")), REDEEM_USED);
}

Test(redeeming, is_undone_by_whoever_did_it_and_soon) {
	struct redemption use = { .result = REDEEM_FINE, .by = "tom", .at = at("2026-12-01T12:00:00Z") };
	struct redemption refused = { .result = REDEEM_USED, .by = "tom", .at = at("2026-12-01T12:00:00Z") };
	cr_expect(redemption_is_undoable(&use, "tom", at("2026-12-01T12:05:00Z")));
	cr_expect_not(redemption_is_undoable(&use, "tom", at("2026-12-01T12:05:00.001Z")));
	cr_expect_not(redemption_is_undoable(&use, "mara", at("2026-12-01T12:00:01Z")));
	cr_expect_not(redemption_is_undoable(&refused, "tom", at("2026-12-01T12:00:01Z")));
}

/* Any tries at any times: as many succeed as there are uses, of those before its end; once refused, always refused. */
Test(redeeming, never_gives_more_than_it_has) {
	unsigned seed = 1;
	for (int run = 0; run < 10000; run++) {
		struct stored_code one = code(0, 1 + (seed = seed * 1103515245u + 12345u) / 65536u % 4);
		struct moment now = at("2026-11-30T00:00:00Z");
		int64_t in_time = 0, given = 0;
		bool was_refused = false;
		for (int i = 0; i < 12; i++) {
			now = moment_add(now, (int64_t)((seed = seed * 1103515245u + 12345u) / 65536u % 12) * HOUR_MS);
			bool is_given = redeeming_judge(&one, now) == REDEEM_FINE;
			in_time += now.ms < one.expires_at.ms;
			cr_assert_not(is_given && was_refused);
			was_refused = was_refused || !is_given;
			one.usage_count += is_given;
			given += is_given;
		}
		cr_assert_eq(given, in_time < one.max_usage ? in_time : one.max_usage);
	}
}
