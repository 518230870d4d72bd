/* Messages and addresses. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/formats/mail.h"

Test(mail, addresses) {
	static const char *const good[] = { "a@b.example",          "first.last+tag@sub.example.co",
		                                "o'hara_x@x-y.example", "info@müller.example",
		                                "a@bücher.例え.テスト", "a@xn--mller-kva.example" };
	static const char *const bad[] = { "",
		                               "a",
		                               "@b.example",
		                               "a@",
		                               "a@b",
		                               "a b@c.example",
		                               "a@b.example\r\nRCPT TO:<x@y.example>",
		                               ".a@b.example",
		                               "a..b@c.example",
		                               "a@-b.example",
		                               "a@b-.example",
		                               "a@b..example",
		                               "a@b.example.",
		                               "a@b.example-",
		                               "a@192.0.2.1",
		                               "a@b.123",
		                               "<a@b.example>",
		                               "ü@b.example",
		                               "a@b\xC3.example",
		                               "a@b\u200e.example",
		                               "a@ü_x.example",
		                               "a@-ü.example",
		                               "a@ü",
		                               "a@ü\u3002\u3002example" };
	struct error err = ERROR_INIT;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		cr_expect(mail_check_address(good[i], "to", &err), "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect_not(mail_check_address(bad[i], "to", &err), "%s", bad[i]);
}

Test(mail, domain_in_ascii) {
	static const char *const pairs[][2] = { { "info@müller.example", "info@xn--mller-kva.example" },
		                                    { "info@MÜLLER.example", "info@xn--mller-kva.example" },
		                                    { "info@mu\u0308ller.example", "info@xn--mller-kva.example" },
		                                    { "info@stra\u00dfe.example", "info@xn--strae-oqa.example" },
		                                    { "a.b+c@例え\u3002テスト", "a.b+c@xn--r8jz45g.xn--zckzah" },
		                                    { "Info@Plain.example", "Info@Plain.example" },
		                                    { "a@xn--mller-kva.example", "a@xn--mller-kva.example" },
		                                    { "no address", "no address" } };
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		cr_expect_str_eq(mail_ascii_address(pairs[i][0], arena), pairs[i][1]);
}

Test(mail, says_what_it_cannot_reach) {
	struct error err = ERROR_INIT;
	cr_expect_not(mail_check_address("müller@b.example", "to", &err));
	cr_expect(strstr(err.text, "before the @"), "%s", err.text);
	cr_expect_not(mail_check_address("a@b", "to", &err));
	cr_expect(strstr(err.text, "not an email address"), "%s", err.text);
}

Test(mail, is_a_message) {
	BUF_AUTO out = { 0 };
	struct mail mail = { .from = "desk@console.example",
		                 .to = "partner@example.net",
		                 .subject = "Grüße: Report\r\nBcc: x@y.example",
		                 .text = "Zeile 1\nZeile 2 – ü\n.\n",
		                 .id = "report-1-0",
		                 .date = { 0 },
		                 .file_name = "a.pdf",
		                 .file_type = "application/pdf",
		                 .file = "%PDF-1.5\n",
		                 .file_size = 9 };
	mail_write(&mail, &out);
	cr_expect(strstr(buf_text(&out), "\r\nBcc:") == NULL &&
	              strstr(buf_text(&out), "Content-Disposition: attachment") != NULL,
	          "%s", buf_text(&out));
	cr_expect(strstr(buf_text(&out), "report-1-0@console.example") != NULL &&
	          strstr(buf_text(&out), "charset=utf-8") != NULL);
	for (const char *c = buf_text(&out); (c = strchr(c, '\n')); c++)
		cr_expect(c[-1] == '\r');
}

/* Plain text first, so that a mail program that can show HTML takes that. */
Test(mail, has_text_and_html) {
	BUF_AUTO out = { 0 };
	struct mail mail = { .from = "desk@console.example",
		                 .to = "partner@example.net",
		                 .subject = "Report",
		                 .text = "Plain words",
		                 .html = "<p>Words &amp; more</p>",
		                 .id = "report-1-0",
		                 .date = { 0 } };
	mail_write(&mail, &out);
	const char *plain = strstr(buf_text(&out), "text/plain"), *html = strstr(buf_text(&out), "text/html");
	cr_expect(strstr(buf_text(&out), "multipart/alternative") && plain && html && plain < html, "%s", buf_text(&out));
	cr_expect(strstr(buf_text(&out), "Plain words") && strstr(buf_text(&out), "<p>Words &amp; more</p>"));
}

Test(mail, a_domain_is_shown_as_people_read_it) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(mail_shown_domain("xn--mller-kva.example", arena), "m\u00fcller.example");
	cr_expect_str_eq(mail_shown_domain("example.com", arena), "example.com");
	cr_expect_str_eq(mail_shown_domain("xn--\xff", arena), "xn--\xff");
}

Test(mail, no_name_turns_a_line_around) {
	BUF_AUTO out = { 0 };
	struct mail mail = { .from = "desk@console.example",
		                 .from_name = "a\u202Eb",
		                 .to = "partner@example.net",
		                 .subject = "c\u2067d",
		                 .text = "e\u202Ef\n",
		                 .html = "<p>g\u202Eh</p>",
		                 .id = "x" };
	mail_write(&mail, &out);
	cr_expect_not(strstr(buf_text(&out), "=E2=80=AE") || strstr(buf_text(&out), "=E2=81=A7") ||
	                  strstr(buf_text(&out), "4oC") || strstr(buf_text(&out), "4oG"),
	              "%s", buf_text(&out)); /* quoted-printable and base64 */
}
