/* Repeating times across daylight-saving changes, and messages. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cron.h"
#include "core/formats/mail.h"
#include "reports/schedule.h"

static struct moment at(const char *text) {
	struct moment moment;
	cr_assert(moment_parse(text, &moment), "%s", text);
	return moment;
}

static const char *next(const char *cron_text, const char *zone, const char *after) {
	static char text[MOMENT_TEXT];
	struct cron cron;
	struct error err = ERROR_INIT;
	cr_assert(cron_read(cron_text, &cron, &err), "%s", err.text);
	return moment_format(cron_next(&cron, zone, at(after)), text);
}

Test(cron, finds_the_next_time) {
	cr_expect_str_eq(next("monthly", "UTC", "2026-11-21T10:00:00Z"), "2026-12-01T08:00:00Z");
	cr_expect_str_eq(next("weekly", "UTC", "2026-11-21T10:00:00Z"), "2026-11-23T08:00:00Z");
	cr_expect_str_eq(next("0 8 * * *", "UTC", "2026-11-21T08:00:00Z"), "2026-11-22T08:00:00Z");
	cr_expect_str_eq(next("0 8 * * *", "UTC", "2026-11-21T07:59:59Z"), "2026-11-21T08:00:00Z");
	cr_expect_str_eq(next("*/15 9-17 * * mon-fri", "UTC", "2026-11-20T17:45:00Z"), "2026-11-23T09:00:00Z");
	cr_expect_str_eq(next("0 0 29 2 *", "UTC", "2026-11-21T00:00:00Z"), "2028-02-29T00:00:00Z");
	cr_expect_str_eq(next("0 0 30 feb *", "UTC", "2026-11-21T00:00:00Z"), "");
	cr_expect_str_eq(next("0 0 13 * fri", "UTC", "2026-11-21T00:00:00Z"),
	                 "2026-11-27T00:00:00Z"); /* either is enough */
	cr_expect_str_eq(next("0 0 * * 7", "UTC", "2026-11-21T00:00:00Z"), "2026-11-22T00:00:00Z");
	cr_expect_str_eq(next("30 23 * * *", "America/New_York", "2026-11-21T00:00:00Z"), "2026-11-21T04:30:00Z");
}

/* A-051: the right local time across the change, once */
Test(cron, keeps_local_time_across_the_change) {
	cr_expect_str_eq(next("0 8 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z"), "2026-03-29T06:00:00Z");
	cr_expect_str_eq(next("0 8 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z"), "2026-03-28T07:00:00Z");
	cr_expect_str_eq(next("0 8 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z"), "2026-10-25T07:00:00Z");
	/* 02:30 does not exist on 29 March, and exists twice on 25 October */
	cr_expect_str_eq(next("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z"), "2026-03-29T01:00:00Z");
	cr_expect_str_eq(next("30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z"), "2026-03-30T00:30:00Z");
	cr_expect_str_eq(next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z"), "2026-10-25T01:30:00Z");
	cr_expect_str_eq(next("30 2 * * *", "Europe/Berlin", "2026-10-25T01:30:00Z"), "2026-10-26T01:30:00Z");
}

/* Each time is later than the one before, whatever the zone, and each local day has one. */
Test(cron, never_goes_back_nor_skips_a_day) {
	static const char *const zones[] = { "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia" };
	struct cron cron;
	struct error err = ERROR_INIT;
	cr_assert(cron_read("15 2 * * *", &cron, &err));
	for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
		struct moment now = at("2026-01-01T00:00:00Z");
		for (int day = 0; day < 800; day++) {
			struct moment then = cron_next(&cron, zones[z], now);
			cr_assert(then.ms > now.ms &&
			          (day == 0 || (then.ms - now.ms >= 22 * HOUR_MS && then.ms - now.ms <= 26 * HOUR_MS)));
			now = then;
		}
	}
}

Test(cron, refuses_what_it_cannot_read) {
	static const char *const bad[] = { "",
		                               "0",
		                               "0 8 * *",
		                               "0 8 * * * *",
		                               "60 8 * * *",
		                               "0 24 * * *",
		                               "0 8 0 * *",
		                               "0 8 * 13 *",
		                               "0 8 * * 8",
		                               "a b c d e",
		                               "*/0 * * * *",
		                               "5-1 * * * *",
		                               "1,,2 * * * *",
		                               "-1 * * * *",
		                               "1- * * * *",
		                               "* * * jann *",
		                               "0 8 * * mon-",
		                               "yearly",
		                               "999999999999 * * * *",
		                               ", * * * *",
		                               "/ * * * *" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cron cron;
		struct error err = ERROR_INIT;
		cr_expect_not(cron_read(bad[i], &cron, &err), "%s", bad[i]);
		cr_expect_str_eq(err.field, "cron");
	}
	struct error err = ERROR_INIT;
	cr_expect(cron_check_zone("Europe/Berlin", &err) && cron_check_zone("UTC", &err));
	cr_expect_not(cron_check_zone("Middle/Earth", &err));
	cr_expect_not(cron_check_zone("../../etc/passwd", &err));
}

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

static struct schedule_request asked(void) {
	return (struct schedule_request){ .name = "Monthly",
		                              .cron = "monthly",
		                              .zone = "Europe/Berlin",
		                              .recipients = "a@b.example, c@d.example\na@b.example",
		                              .fresh_hours = COUNT_NONE };
}

Test(schedule, is_checked) {
	ARENA_AUTO arena = arena_new();
	struct schedule schedule;
	struct error err = ERROR_INIT;
	struct schedule_request request = asked();
	cr_assert(schedule_of(&request, "me", at("2026-11-21T10:00:00Z"), arena, &schedule, &err), "%s", err.text);
	cr_expect_eq(schedule.addresses.count, 2);
	cr_expect_eq(schedule.next_run_at.ms, at("2026-12-01T07:00:00Z").ms);
	request.recipients = "";
	cr_expect_not(schedule_of(&request, "me", at("2026-11-21T10:00:00Z"), arena, &schedule, &err));
	request = asked();
	request.cron = "0 0 31 2 *";
	cr_expect_not(schedule_of(&request, "me", at("2026-11-21T10:00:00Z"), arena, &schedule, &err));
	request = asked();
	request.period = "fortnight";
	cr_expect_not(schedule_of(&request, "me", at("2026-11-21T10:00:00Z"), arena, &schedule, &err));
}
