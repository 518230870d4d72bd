/* What recipients read. */
#include "reports/letter.h"

#include <math.h>

#include "core/base/buf.h"
#include "core/formats/period.h"

static const char *month_name(int month) {
	static const char *const names[] = { "January", "February", "March",     "April",   "May",      "June",
		                                 "July",    "August",   "September", "October", "November", "December" };
	return names[month - 1];
}

char *letter_days(const struct report_period *period, const char *zone_name, struct arena *arena) {
	ZONE_AUTO zone = zone_open(zone_name);
	struct period days = { "custom", period->from, period->to };
	if (!moment_is_set(period->from))
		return arena_copy(arena, "everything sent so far");
	days = period_wall(&days, zone);
	return text_of_dates(arena, days.from, moment_add(days.to, -1));
}

char *letter_period(const struct report_period *period, const char *zone_name, struct arena *arena) {
	ZONE_AUTO zone = zone_open(zone_name);
	struct period days = { "custom", period->from, period->to };
	if (!moment_is_set(period->from))
		return arena_copy(arena, "all of time");
	days = period_wall(&days, zone);
	struct date first = date_of(days.from), end = date_of(days.to);
	int months = months_between(days.from, days.to);
	if (first.day != 1 || end.day != 1 || months < 1 || months > 12)
		return text_of_dates(arena, days.from, moment_add(days.to, -1));
	if (months == 12 && first.month == 1)
		return arena_print(arena, "%d", first.year);
	struct date last = date_of(moment_add(days.to, -1));
	if (months == 1)
		return arena_print(arena, "%s %d", month_name(first.month), first.year);
	return first.year == last.year
	           ? arena_print(arena, "%s – %s %d", month_name(first.month), month_name(last.month), last.year)
	           : arena_print(arena, "%s %d – %s %d", month_name(first.month), first.year, month_name(last.month),
	                         last.year);
}

void letter_count(struct letter *letter, const struct figures *figures, struct arena *arena) {
	double rate = metrics_rate(&figures->totals, METRIC_CLICK_RATE);
	letter->campaigns = figures->count;
	letter->click_rate = isnan(rate) ? NULL : metric_text(arena, METRIC_CLICK_RATE, rate);
}

char *letter_subject(const struct letter *letter, struct arena *arena) {
	const char *test = letter->is_test ? "Test: " : "", *period;
	if (!text_is_empty(letter->title))
		return arena_print(arena, "%s%s", test, letter->title);
	period = letter_period(&letter->period, letter->zone, arena);
	return letter->partner ? arena_print(arena, "%s%s: your report for %s", test, letter->partner, period)
	                       : arena_print(arena, "%sYour report for %s", test, period);
}

char *letter_first_line(const struct letter *letter, struct arena *arena) {
	const char *what = letter->attached ? "The report is attached as a PDF." : "Open the report or download the PDF.";
	if (letter->campaigns < 0)
		return arena_copy(arena, what);
	return arena_print(arena, "%s%s%s. %s", text_of_counted(arena, letter->campaigns, "campaign", "campaigns"),
	                   letter->click_rate ? ", click rate " : "", letter->click_rate ? letter->click_rate : "", what);
}

char *letter_text(const struct letter *letter, struct arena *arena) {
	BUF_AUTO out = { 0 };
	if (letter->is_test)
		buf_text_add(&out, "This is a test: it was sent to you only.\n\n");
	buf_print(&out, "%s\n\n%s, %s\n", letter_first_line(letter, arena),
	          letter->partner ? letter->partner : "All campaigns",
	          report_period_text(&letter->period, letter->zone, arena));
	if (letter->url)
		buf_print(&out, "\n%s\nThe link works for 30 days.\n", letter->url);
	buf_print(&out, "\nFigures as of %s.\nTo check that a PDF is genuine: %s\nIts check code (SHA-256):\n%s\n",
	          text_of_moment_zone(arena, letter->data_at), letter->verify, letter->sha256);
	buf_print(&out, "\nSent automatically by the schedule “%s”. Reply to this email if anything is unclear.\n",
	          letter->schedule);
	return arena_copy(arena, buf_text(&out));
}
