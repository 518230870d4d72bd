/* CSV. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/formats/csv.h"

Test(csv, quotes_and_defuses) {
	BUF_AUTO out = { 0 };
	csv_cell(&out, "=1+1", true);
	csv_cell(&out, "a,\"b\"", false);
	csv_cell(&out, "plain", false);
	csv_cell(&out, NULL, false);
	csv_end(&out);
	cr_expect_str_eq(buf_text(&out), "\"'=1+1\",\"a,\"\"b\"\"\",plain,\r\n");
}

static const char *cell(struct buf *out, const char *text) {
	buf_reset(out);
	csv_cell(out, text, true);
	return buf_text(out);
}

/* The characters of OWASP's "CSV Injection", the full-width ones too, and what a reader may skip before them. */
Test(csv, no_cell_begins_a_formula) {
	static const char *const formulas[] = {
		"=1+1",
		"+1",
		"-1",
		"@SUM(A1)",
		"\t=1+1",
		"\r=1+1",
		"\n=1+1",
		"＝1+1",
		"＋1",
		"－1",
		"＠SUM(A1)",
		" =1+1",
		"\xc2\xa0=1+1",
		"\xef\xbb\xbf=1+1",
		"\xe3\x80\x80＝1+1",
		"\xe2\x80\x8b=1",
		"\u2009=1", /* thin space */
		"\u00ad=1", /* soft hyphen */
		"\u202e=1",
		"\u2066=1",
		"\u061c=1",
		"\u180e=1",
		"\u2028=1",
		"\u3164=1",
		"\ufe0f=1",
		"\u034f=1",
		"\u2061=1",
		"\u1680=1",
		"\u2800=1",
		"\U000e0020=1",
		"﹦1",
		"﹢1",
		"﹣1",
		"﹫1",
	};
	BUF_AUTO out = { 0 };
	for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
		cr_expect(strncmp(cell(&out, formulas[i]), "\"'", 2) == 0, "%s gives %s", formulas[i], buf_text(&out));
	cr_expect_str_eq(cell(&out, "a=1"), "a=1");
	cr_expect_str_eq(cell(&out, " a"), "\" a\"");
	cr_expect_str_eq(cell(&out, "Grüße"), "Grüße");
	cr_expect_str_eq(cell(&out, "−3"), "−3");
	cr_expect_str_eq(cell(&out, "\U0001f600 a"), "\U0001f600 a");
}

/* "You also need to take care of the field separator" (OWASP): in many countries it is a semicolon. */
Test(csv, no_part_of_a_cell_begins_a_formula) {
	BUF_AUTO out = { 0 };
	cr_expect_str_eq(cell(&out, "x;=1+1;y"), "\"x;'=1+1;y\"");
	cr_expect_str_eq(cell(&out, "x\t=1+1"), "\"x\t'=1+1\"");
	cr_expect_str_eq(cell(&out, "x;\"@A1"), "\"x;'\"\"@A1\"");
	cr_expect_str_eq(cell(&out, "x; \u00ad=1"), "\"x;' \u00ad=1\"");
	cr_expect_str_eq(cell(&out, "x\n=1+1;y"), "\"x\n'=1+1;y\"");
	cr_expect_str_eq(cell(&out, "x\r@A1"), "\"x\r'@A1\"");
	cr_expect_str_eq(cell(&out, "a;b"), "\"a;b\"");
	cr_expect_str_eq(cell(&out, "a\nb"), "\"a\nb\"");
	cr_expect_str_eq(cell(&out, "a=1"), "a=1");
}

static const char *list(struct buf *out, const char **items, int count) {
	buf_reset(out);
	csv_list(out, &(struct strings){ items, count }, true);
	return buf_text(out);
}

Test(csv, lists_can_be_parted_again) {
	BUF_AUTO out = { 0 };
	cr_expect_str_eq(list(&out, (const char *[]){ "welcome day", "R&D + ops #1", "a;b,c" }, 3),
	                 "\"[\"\"welcome day\"\",\"\"R&D + ops #1\"\",\"\"a;b,c\"\"]\"");
	cr_expect_str_eq(list(&out, (const char *[]){ "say \"a\\b\"\n" }, 1),
	                 "\"[\"\"say \\\"\"a\\\\b\\\"\"\\u000a\"\"]\"");
	cr_expect_str_eq(list(&out, (const char *[]){ "x;=1", "=1" }, 2), "\"[\"\"x\\u003b=1\"\",\"\"=1\"\"]\"");
	cr_expect_str_eq(list(&out, NULL, 0), "");
}

Test(csv, guards_are_taken_off_again) {
	static const char *const texts[] = { "=1+1",    "'=1+1", "''+49 30", "x;=1;y", "x;'=1", "\t=1",
		                                 "x\t\t=1", ";\"@A", "'tis",     "a'b",    "" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		BUF_AUTO out = { 0 };
		csv_cell(&out, texts[i], true);
		char read[64], *to = read;
		for (const char *at = buf_text(&out) + (buf_text(&out)[0] == '"'); *at; at++) {
			*to++ = *at;
			at += *at == '"' && at[1] == '"';
		}
		*to = '\0';
		if (to > read && to[-1] == '"' && buf_text(&out)[0] == '"')
			*--to = '\0';
		cr_expect_eq(csv_unguard(read), strlen(texts[i]));
		cr_expect_str_eq(read, texts[i]);
	}
}

Test(csv, numbers_are_plain) {
	BUF_AUTO out = { 0 };
	csv_number(&out, "12340", true);
	csv_number(&out, "-0.5", false);
	csv_number(&out, NULL, false);
	csv_number(&out, "-1+1", false); /* is none */
	cr_expect_str_eq(buf_text(&out), "12340,-0.5,,\"'-1+1\"");
}

Test(csv, what_is_no_text_is_replaced) {
	BUF_AUTO out = { 0 };
	cr_expect_str_eq(cell(&out, "a\xef\xbf\xbe"
	                            "b\xef\xb7\x90"),
	                 "a\xef\xbf\xbd"
	                 "b\xef\xbf\xbd");
}
