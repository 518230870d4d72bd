/* Email addresses in cells. */
#include <criterion/criterion.h>

#include "audience/import/address.h"

static const char *key(struct arena *arena, const char *cell) {
	struct address address;
	const char *wrong = address_read(arena, cell, &address);
	return wrong ? wrong : address.key;
}

Test(address, what_surrounds_it_goes) {
	ARENA_AUTO arena = arena_new();
	static const char *const cells[] = {
		"ann@mail.example",
		" ann@mail.example\t",
		"\u00a0ann@mail.example\u00a0",
		"\u200bann@mail.example\ufeff",
		"mailto:ann@mail.example",
		"Ann Example <ann@mail.example>",
		"\"Example, Ann\" <ann@mail.example>",
		"<ann@mail.example>",
		"'ann@mail.example'",
		"ann\u200b@mail.example",
		"MAILTO:ANN@MAIL.EXAMPLE",
		"Ann@Mail.Example",
		"<mailto:ann@mail.example>",
	};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		cr_expect_str_eq(key(arena, cells[i]), "ann@mail.example", "%s", cells[i]);
}

/* Capital letters made a twin (mautic#5149). */
Test(address, as_typed_and_as_mailed) {
	ARENA_AUTO arena = arena_new();
	struct address address;
	cr_assert_null(address_read(arena, "Jürgen Müller <Info@MÜLLER.Example> ", &address));
	cr_expect_str_eq(address.typed, "Info@MÜLLER.Example");
	cr_expect_str_eq(address.ascii, "Info@xn--mller-kva.example");
	cr_expect_str_eq(address.key, "info@xn--mller-kva.example");
	cr_expect_str_eq(address.name, "Jürgen Müller");
	cr_assert_null(address_read(arena, "HELLO@T.EXAMPLE", &address));
	cr_expect_str_eq(address.ascii, "HELLO@t.example");
	cr_expect_str_eq(address.key, "hello@t.example");
}

Test(address, what_is_wrong_is_said) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(key(arena, "anna.petrov@mail"),
	                 "“anna.petrov@mail” is incomplete: the part after the @ has no dot");
	cr_expect_str_eq(key(arena, "r.hughes@webpost,example"),
	                 "“r.hughes@webpost,example” has a comma instead of a dot after the @");
	cr_expect_str_eq(key(arena, "anna"), "“anna” is not an email address: it has no @");
	cr_expect_str_eq(key(arena, "a@b.example, c@d.example"),
	                 "“a@b.example, c@d.example” are several addresses: one row is one person");
	cr_expect_str_eq(key(arena, "a@@b.example"), "“a@@b.example” has more than one @");
	cr_expect_str_eq(key(arena, "@b.example"), "“@b.example” has nothing before the @");
	cr_expect_str_eq(key(arena, "a@"), "“a@” has nothing after the @");
	cr_expect_str_eq(key(arena, "a b@c.example"), "“a b@c.example” has a space inside");
	cr_expect_str_eq(key(arena, "jürgen@b.example"),
	                 "“jürgen@b.example” cannot receive email here: the part before the @ has letters with accents");
	cr_expect_str_eq(key(arena, "a..b@c.example"), "“a..b@c.example” has a dot too many");
	cr_expect_str_eq(key(arena, "a@b_c.example"), "“a@b_c.example” is not an email address");
	cr_expect_str_eq(key(arena, "a@192.168.0.1"), "“a@192.168.0.1” is not an email address");
	cr_expect_str_eq(key(arena, ""), "“” is not an email address: it has no @");
}

Test(address, what_looks_like_one) {
	static const char *const likely[] = { "a@b.example", " a@b.example ", "Ann <a@b.example>", "mailto:a@b.example",
		                                  "a@b,c.example" };
	static const char *const unlikely[] = {
		"", "a", "@b.example", "a@b", "a @b.example", "“a@b.c” is not an email address", "No @, alas."
	};
	for (size_t i = 0; i < sizeof likely / sizeof *likely; i++)
		cr_expect(address_is_likely(likely[i]), "%s", likely[i]);
	for (size_t i = 0; i < sizeof unlikely / sizeof *unlikely; i++)
		cr_expect_not(address_is_likely(unlikely[i]), "%s", unlikely[i]);
}
