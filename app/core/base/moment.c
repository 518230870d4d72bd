/* Points in time: reading, writing, counting days. Calendar arithmetic by GLib-free integer formulas
 * (days from civil date: Howard Hinnant, "chrono-compatible low-level date algorithms"). */
#include "core/base/moment.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static struct moment frozen = { INT64_MIN };

struct date {
	int64_t year;
	int month, day;
};

struct moment moment_now(void) {
	struct timespec now;
	if (frozen.ms != INT64_MIN)
		return frozen;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (struct moment){ (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 };
}

void moment_freeze(struct moment at) {
	frozen = at;
}

int64_t monotonic_ms(void) {
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool moment_is_set(struct moment at) {
	return at.ms != INT64_MIN;
}

struct moment moment_add(struct moment at, int64_t ms) {
	return (struct moment){ at.ms + ms };
}

static int64_t floor_div(int64_t a, int64_t b) {
	int64_t quotient = a / b;
	return a % b < 0 ? quotient - 1 : quotient;
}

struct moment moment_day(struct moment at) {
	return (struct moment){ floor_div(at.ms, DAY_MS) * DAY_MS };
}

static int64_t days_from_date(struct date date) {
	int64_t year = date.year - (date.month <= 2);
	int64_t era = floor_div(year, 400);
	int64_t of_era = year - era * 400;
	int64_t of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct date date_from_days(int64_t days) {
	days += 719468;
	int64_t era = floor_div(days, 146097);
	int64_t of_era = days - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int month = (int)((5 * of_year + 2) / 153);
	struct date date = { .year = year + era * 400, .month = month < 10 ? month + 3 : month - 9 };
	date.day = (int)(of_year - (153 * month + 2) / 5) + 1;
	date.year += date.month <= 2;
	return date;
}

static int days_in_month(int64_t year, int month) {
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

/* Exactly `digits` decimal digits; moves the cursor past them. */
static bool read_number(const char **cursor, int digits, int *number) {
	*number = 0;
	for (int i = 0; i < digits; i++, (*cursor)++) {
		if (!isdigit((unsigned char)**cursor))
			return false;
		*number = *number * 10 + (**cursor - '0');
	}
	return true;
}

static bool read_char(const char **cursor, char expected) {
	if (**cursor != expected)
		return false;
	(*cursor)++;
	return true;
}

static bool read_date(const char **cursor, int64_t *days) {
	int year, month, day;
	if (!read_number(cursor, 4, &year) || !read_char(cursor, '-') || !read_number(cursor, 2, &month) ||
	    !read_char(cursor, '-') || !read_number(cursor, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	*days = days_from_date((struct date){ year, month, day });
	return true;
}

static bool read_clock(const char **cursor, int64_t *ms) {
	int hour, minute, second = 0, fraction = 0, scale = 100;
	if (!read_number(cursor, 2, &hour) || !read_char(cursor, ':') || !read_number(cursor, 2, &minute))
		return false;
	if (read_char(cursor, ':') && !read_number(cursor, 2, &second))
		return false;
	if (read_char(cursor, '.')) {
		if (!isdigit((unsigned char)**cursor))
			return false;
		for (; isdigit((unsigned char)**cursor); (*cursor)++, scale /= 10)
			fraction += (**cursor - '0') * scale;
	}
	*ms = hour * (int64_t)HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + fraction;
	return hour < 24 && minute < 60 && second < 61;
}

static bool read_zone(const char **cursor, int64_t *offset_ms) {
	int hour, minute;
	char sign = **cursor;
	*offset_ms = 0;
	if (sign == '\0')
		return true;
	(*cursor)++;
	if (sign == 'Z')
		return true;
	if ((sign != '+' && sign != '-') || !read_number(cursor, 2, &hour))
		return false;
	(void)read_char(cursor, ':');
	if (!read_number(cursor, 2, &minute) || hour > 18 || minute > 59)
		return false;
	*offset_ms = (sign == '-' ? -1 : 1) * (hour * (int64_t)HOUR_MS + minute * MINUTE_MS);
	return true;
}

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z: what four digits of a year can say. */
#define FIRST_MS (-62135596800000)
#define LAST_MS 253402300799999

bool moment_parse(const char *text, struct moment *at) {
	const char *cursor = text;
	int64_t days, ms = 0, offset = 0;
	if (!read_date(&cursor, &days))
		return false;
	if (*cursor != '\0') {
		if (*cursor != 'T' && *cursor != ' ')
			return false;
		cursor++;
		if (!read_clock(&cursor, &ms) || !read_zone(&cursor, &offset))
			return false;
	}
	if (*cursor != '\0')
		return false;
	int64_t result = days * DAY_MS + ms - offset;
	if (result < FIRST_MS || result > LAST_MS)
		return false;
	at->ms = result;
	return true;
}

static struct date date_of(struct moment at) {
	return date_from_days(floor_div(at.ms, DAY_MS));
}

static const char *const month_names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

const char *moment_format(struct moment at, char *out) {
	out[0] = '\0';
	if (!moment_is_set(at))
		return out;
	struct date date = date_of(at);
	int64_t seconds = (at.ms - moment_day(at).ms) / 1000;
	(void)snprintf(out, MOMENT_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)(date.year % 10000), date.month, date.day,
	               (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
	return out;
}

const char *moment_format_day(struct moment at, char *out) {
	(void)moment_format(at, out);
	if (out[0])
		out[10] = '\0';
	return out;
}

const char *moment_format_human_day(struct moment at, char *out) {
	out[0] = '\0';
	if (!moment_is_set(at))
		return out;
	struct date date = date_of(at);
	(void)snprintf(out, MOMENT_TEXT, "%d %s %d", date.day, month_names[date.month - 1], (int)(date.year % 10000));
	return out;
}

const char *moment_format_human(struct moment at, char *out) {
	(void)moment_format_human_day(at, out);
	if (!out[0])
		return out;
	int64_t minutes = (at.ms - moment_day(at).ms) / MINUTE_MS;
	size_t used = strlen(out);
	(void)snprintf(out + used, MOMENT_TEXT - used, ", %02d:%02d UTC", (int)(minutes / 60), (int)(minutes % 60));
	return out;
}
