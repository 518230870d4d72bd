/* The order of names. */
#include <criterion/criterion.h>
#include <stddef.h>
#include <string.h>

#include "core/base/collate.h"

struct thing {
	int number;
	const char *name;
};

static void expect_order(struct thing *things, int count) {
	COLLATE(things, count, struct thing, name);
	for (int i = 0; i < count; i++)
		cr_expect_eq(things[i].number, i, "%d. is %s", i, things[i].name);
}

Test(collate, letters_not_bytes) {
	struct thing things[] = { { 4, "Zebra" }, { 0, "alpha" }, { 3, "Éclair" },
		                      { 1, "Äpfel" }, { 5, "zeta" },  { 2, "Beta" } };
	expect_order(things, 6);
}

Test(collate, forms_of_one_letter) {
	struct thing things[] = { { 6, "Øst" },       { 4, "Łódź" },     { 5, "Lodz 2" }, { 2, "ärger" },
		                      { 8, "strasse 2" }, { 7, "Straße 1" }, { 1, "Aerob" },  { 3, "A\u0308rger B" },
		                      { 0, NULL },        { 9, "Ёлка" },     { 10, "Жук" } };
	expect_order(things, 11);
}

Test(collate, equal_ones_keep_their_order) {
	struct thing things[] = { { 2, "b" }, { 0, "a" }, { 1, "a" }, { 3, "b" } };
	expect_order(things, 4);
}

Test(collate, key_of_anything) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(collate_key(arena, NULL), "");
	cr_expect_str_eq(collate_key(arena, "ÀÉÎ Æ"), "aei ae");
	cr_expect_str_eq(collate_key(arena, "ﬁn"), "fin");
	cr_expect(*collate_key(arena, "\xff\xfe"));
	for (int i = 0; i < 100; i++)
		cr_expect(strlen(collate_key(arena, "مرحبا بالربيع")) > 0);
}
