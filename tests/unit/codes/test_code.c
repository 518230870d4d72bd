/* How codes are written and read. */
#include "unit/support.h"

#include <string.h>

#include "codes/code.h"

static const char CAMPAIGN[] = "0123456789abcdef01234567", CONTACT[] = "76543210fedcba9876543210";

Test(code, is_read_as_it_was_written) {
	for (int i = 0; i < 1000; i++) {
		char random[CODE_RANDOM], short_code[CODE_SHORT], token[CODE_TOKEN];
		struct code_asked asked;
		code_new(random, short_code);
		code_token(CAMPAIGN, CONTACT, random, token);
		cr_assert_eq(strlen(token), CODE_TOKEN - 1);
		cr_assert(code_read(token, &asked));
		cr_expect_str_eq(asked.campaign_id, CAMPAIGN);
		cr_expect_str_eq(asked.contact_id, CONTACT);
		cr_expect_str_eq(asked.random, random);
		cr_expect_str_eq(asked.short_code, "");
		cr_assert(code_read(short_code, &asked));
		cr_expect_str_eq(asked.short_code, short_code);
		cr_expect_str_eq(asked.random, "");
	}
}

static void check_short(const char *text, const char *expected) {
	struct code_asked asked;
	bool is_one = code_read(text, &asked);
	cr_expect_eq(is_one, expected != NULL, "%s", text);
	cr_expect_str_eq(asked.short_code, expected ? expected : "", "%s", text);
}

Test(code, may_be_typed_in_any_way) {
	check_short("K7QFA-2M9DZ", "K7QFA-2M9DZ");
	check_short(" k7qfa2m9dz\n", "K7QFA-2M9DZ");
	check_short("k7 qf a2 m9 dz", "K7QFA-2M9DZ");
	check_short("https://mail.example/q/K7QFA-2M9DZ", "K7QFA-2M9DZ");
	check_short("K7QFA-2M9D", NULL);
	check_short("K7QFA-2M9DZ2", NULL);
	check_short("K7QFA-2M9D0", NULL);
	check_short("", NULL);
	check_short("/", NULL);
	check_short("----------------", NULL);
}

Test(code, is_no_token_if_a_letter_is_missing_or_wrong) {
	struct code_asked asked;
	const char good[] = "0123456789abcdef01234567-76543210fedcba9876543210-abcdefghijklmnopqrstuvwxyz";
	char bad[sizeof good];
	cr_assert(code_read(good, &asked));
	for (size_t i = 0; i + 1 < sizeof good; i++) {
		memcpy(bad, good, sizeof good);
		bad[i] = '!';
		cr_expect_not(code_read(bad, &asked), "%s", bad);
		memmove(bad + i, bad + i + 1, sizeof good - i - 1);
		cr_expect_not(code_read(bad, &asked), "%s", bad);
		cr_expect_str_eq(asked.campaign_id, "");
	}
}

Test(code, holds_to_the_end_of_its_last_day_everywhere) {
	char day[MOMENT_TEXT];
	struct moment expires = code_expiry(at("2026-11-26T23:30:00Z"), 30, NULL);
	cr_expect_eq(expires.ms, at("2026-12-27T12:00:00Z").ms);
	cr_expect_str_eq(moment_format_day(code_last_day(expires), day), "2026-12-26");
	cr_expect_eq(code_expiry(at("2026-11-26T00:00:00Z"), 0, NULL).ms, at("2026-11-27T12:00:00Z").ms);
	ZONE_AUTO tokyo = zone_open("Asia/Tokyo"); /* 08:30 of the next day there */
	expires = code_expiry(at("2026-11-25T23:30:00Z"), 30, tokyo);
	cr_expect_eq(expires.ms, at("2026-12-27T03:00:00Z").ms);
	cr_expect_str_eq(moment_format_day(zone_wall(tokyo, code_last_day(expires)), day), "2026-12-26");
}
