/* Tags in cells. */
#include <criterion/criterion.h>
#include <string.h>

#include "audience/import/tags.h"
#include "core/base/buf.h"
#include "core/formats/csv.h"

static const char *read_tags(struct arena *arena, const char *cell) {
	BUF_AUTO out = { 0 };
	struct strings wrong, tags = tags_read(arena, cell, &wrong);
	for (int i = 0; i < tags.count; i++)
		buf_print(&out, "[%s]", tags.items[i]);
	for (int i = 0; i < wrong.count; i++)
		buf_print(&out, "!%s", wrong.items[i]);
	return arena_copy(arena, buf_text(&out));
}

Test(tags, are_parted) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(read_tags(arena, "solar, VIP"), "[solar][vip]");
	cr_expect_str_eq(read_tags(arena, "a;b|c\nd"), "[a][b][c][d]");
	cr_expect_str_eq(read_tags(arena, "\"VIP\",\"Blog; news\""), "[vip][blog; news]");
	cr_expect_str_eq(read_tags(arena, "[\"welcome day\",\"R&D + ops #1\"]"), "[welcome day][r&d + ops #1]");
	cr_expect_str_eq(read_tags(arena, " ; ,"), "");
	cr_expect_str_eq(read_tags(arena, "Eigentümer,EIGENTÜMER"), "[eigentümer]");
	cr_expect_str_eq(read_tags(arena, "\"a, b\""), "!a, b");
	cr_expect_str_eq(read_tags(arena, "[\"a\",[1]]"), "[a]");
}

/* A tag was doubled, once as it was and once as HTML (mautic#13922). */
Test(tags, are_compared_as_stored) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(read_tags(arena, "R&D;r&d; R&D "), "[r&d]");
	cr_expect_str_eq(read_tags(arena, "E\u0301tude,\u00c9tude"), "[étude]");
}
