/* Numbers and text. */
#include <criterion/criterion.h>

#include "core/base/text.h"

Test(text, counts_and_numbers) {
	ARENA_AUTO arena = arena_new();
	int64_t number;
	cr_expect_str_eq(text_of_count(arena, 1234567), "1,234,567");
	cr_expect_str_eq(text_of_count(arena, -100), "-100");
	cr_expect(text_to_int("42", 0, 50, &number) && number == 42);
	cr_expect(!text_to_int("42x", 0, 50, &number) && !text_to_int("51", 0, 50, &number) &&
	          !text_to_int(" 1", 0, 50, &number));
	cr_expect_str_eq(text_clean(arena, "a\xff\x01z"), "a\xef\xbf\xbd z");
}
