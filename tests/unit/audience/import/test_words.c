/* Words and names in cells. */
#include <criterion/criterion.h>

#include "audience/import/clean.h"
#include "audience/import/words.h"

static void expect_name(const char *name, const char *first, const char *last) {
	ARENA_AUTO arena = arena_new();
	const char *is_first, *is_last;
	words_split_name(arena, name, &is_first, &is_last);
	cr_expect_str_eq(is_first, first, "%s", name);
	cr_expect_str_eq(is_last, last, "%s", name);
}

Test(words, names_are_parted) {
	expect_name("Ann Example", "Ann", "Example");
	expect_name("Ann Mary Example", "Ann Mary", "Example");
	expect_name("Example, Ann", "Ann", "Example");
	expect_name("Ludwig van Beethoven", "Ludwig", "van Beethoven");
	expect_name("Charles de la Tour", "Charles", "de la Tour");
	expect_name("de Gaulle", "de", "Gaulle");
	expect_name("Cher", "Cher", "");
	expect_name("", "", "");
	expect_name("  Ann\u00a0", "Ann", "");
}

static enum import_status status(const char *cell) {
	ARENA_AUTO arena = arena_new();
	enum import_status found = IMPORT_STATUS_COUNT;
	(void)!words_status(arena, cell, &found);
	return found;
}

Test(words, statuses) {
	cr_expect_eq(status("SUBSCRIBED"), IMPORT_SUBSCRIBED);
	cr_expect_eq(status("Abgemeldet"), IMPORT_UNSUBSCRIBED);
	cr_expect_eq(status("désabonné"), IMPORT_UNSUBSCRIBED);
	cr_expect_eq(status("non-subscribed"), IMPORT_UNSUBSCRIBED);
	cr_expect_eq(status("cleaned"), IMPORT_BOUNCED);
	cr_expect_eq(status("blocklisted"), IMPORT_BLOCKED);
	cr_expect_eq(status(""), IMPORT_STATUS_UNTOLD);
	cr_expect_eq(status("whatever"), IMPORT_STATUS_COUNT);
}

Test(words, truths_and_numbers) {
	ARENA_AUTO arena = arena_new();
	bool truth = false;
	cr_expect(words_truth(arena, "Ja", &truth) && truth);
	cr_expect(words_truth(arena, "FALSE", &truth) && !truth);
	cr_expect_not(words_truth(arena, "maybe", &truth));
	cr_expect(clean_is_scientific("1.23E+11"));
	cr_expect(clean_is_scientific("4,9e+12"));
	cr_expect_not(clean_is_scientific("E+11"));
	cr_expect_not(clean_is_scientific("1.23E+11x"));
	cr_expect_not(clean_is_scientific("1234"));
}

Test(words, cells_are_cleaned) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(text_tidy(arena, "\u00a0\u200b Ann \ufeff\t"), "Ann");
	cr_expect_str_eq(text_tidy(arena, "e\u0301"), "\u00e9");
	cr_expect_str_eq(text_tidy(arena, " \u200b "), "");
	cr_expect_str_eq(clean_key(arena, "E-Mail-Adresse"), "emailadresse");
	cr_expect_str_eq(clean_key(arena, "Pr\u00e9nom"), "prenom");
	cr_expect_str_eq(clean_key(arena, "GR\u00d6\u00dfE"), "grosse");
	cr_expect_str_eq(clean_short(arena, "a\nb"), "a b");
}
