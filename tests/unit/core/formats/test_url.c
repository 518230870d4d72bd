/* Forms and URLs. */
#include <criterion/criterion.h>

#include "core/formats/url.h"

Test(url, decodes_strictly) {
	ARENA_AUTO arena = arena_new();
	struct params params;
	struct error err;
	cr_assert(params_read(arena, "a=1+2&b=%C3%A9&c&=x&a=3", &params, &err));
	cr_expect_str_eq(params_get(&params, "a"), "1 2");
	cr_expect_str_eq(params_get(&params, "b"), "é");
	cr_expect_str_eq(params_get(&params, "c"), "");
	cr_expect_null(params_get(&params, "d"));
	static const char *const bad[] = { "a=%", "a=%4", "a=%zz", "a=%ff", "a=%00" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect(!params_read(arena, bad[i], &params, &err), "took %s", bad[i]);
	cr_expect_str_eq(url_encoded(arena, "a b&é"), "a%20b%26%C3%A9");
}
