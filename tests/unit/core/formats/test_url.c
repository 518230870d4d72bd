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

Test(url, stays_on_its_server) {
	static const char base[] = "https://api.example.com", local[] = "http://127.0.0.1:8080/v2";
	static const char *const same[] = { "https://api.example.com/x?y", "https://API.example.com:443",
		                                "HTTPS://api.example.com?y" };
	static const char *const others[] = { "http://api.example.com/",
		                                  "https://api.example.com.evil.example/",
		                                  "https://api.example.com:444/",
		                                  "https://api.example.com@evil.example/",
		                                  "https://x@api.example.com/",
		                                  "https://evil.example/api.example.com",
		                                  "https://evil.example\\@api.example.com/",
		                                  "https://api.example.com\\.evil.example/",
		                                  "//api.example.com/",
		                                  "/x",
		                                  "ftp://api.example.com/",
		                                  "https:///x",
		                                  "https://api.example.com /",
		                                  "https://api.example.com:0443x/",
		                                  "" };
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		cr_expect(url_is_on(same[i], base), "%s", same[i]);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		cr_expect_not(url_is_on(others[i], base), "%s", others[i]);
	cr_expect(url_is_on("http://127.0.0.1:8080/a", local) && !url_is_on("http://127.0.0.1:8081/a", local));
	cr_expect(!url_is_on("http://127.0.0.1/a", local) && !url_is_on("https://127.0.0.1:8080/", local));
	cr_expect(url_is_on("https://api.example.com/", "http://api.example.com"));
	cr_expect(url_is_on("http://[::1]:80/", "http://[::1]") && !url_is_on("http://[::2]/", "http://[::1]"));
}
