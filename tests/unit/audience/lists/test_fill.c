/* Merge tags and their fallbacks. */
#include <criterion/criterion.h>

#include "audience/lists/fill.h"
#include "unit/support.h"

Test(fill, puts_the_fallback_or_nothing_in_place_of_a_tag) {
	ARENA_AUTO arena = arena_new();
	struct list_field fields[] = { { .tag = "FirstName", .fallback = "there" }, { .tag = "City", .fallback = NULL } };
	const struct list list = { .fields = { fields, 2 } };
	static const struct {
		const char *text, *filled;
	} rows[] = {
		{ "Hi {{FirstName}}, news", "Hi there, news" },
		{ "Hi {{ FirstName }}!", "Hi there!" },
		{ "News from {{City}}, for you", "News from, for you" },
		{ "{{FirstName}}: {{Other}} and {{FirstName}}", "there: and there" },
		{ "{{City}}", "" },
		{ "Half a {{tag", "Half a {{tag" },
		{ "No tag", "No tag" },
		{ NULL, "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_str_eq(list_fill(&list, rows[i].text, arena), rows[i].filled);
	cr_expect_str_eq(list_fill(NULL, "Hi {{FirstName}}, news", arena), "Hi, news");
}
