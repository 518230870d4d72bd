/* Numbers and text. */
#include <criterion/criterion.h>

#include "core/base/calendar.h"
#include "core/base/text.h"

Test(text, counts_and_numbers) {
	ARENA_AUTO arena = arena_new();
	int64_t number;
	cr_expect_str_eq(text_of_count(arena, 1234567), "1,234,567");
	cr_expect_str_eq(text_of_count(arena, -100), "-100");
	cr_expect_str_eq(text_of_counted(arena, 0, "person", "people"), "0 people");
	cr_expect_str_eq(text_of_counted(arena, 1, "person", "people"), "1 person");
	cr_expect_str_eq(text_of_counted(arena, 2345, "person", "people"), "2,345 people");
	cr_expect_str_eq(text_of_half(arena, 1, "open", "opens"), "the only open");
	cr_expect_str_eq(text_of_half(arena, 2, "open", "opens"), "half of the 2 opens");
	cr_expect(text_to_int("42", 0, 50, &number) && number == 42);
	cr_expect(!text_to_int("42x", 0, 50, &number) && !text_to_int("51", 0, 50, &number) &&
	          !text_to_int(" 1", 0, 50, &number));
	cr_expect_str_eq(text_clean(arena, "a\xff\x01z"), "a\xef\xbf\xbd z");
}

#define REPLACED "\xef\xbf\xbd"

Test(text, all_words_must_be_there) {
	cr_expect(text_has_words("nordwind_member survey", "survey nordwind") && text_has_words("a", "") &&
	          text_has_words("a", " "));
	cr_expect(!text_has_words("nordwind_member survey", "nordwind tariff") && !text_has_words("", "a"));
}

Test(text, days_from_one_to_another) {
	ARENA_AUTO arena = arena_new();
	struct moment first = date_start((struct date){ 2026, 8, 28 }), last = date_start((struct date){ 2026, 11, 25 });
	cr_expect_str_eq(text_of_days(arena, first, last), "28 Aug – 25 Nov 2026");
	cr_expect_str_eq(text_of_days(arena, moment_add(first, -300 * DAY_MS), last), "1 Nov 2025 – 25 Nov 2026");
	cr_expect_str_eq(text_of_days(arena, last, moment_add(last, DAY_MS - 1)), "25 Nov 2026");
	cr_expect_str_eq(text_of_days(arena, moment_add(last, -9 * DAY_MS), last), "16 – 25 Nov 2026");
}

Test(text, names_from_outside_have_no_control_and_no_noncharacter) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(text_clean(arena, "a\xc2\x85\xc2\x9bz\x7f"), "a  z ");
	cr_expect_str_eq(text_clean(arena, "\xef\xbf\xbe\xef\xb7\x90\xf4\x8f\xbf\xbf"), REPLACED REPLACED REPLACED);
	cr_expect_str_eq(text_clean(arena, "Grüße, 日本語, 🌞"), "Grüße, 日本語, 🌞");
	cr_expect_null(text_clean(arena, NULL));
}

Test(text, what_cannot_be_drawn_is_replaced) {
	ARENA_AUTO arena = arena_new();
	const char *plain = "Grüße,\n\tΕλλάδα 🌞";
	cr_expect_eq(text_drawable(arena, plain), plain);
	cr_expect_str_eq(text_drawable(arena, "a\xef\xbf\xbf"
	                                      "b\xef\xb7\xaf"
	                                      "c\x01"
	                                      "d\xc2\x9b"
	                                      "e\xff"),
	                 "a" REPLACED "b" REPLACED "c" REPLACED "d" REPLACED "e" REPLACED);
}

/* old: each was compared with all before it, so a draft for 55,000 typed addresses held a worker for 13 s. */
Test(text, a_million_texts_are_made_distinct_at_once, .timeout = 60) {
	enum { MANY = 1000000 };
	ARENA_AUTO arena = arena_new();
	const char *items[] = { "b", "a", "b", "c", "a" };
	struct strings many = { arena_array(arena, const char *, MANY), MANY };
	for (int i = 0; i < MANY; i++)
		many.items[i] = arena_print(arena, "a%d@b.example", i * 7 % (MANY / 2));
	const struct strings once = strings_distinct(arena, &many), some = { items, 5 },
						 few = strings_distinct(arena, &some);
	cr_expect_eq(once.count, MANY / 2);
	cr_expect_str_eq(once.items[1], "a7@b.example");
	cr_expect_str_eq(strings_join(arena, &few, " "), "b a c");
	cr_expect_eq(strings_distinct(arena, &(struct strings){ 0 }).count, 0);
}
