/* The encoding of a file. */
#include <criterion/criterion.h>
#include <string.h>

#include "audience/import/charset.h"
#include "core/base/buf.h"

static struct charset_guess guess(const char *bytes, size_t size) {
	return charset_guess(bytes, size, true);
}

static void expect(const char *bytes, size_t size, const char *name, enum charset_why why) {
	struct charset_guess guessed = guess(bytes, size);
	cr_expect_str_eq(guessed.name, name);
	cr_expect_eq(guessed.why, why, "%s: %d", name, guessed.why);
}

static const char *text(struct arena *arena, const char *name, const char *bytes, size_t size) {
	struct error err = ERROR_INIT;
	struct charset *charset = charset_open(arena, name, &err);
	cr_assert(charset, "%s", err.text);
	return charset_text(arena, charset, bytes, size);
}

#define BYTES(literal) (literal), sizeof(literal) - 1

Test(charset, is_guessed) {
	expect(BYTES("\xef\xbb\xbf"
	             "email\n"),
	       "UTF-8", CHARSET_BY_MARK);
	expect(BYTES("\xff\xfe"
	             "e\0m\0"),
	       "UTF-16LE", CHARSET_BY_MARK);
	expect(BYTES("\xfe\xff\0e\0m"), "UTF-16BE", CHARSET_BY_MARK);
	expect(BYTES("e\0m\0a\0i\0l\0\n\0"), "UTF-16LE", CHARSET_BY_ZEROS);
	expect(BYTES("\0e\0m\0a\0i\0l\0\n"), "UTF-16BE", CHARSET_BY_ZEROS);
	expect(BYTES("email\nM\xc3\xbcller\n"), "UTF-8", CHARSET_BY_VALIDITY);
	expect(BYTES("email\nabc\n"), "UTF-8", CHARSET_BY_VALIDITY);
	expect(BYTES(""), "UTF-8", CHARSET_BY_VALIDITY);
	expect(BYTES("\xc6r\xf8;J\xfcrgen \xd6z;20 \x80"), "WINDOWS-1252", CHARSET_BY_DEFAULT);
	expect(BYTES("name\nM\xfcller\n"), "WINDOWS-1252", CHARSET_BY_DEFAULT);
}

Test(charset, a_few_damaged_bytes_do_not_make_it_another) {
	BUF_AUTO file = { 0 };
	for (int i = 0; i < 40; i++)
		buf_text_add(&file, "M\xc3\xbcller\n");
	buf_text_add(&file, "broken \xff\n");
	struct charset_guess guessed = guess(file.bytes, file.size);
	cr_expect_str_eq(guessed.name, "UTF-8");
	cr_expect_eq(guessed.why, CHARSET_BY_MAJORITY);
	cr_expect_eq(guessed.invalid_line, 41);
}

Test(charset, a_piece_may_end_within_a_character) {
	struct charset_guess guessed = charset_guess(BYTES("M\xc3"), false);
	cr_expect_str_eq(guessed.name, "UTF-8");
	cr_expect_str_eq(charset_guess(BYTES("M\xc3"), true).name, "WINDOWS-1252");
}

Test(charset, is_told) {
	ARENA_AUTO arena = arena_new();
	struct charset_guess guessed = guess(BYTES("name\r\nM\xfcller\r\n"));
	cr_expect_str_eq(charset_told(arena, &guessed), "Western European (Windows-1252), because line 2 is not UTF-8");
}

/* An ANSI file had its letters damaged and some dropped (gophish/gophish#152). */
Test(charset, letters_are_exact) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(text(arena, "WINDOWS-1252", BYTES("\xc6r\xf8;J\xfcrgen \xd6z;20 \x80")), "Ærø;Jürgen Öz;20 €");
	cr_expect_str_eq(text(arena, "utf-8",
	                      BYTES("\xef\xbb\xbf"
	                            "email")),
	                 "email");
	cr_expect_str_eq(text(arena, "UTF-16LE",
	                      BYTES("\xff\xfe"
	                            "a\0\x3d\xd8\x00\xde")),
	                 "a😀");
	cr_expect_str_eq(text(arena, "UTF-16BE", BYTES("\0a\xd8\x3d\0b")), "a\xef\xbf\xbd"
	                                                                   "b");
	cr_expect_str_eq(text(arena, "CP932", BYTES("\x93\xfa\x96{")), "日本");
	cr_expect_str_eq(text(arena, "GB18030", BYTES("\xd6\xd0\x81\x30\x81\x30")), "中\xc2\x80");
	cr_expect_str_eq(text(arena, "KOI8-R", BYTES("\xf7\xc1\xd3\xd1")), "Вася");
	cr_expect_str_eq(text(arena, "WINDOWS-1258", BYTES("Vi\xea\xf2t")), "Vi\u00ea\u0323t");
	cr_expect_str_eq(text(arena, "WINDOWS-1252", BYTES("a\x81z")), "a\xef\xbf\xbdz");
}

Test(charset, all_offered_can_be_opened) {
	ARENA_AUTO arena = arena_new();
	for (int i = 0; i < charset_offer_count; i++)
		cr_expect_str_eq(text(arena, charset_offers[i].name,
		                      strncmp(charset_offers[i].name, "UTF-16", 6) == 0 ? "" : "a@b",
		                      strncmp(charset_offers[i].name, "UTF-16", 6) == 0 ? 0 : 3),
		                 strncmp(charset_offers[i].name, "UTF-16", 6) == 0 ? "" : "a@b");
}

Test(charset, others_are_refused) {
	ARENA_AUTO arena = arena_new();
	static const char *const names[] = { "",      "klingon", "UTF-8//IGNORE", "ISO-2022-JP",
		                                 "UTF-7", "UTF-16",  "UCS-2",         "../x" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct error err = ERROR_INIT;
		cr_expect_null(charset_open(arena, names[i], &err), "%s", names[i]);
		cr_expect_eq(err.kind, ERROR_INVALID);
		cr_expect_str_eq(err.field, "charset");
	}
}
