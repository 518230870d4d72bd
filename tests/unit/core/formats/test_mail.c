/* Messages and addresses. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/formats/mail.h"

Test(mail, addresses) {
	static const char *const good[] = { "a@b.example", "first.last+tag@sub.example.co", "o'hara_x@x-y.example" };
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
		                               "<a@b.example>",
		                               "ü@b.example" };
	struct error err = ERROR_INIT;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		cr_expect(mail_check_address(good[i], "to", &err), "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect_not(mail_check_address(bad[i], "to", &err), "%s", bad[i]);
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
