/* From which site a request with a cookie may come. */
#include <criterion/criterion.h>
#include <string.h>

#include "live/origin.h"

#define OURS "https://mail.acme.example"

static bool ours(const char *origin, const char *site, const char *host) {
	return origin_is_ours(&(struct origin){ origin, site, host, OURS "/" });
}

Test(origin, of_the_host_that_was_asked_or_the_public_one) {
	cr_expect(ours("http://127.0.0.1:8000", NULL, "127.0.0.1:8000"));
	cr_expect(ours("http://Desk.Local", "same-origin", "desk.local"));
	cr_expect(ours(OURS, NULL, "inside:8000"));
	cr_expect(ours(OURS, "cross-site", "mail.acme.example"));
}

Test(origin, of_any_other_is_refused) {
	static const char *const others[] = { "https://evil.example",
		                                  "http://127.0.0.1:8001",
		                                  "http://127.0.0.1",
		                                  "null",
		                                  "",
		                                  "https://",
		                                  "127.0.0.1:8000",
		                                  "file://127.0.0.1:8000",
		                                  "https://mail.acme.example.evil.example",
		                                  "https://mail.acme.example:8443",
		                                  "https://mail.acme.example/",
		                                  "https://evil.example/127.0.0.1:8000",
		                                  "https://evil.example#127.0.0.1:8000",
		                                  "https://x@127.0.0.1:8000" };
	for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
		cr_expect(!ours(others[i], "same-origin", "127.0.0.1:8000"), "%s", others[i]);
	cr_expect(!ours("https://evil.example", NULL, NULL));
}

/* old: on a machine, what https://HOST serves could be another program than the console at http://HOST. */
Test(origin, of_the_same_host_by_another_scheme_is_refused) {
	cr_expect_not(ours("http://mail.acme.example", NULL, "mail.acme.example"));
	cr_expect(ours("https://desk.acme.example", NULL, "desk.acme.example"), "a proxy's other name");
	static const char *const refused[] = { "https://127.0.0.1:8000", "https://desk.local",
		                                   "https://mail.acme.example" };
	for (unsigned i = 0; i < sizeof refused / sizeof *refused; i++) {
		const struct origin plain = { refused[i], "same-origin", refused[i] + strlen("https://"),
			                          "http://mail.acme.example/" };
		cr_expect_not(origin_is_ours(&plain), "%s", refused[i]);
	}
	cr_expect(origin_is_ours(&(struct origin){ "http://mail.acme.example", NULL, "x", "http://mail.acme.example/" }));
}

Test(origin, without_one_only_if_the_browser_says_same_origin) {
	cr_expect(ours(NULL, "same-origin", "127.0.0.1:8000"));
	cr_expect(!ours(NULL, NULL, "127.0.0.1:8000"));
	cr_expect(!ours(NULL, "none", "127.0.0.1:8000"));
	cr_expect(!ours(NULL, "same-site", "127.0.0.1:8000"));
	cr_expect(!ours(NULL, "cross-site", "127.0.0.1:8000"));
}
