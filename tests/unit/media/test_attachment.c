/* What may be attached. */
#include <criterion/criterion.h>
#include <string.h>

#include "media/attachment.h"

Test(attachment, has_the_type_of_its_name) {
	cr_expect_str_eq(attachment_type("a.b.PDF"), "application/pdf");
	cr_expect_str_eq(attachment_type("invite.ics"), "text/calendar");
	cr_expect_str_eq(attachment_type("pdf"), "application/octet-stream");
}

Test(attachment, is_no_program) {
	static const struct row {
		const char *name, *bytes, *words;
	} rows[] = {
		{ "a.pdf", "%PDF", NULL },    { "a.exe", "x", "“.exe”" },
		{ "a.pdf.JS", "x", "“.JS”" }, { "page.html", "x", "do not" },
		{ "a.pdf", "MZ", "program" }, { "a.pdf", "#!/bin/sh", "program" },
		{ "a.pdf", "", "empty" },     { "no ending", "x", NULL },
		{ "a.", "x", NULL },          { "drawing.svg", "<svg", "do not" },
		{ "a.e", "x", NULL },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct error err = ERROR_INIT;
		bool fine = attachment_check(rows[i].name, rows[i].bytes, strlen(rows[i].bytes), &err);
		cr_expect(fine == !rows[i].words && (fine || strstr(err.text, rows[i].words)), "%s: %s", rows[i].name,
		          err.text);
	}
}
