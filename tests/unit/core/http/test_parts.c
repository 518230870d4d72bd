/* Data for the parts of pages. */
#include <criterion/criterion.h>

#include "core/http/parts.h"

static const char *words_of(const struct value *map, const char *name) {
	const struct value *value = value_get(map, name);
	return value && value->kind == VALUE_TEXT ? value->text : NULL;
}

static bool holds(const struct value *map, const char *name) {
	const struct value *value = value_get(map, name);
	return value && value->kind == VALUE_BOOL && value->boolean;
}

/* "1 2* … 9": the numbers as they stand, a gap before those that do not follow, the current one starred. */
static const char *numbers_of(const struct value *pager, struct arena *arena) {
	BUF_AUTO out = { 0 };
	for (const struct value *page = value_get(pager, "pages")->first; page; page = page->next)
		buf_print(&out, "%s%s%s%s", out.size ? " " : "", holds(page, "gap") ? "… " : "", words_of(page, "label"),
		          holds(page, "current") ? "*" : "");
	if (holds(pager, "goes_on"))
		buf_text_add(&out, " …");
	return arena_copy(arena, buf_text(&out));
}

Test(parts, a_pager_has_gaps_where_pages_do_not_follow_on_each_other) {
	static const struct {
		struct part_pages pages;
		const char *numbers, *words;
		bool previous, next;
	} rows[] = {
		{ { 1, 50, 12, "row", "rows", false, false }, "", "1–12 of 12 rows", false, false },
		{ { 1, 50, 1, "row", "rows", false, false }, "", "1–1 of 1 row", false, false },
		{ { 1, 50, 51, "row", "rows", false, false }, "1* 2", "1–50 of 51 rows", false, true },
		{ { 2, 50, 51, "row", "rows", false, false }, "1 2*", "51–51 of 51 rows", true, false },
		{ { 1, 50, 1000, "row", "rows", false, false }, "1* 2 3 … 20", "1–50 of 1,000 rows", false, true },
		{ { 10, 50, 1000, "row", "rows", false, false },
		  "1 … 8 9 10* 11 12 … 20",
		  "451–500 of 1,000 rows",
		  true,
		  true },
		{ { 4, 50, 1000, "row", "rows", false, false }, "1 2 3 4* 5 6 … 20", "151–200 of 1,000 rows", true, true },
		{ { 20, 50, 1000, "row", "rows", false, false }, "1 … 18 19 20*", "951–1,000 of 1,000 rows", true, false },
		/* counted to 1,000 only: which page is the last is not known */
		{ { 1, 50, 1000, "row", "rows", true, true }, "1* 2 3 …", "1–50 of more than 1,000 rows", false, true },
		{ { 20, 50, 1000, "row", "rows", true, true },
		  "1 … 18 19 20* …",
		  "951–1,000 of more than 1,000 rows",
		  true,
		  true },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		struct exchange x = { .arena = arena, .path = "/rows" };
		struct value *view = value_map(arena);
		part_pager(&x, view, &rows[i].pages);
		const struct value *pager = value_get(view, "pager");
		cr_expect_str_eq(words_of(pager, "words"), rows[i].words);
		cr_expect_str_eq(numbers_of(pager, arena), rows[i].numbers, "%zu: %s", i, numbers_of(pager, arena));
		cr_expect_eq(words_of(pager, "previous") != NULL, rows[i].previous, "%zu", i);
		cr_expect_eq(words_of(pager, "next") != NULL, rows[i].next, "%zu", i);
	}
}

Test(parts, there_is_no_pager_without_rows) {
	ARENA_AUTO arena = arena_new();
	struct exchange x = { .arena = arena, .path = "/rows" };
	struct value *view = value_map(arena);
	part_pager(&x, view, &(struct part_pages){ 1, 50, 0, "row", "rows", false, false });
	cr_expect_eq(value_get(view, "pager")->kind, VALUE_NULL);
}
