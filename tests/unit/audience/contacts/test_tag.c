/* The stored form of tags. */
#include <criterion/criterion.h>

#include "audience/contacts/tag.h"

Test(tag, is_trimmed_and_small) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(tag_norm(arena, " VIP\u00a0"), "vip");
	cr_expect_str_eq(tag_norm(arena, "E\u0301tude"), "\u00e9tude");
	cr_expect_str_eq(tag_norm(arena, "Stra\u00dfe"), "stra\u00dfe");
	cr_expect_str_eq(tag_form(arena, "A, B"), "a, b");
}

Test(tag, have_limits) {
	ARENA_AUTO arena = arena_new();
	char text[70];
	memset(text, 'x', 65);
	text[65] = '\0';
	cr_expect_null(tag_norm(arena, text));
	text[64] = '\0';
	cr_expect_str_eq(tag_norm(arena, text), text);
	cr_expect_null(tag_norm(arena, "a,b"));
	cr_expect_null(tag_norm(arena, "a\nb"));
	cr_expect_null(tag_norm(arena, " "));
}
