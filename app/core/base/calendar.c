/* Conversion between day numbers and civil dates: Howard Hinnant, "chrono-compatible low-level date algorithms". Time
 * zones: GLib. */
#include "core/base/calendar.h"

#include <glib.h>

/* Days from 0000-03-01, where the years of these formulas begin, to 1970-01-01. */
enum { DAYS_BEFORE_1970 = 719468, DAYS_IN_400_YEARS = 146097, THURSDAY = 3 };

static int64_t floor_div(int64_t a, int64_t b) {
	int64_t quotient = a / b;
	return a % b < 0 ? quotient - 1 : quotient;
}

static int64_t day_number(struct moment at) {
	return floor_div(at.ms, DAY_MS);
}

static int days_in_month(int year, int month) {
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

bool date_is_real(struct date date) {
	return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= days_in_month(date.year, date.month);
}

struct moment date_start(struct date date) {
	int64_t year = date.year - (date.month <= 2);
	int64_t era = floor_div(year, 400);
	int64_t of_era = year - era * 400;
	int64_t of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
	int64_t days = era * DAYS_IN_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - DAYS_BEFORE_1970;
	return (struct moment){ days * DAY_MS };
}

struct date date_of(struct moment at) {
	int64_t days = day_number(at) + DAYS_BEFORE_1970;
	int64_t era = floor_div(days, DAYS_IN_400_YEARS);
	int64_t of_era = days - era * DAYS_IN_400_YEARS;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int month = (int)((5 * of_year + 2) / 153);
	struct date date = { .month = month < 10 ? month + 3 : month - 9 };
	date.day = (int)(of_year - (153 * month + 2) / 5) + 1;
	date.year = (int)(year + era * 400) + (date.month <= 2);
	return date;
}

int weekday_of(struct moment at) {
	int64_t since = day_number(at) + THURSDAY; /* 1970-01-01 was a Thursday */
	return (int)(since - floor_div(since, WEEK_DAYS) * WEEK_DAYS);
}

struct moment day_start(struct moment at) {
	return (struct moment){ day_number(at) * DAY_MS };
}

struct moment week_start(struct moment at) {
	return moment_add(day_start(at), -weekday_of(at) * DAY_MS);
}

struct moment year_start(struct moment at) {
	return date_start((struct date){ date_of(at).year, 1, 1 });
}

struct moment month_start(struct moment at, int months) {
	struct date date = date_of(at);
	int64_t sum = (int64_t)date.year * 12 + date.month - 1 + months, year = floor_div(sum, 12);
	return date_start((struct date){ (int)year, (int)(sum - year * 12) + 1, 1 });
}

int months_between(struct moment earlier, struct moment later) {
	struct date a = date_of(earlier), b = date_of(later);
	return (b.year - a.year) * 12 + b.month - a.month;
}

struct moment months_later(struct moment at, int months, bool up) {
	struct date date = date_of(month_start(at, months));
	int last = days_in_month(date.year, date.month);
	date.day = date_of(at).day;
	struct moment day = date.day <= last ? date_start(date)
	                    : up             ? month_start(at, months + 1)
	                                     : date_start((struct date){ date.year, date.month, last });
	return moment_add(day, at.ms - day_start(at).ms);
}

struct moment year_before(struct moment at, bool up) {
	return months_later(at, -12, up);
}

struct zone *zone_open(const char *name) {
	return name && *name ? (struct zone *)(void *)g_time_zone_new_identifier(name) : NULL;
}

void zone_close(struct zone *zone) {
	if (zone)
		g_time_zone_unref((GTimeZone *)(void *)zone);
}

static GTimeZone *of_glib(const struct zone *zone) {
	return (GTimeZone *)(uintptr_t)zone;
}

static gint interval_of(const struct zone *zone, struct moment at) {
	return g_time_zone_find_interval(of_glib(zone), G_TIME_TYPE_UNIVERSAL, floor_div(at.ms, SECOND_MS));
}

const char *zone_clock(const struct zone *zone, struct moment at) {
	return g_time_zone_get_abbreviation(of_glib(zone), interval_of(zone, at));
}

struct moment zone_wall(const struct zone *zone, struct moment at) {
	if (!zone || !moment_is_set(at))
		return at;
	gint interval = interval_of(zone, at);
	return moment_add(at, g_time_zone_get_offset(of_glib(zone), interval) * (int64_t)SECOND_MS);
}

struct moment zone_moment(const struct zone *zone, struct moment wall) {
	if (!zone || !moment_is_set(wall))
		return wall;
	struct date date = date_of(wall);
	int64_t seconds = (wall.ms - day_start(wall).ms) / SECOND_MS;
	g_autoptr(GDateTime) at = g_date_time_new(of_glib(zone), date.year, date.month, date.day, (int)(seconds / 3600),
	                                          (int)(seconds / 60 % 60), (double)(seconds % 60));
	return at ? (struct moment){ g_date_time_to_unix(at) * SECOND_MS } : MOMENT_NONE;
}

struct moment zone_first_moment(const struct zone *zone, struct moment wall) {
	enum { STEP_MS = 15 * MINUTE_MS, STEPS = 12 }; /* clocks have been set back by half an hour to 3 hours */
	struct moment last = zone_moment(zone, wall);
	for (int steps = STEPS; moment_is_set(last) && steps > 0; steps--) {
		struct moment earlier = { last.ms - (int64_t)steps * STEP_MS };
		if (zone_wall(zone, earlier).ms == wall.ms)
			return earlier;
	}
	return last;
}
