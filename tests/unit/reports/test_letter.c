/* The email that brings a report. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "reports/letter.h"
#include "unit/support.h"

static struct report_period days(const char *from, const char *to) {
	return (struct report_period){ at(from), at(to) };
}

Test(letter, names_its_period) {
	static const struct {
		const char *from, *to, *zone, *words;
	} rows[] = {
		{ "2026-11-01", "2026-12-01", NULL, "November 2026" },
		{ "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z", "Europe/Berlin", "November 2026" },
		{ "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", "Europe/Berlin", "October 2026" },
		{ "2026-10-01", "2027-01-01", NULL, "October – December 2026" },
		{ "2025-11-01", "2026-11-01", NULL, "November 2025 – October 2026" },
		{ "2026-01-01", "2027-01-01", NULL, "2026" },
		{ "2026-11-02", "2026-11-09", NULL, "2 – 8 Nov 2026" },
		{ "2026-10-28", "2026-11-27", NULL, "28 Oct – 26 Nov 2026" },
		{ "2026-11-02", "2026-11-03", NULL, "2 Nov 2026" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		struct report_period period = days(rows[i].from, rows[i].to);
		cr_expect_str_eq(letter_period(&period, rows[i].zone, arena), rows[i].words);
	}
}

/* What is not given is filled in. */
Test(letter, has_a_subject_in_any_case) {
	ARENA_AUTO arena = arena_new();
	struct letter letter = { .partner = "ACME Energy", .period = days("2026-11-01", "2026-12-01") };
	cr_expect_str_eq(letter_subject(&letter, arena), "ACME Energy: your report for November 2026");
	letter.is_test = true;
	cr_expect_str_eq(letter_subject(&letter, arena), "Test: ACME Energy: your report for November 2026");
	letter = (struct letter){ .title = "", .period = { MOMENT_NONE, MOMENT_NONE } };
	cr_expect_str_eq(letter_subject(&letter, arena), "Your report for all of time");
	letter.title = "Monthly für ACME";
	cr_expect_str_eq(letter_subject(&letter, arena), "Monthly für ACME");
}

Test(letter, tells_the_figures_first) {
	ARENA_AUTO arena = arena_new();
	struct letter letter = { .campaigns = 8, .click_rate = "2.89 %" };
	cr_expect_str_eq(letter_first_line(&letter, arena),
	                 "8 campaigns, click rate 2.89 %. Open the report or download the PDF.");
	letter = (struct letter){ .campaigns = 1, .attached = true };
	cr_expect_str_eq(letter_first_line(&letter, arena), "1 campaign. The report is attached as a PDF.");
	letter = (struct letter){ .campaigns = COUNT_NONE };
	cr_expect_str_eq(letter_first_line(&letter, arena), "Open the report or download the PDF.");
	struct figures none = { .count = 0 };
	letter_count(&letter, &none, arena);
	cr_expect(letter.campaigns == 0 && !letter.click_rate);
}

Test(letter, says_where_the_report_is) {
	ARENA_AUTO arena = arena_new();
	struct letter letter = { .partner = "ACME",
		                     .period = days("2026-11-01", "2026-12-01"),
		                     .url = "https://x.example/r/1",
		                     .verify = "https://x.example/verify",
		                     .sha256 = "abc",
		                     .schedule = "Monthly",
		                     .data_at = at("2026-12-01T07:58:00Z"),
		                     .is_test = true };
	const char *text = letter_text(&letter, arena);
	cr_expect(strstr(text, "https://x.example/r/1\n") && strstr(text, "30 days") && strstr(text, "This is a test"),
	          "%s", text);
	letter.url = NULL;
	letter.is_test = false;
	text = letter_text(&letter, arena);
	cr_expect(!strstr(text, "30 days") && !strstr(text, "test"), "%s", text);
}

Test(letter, as_html_says_the_same) {
	ARENA_AUTO arena = arena_new();
	struct letter letter = { .partner = "ACME <b>& Co",
		                     .period = days("2026-11-01", "2026-12-01"),
		                     .campaigns = 8,
		                     .click_rate = "2.89\u00a0%",
		                     .url = "https://x.example/r/1?a=1&b=2",
		                     .verify = "https://x.example/verify",
		                     .sha256 = "abc",
		                     .schedule = "“Monthly” <i>",
		                     .data_at = at("2026-12-01T07:58:00Z") };
	const char *html = letter_html(&letter, arena);
	cr_expect(strstr(html, "href=\"https://x.example/r/1?a=1&amp;b=2\"") && strstr(html, "ACME &lt;b&gt;&amp; Co") &&
	              strstr(html, "November 2026") && strstr(html, "2.89\u00a0%") && !strstr(html, "<i>") &&
	              strstr(html, "30 days") && !strstr(html, "test"),
	          "%s", html);
	letter.url = NULL;
	letter.attached = letter.is_test = true;
	letter.campaigns = COUNT_NONE;
	html = letter_html(&letter, arena);
	cr_expect(strstr(html, "attached") && strstr(html, "This is a test") && !strstr(html, "30 days") &&
	              !strstr(html, "Click rate</span>"),
	          "%s", html);
}
