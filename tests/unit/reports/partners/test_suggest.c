/* Which partners the names of campaigns suggest. */
#include <criterion/criterion.h>

#include "reports/partners/suggest.h"

static struct campaign named(const char *name) {
	return (struct campaign){ .name = name };
}

Test(suggest, counts_campaigns_by_what_stands_before_the_first_separator) {
	ARENA_AUTO arena = arena_new();
	struct campaign campaigns[] = { named("ACME_Solar"),   named("acme_Heat"), named("ACME_Tips: x"),
		                            named("Nord · a"),     named("Nord · b"),  named("Nord · c"),
		                            named("Nord · d"),     named("Two_a"),     named("Two_b"),
		                            named("No separator"), named("_x"),        named("_y"),
		                            named("_z"),           named(NULL),        named("E-Mail - 1"),
		                            named("E-Mail - 2"),   named("E-Mail - 3") };
	struct suggestion *found;
	int count;
	partner_suggest(campaigns, sizeof campaigns / sizeof *campaigns, NULL, 0, arena, &found, &count);
	cr_assert_eq(count, 3);
	cr_expect(text_same(found[0].prefix, "Nord ·") && text_same(found[0].name, "Nord") && found[0].campaigns == 4);
	cr_expect(text_fold(arena, found[1].prefix) && found[1].campaigns == 3 && text_same(found[1].name, "ACME"));
	cr_expect(text_same(found[2].prefix, "E-Mail - ") && text_same(found[2].name, "E-Mail"));
}

Test(suggest, leaves_out_campaigns_that_have_a_partner) {
	ARENA_AUTO arena = arena_new();
	const char *prefix[] = { "ACME" };
	struct partner acme = { .id = "1", .prefixes = { prefix, 1 } };
	struct campaign campaigns[] = { named("ACME_a"), named("ACME_b"), named("ACME_c") };
	struct suggestion *found;
	int count;
	partner_suggest(campaigns, 3, &acme, 1, arena, &found, &count);
	cr_expect_eq(count, 0);
	partner_suggest(campaigns, 0, &acme, 1, arena, &found, &count);
	cr_expect_eq(count, 0);
}
