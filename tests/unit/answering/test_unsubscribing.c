/* Addresses as they are shown to whoever has a link. */
#include <criterion/criterion.h>

#include "answering/unsubscribing.h"

Test(unsubscribing, an_address_is_told_only_to_its_owner) {
	static const char *const rows[][2] = {
		{ "mara.lindqvist@example.org", "m***@example.org" },
		{ "a@b.example", "a***@b.example" },
		{ "łucja@przyklad.example", "ł***@przyklad.example" },
		{ "日本@例え.example", "日***@例え.example" },
		{ "\"a@b\"@c.example", "\"***@c.example" },
	};
	struct arena *arena = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_str_eq(leaver_masked(rows[i][0], arena), rows[i][1]);
	cr_expect(!leaver_masked(NULL, arena) && !leaver_masked("", arena) && !leaver_masked("nobody", arena) &&
	          !leaver_masked("@example.org", arena));
	arena_free(arena);
}
