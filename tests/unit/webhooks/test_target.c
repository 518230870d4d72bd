/* Where a webhook may lead. */
#include <criterion/criterion.h>

#include <string.h>

#include "webhooks/target.h"

static bool allowed(const char *url, bool inside) {
	ARENA_AUTO arena = arena_new();
	struct target target;
	struct error err = ERROR_INIT;
	bool fine = target_read(url, inside, arena, &target, &err);
	cr_expect(fine || (err.kind == ERROR_INVALID && strcmp(err.field, "url") == 0 && *err.text), "%s: %s", url,
	          err.text);
	if (fine && target.is_address)
		cr_expect(target_may_reach(target.host, inside), "%s", url);
	return fine;
}

Test(target, servers_of_the_web_are_allowed) {
	static const char *const urls[] = { "https://hooks.acme.example",
		                                "https://hooks.acme.example/a/b?c=d&e=%20f",
		                                "https://HOOKS.Acme.Example:8443/x",
		                                "https://hooks.acme.example:443/",
		                                "https://xn--mller-kva.example/",
		                                "https://93.184.216.34/hook",
		                                "https://[2606:2800:220:1::1]:8443/hook" };
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
		cr_expect(allowed(urls[i], false) && allowed(urls[i], true), "%s", urls[i]);
}

/* Loopback, private networks, link-local, multicast, in every way of writing that a client may take for them. */
static const char *const refused[] = { "https://127.0.0.1/",
	                                   "https://127.1/",
	                                   "https://0x7f.1/",
	                                   "https://0x7f000001/",
	                                   "https://2130706433/",
	                                   "https://017700000001/",
	                                   "https://0177.0.0.1/",
	                                   "https://0/",
	                                   "https://0.0.0.0/",
	                                   "https://10.0.0.1/",
	                                   "https://172.16.0.1/",
	                                   "https://172.31.255.255/",
	                                   "https://192.168.1.1/",
	                                   "https://100.64.0.1/",
	                                   "https://169.254.169.254/latest/meta-data/",
	                                   "https://0xa9fea9fe/",
	                                   "https://2852039166/",
	                                   "https://[::1]/",
	                                   "https://[::]/",
	                                   "https://[::ffff:127.0.0.1]/",
	                                   "https://[::ffff:7f00:1]/",
	                                   "https://[fe80::1]/",
	                                   "https://[fd00::1]/",
	                                   "https://[fc00::1]/",
	                                   "https://[ff02::1]/",
	                                   "https://[64:ff9b::7f00:1]/",
	                                   "https://[2002:7f00:1::]/",
	                                   "https://224.0.0.1/",
	                                   "https://240.0.0.1/",
	                                   "https://255.255.255.255/",
	                                   "https://192.0.2.1/",
	                                   "https://198.18.0.1/",
	                                   "https://localhost/",
	                                   "https://LOCALHOST/",
	                                   "https://a.localhost/",
	                                   "https://printer.local/",
	                                   "https://db.internal/",
	                                   "https://router.lan/",
	                                   "https://intranet/",
	                                   "https://x.home.arpa/",
	                                   "https://localhost./" };

Test(target, nothing_inside_is_allowed) {
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		cr_expect(!allowed(refused[i], false), "%s", refused[i]);
}

Test(target, what_is_no_plain_address_is_refused) {
	static const char *const urls[] = { "",
		                                "https",
		                                "https://",
		                                "https:///x",
		                                "http://hooks.acme.example/",
		                                "ftp://a.example/",
		                                "gopher://a.example/",
		                                "file:///etc/passwd",
		                                "javascript:alert(1)",
		                                "//a.example/",
		                                "https://user@a.example/",
		                                "https://user:word@a.example/",
		                                "https://a.example@127.0.0.1/",
		                                "https://a.example:22/",
		                                "https://a.example:25/",
		                                "https://a.example:80/",
		                                "https://a.example:0/",
		                                "https://a.example:65536/",
		                                "https://a.example:x/",
		                                "https://a.example:/",
		                                "https://a.example:443:443/",
		                                "https://a .example/",
		                                "https://a.example/\n",
		                                "https://a.example\\@b.example/",
		                                "https://a.example/#x",
		                                "https://.example/",
		                                "https://a..example/",
		                                "https://-a.example/",
		                                "https://a.example./",
		                                "https://m\xc3\xbcller.example/",
		                                "https://[::1/",
		                                "https://[a.example]/",
		                                "https://a.example/\"x",
		                                "HTTPS://a.example/" };
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
		cr_expect(!allowed(urls[i], false), "%s", urls[i]);
	char longer[TARGET_URL_MAX + 2] = "https://a.example/";
	memset(longer + strlen(longer), 'x', sizeof longer - 1 - strlen(longer));
	cr_expect(!allowed(longer, true));
	longer[TARGET_URL_MAX] = '\0';
	cr_expect(allowed(longer, true));
}

Test(target, a_setting_lets_it_inside_but_never_to_a_clouds_metadata) {
	static const char *const inside[] = { "http://127.0.0.1:8080/x", "http://localhost:9000/", "https://10.0.0.1/",
		                                  "http://[::1]:22/", "http://printer.local/" };
	static const char *const never[] = { "http://169.254.169.254/", "http://[fe80::1]/", "http://224.0.0.1/",
		                                 "http://user@127.0.0.1/", "ftp://127.0.0.1/" };
	for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
		cr_expect(allowed(inside[i], true) && !allowed(inside[i], false), "%s", inside[i]);
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		cr_expect(!allowed(never[i], true), "%s", never[i]);
}

Test(target, an_answer_of_the_dns_is_judged_as_it_is_written) {
	cr_expect(target_may_reach("93.184.216.34", false) && target_may_reach("2606:2800:220:1::1", false));
	cr_expect(!target_may_reach("127.0.0.1", false) && !target_may_reach("::1", false) &&
	          !target_may_reach("fd00::1", false));
	cr_expect(!target_may_reach("127.1", true) && !target_may_reach("a.example", true) && !target_may_reach("", true));
	cr_expect(target_may_reach("10.1.2.3", true) && !target_may_reach("169.254.169.254", true));
}
