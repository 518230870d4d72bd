/* Moments as text. */
#include "core/base/moment_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/base/calendar.h"

/* Reads exactly `digits` decimal digits and moves the cursor past them. */
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

static bool read_date(const char **cursor, struct date *date) {
	return read_number(cursor, 4, &date->year) && read_char(cursor, '-') && read_number(cursor, 2, &date->month) &&
	       read_char(cursor, '-') && read_number(cursor, 2, &date->day) && date_is_real(*date);
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

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z: the range of a four-digit year. */
#define FIRST_MS (-62135596800000)
#define LAST_MS 253402300799999

bool moment_parse(const char *text, struct moment *at) {
	const char *cursor = text;
	int64_t ms = 0, offset = 0;
	struct date date;
	if (!read_date(&cursor, &date))
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
	int64_t result = date_start(date).ms + ms - offset;
	if (result < FIRST_MS || result > LAST_MS)
		return false;
	at->ms = result;
	return true;
}

static const char *const month_names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

const char *moment_format(struct moment at, char *out) {
	out[0] = '\0';
	if (!moment_is_set(at))
		return out;
	struct date date = date_of(at);
	int64_t seconds = (at.ms - day_start(at).ms) / 1000;
	(void)snprintf(out, MOMENT_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", date.year % 10000, date.month, date.day,
	               (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
	return out;
}

const char *moment_format_day(struct moment at, char *out) {
	(void)moment_format(at, out);
	if (out[0])
		out[10] = '\0';
	return out;
}

const char *moment_format_month(struct moment at, char *out) {
	(void)moment_format(at, out);
	if (out[0])
		out[7] = '\0';
	return out;
}

const char *moment_format_human_day(struct moment at, char *out) {
	out[0] = '\0';
	if (!moment_is_set(at))
		return out;
	struct date date = date_of(at);
	(void)snprintf(out, MOMENT_TEXT, "%d %s %d", date.day, month_names[date.month - 1], date.year % 10000);
	return out;
}

const char *moment_format_human(struct moment at, char *out) {
	(void)moment_format_human_day(at, out);
	if (!out[0])
		return out;
	int64_t minutes = (at.ms - day_start(at).ms) / MINUTE_MS;
	size_t used = strlen(out);
	(void)snprintf(out + used, MOMENT_TEXT - used, ", %02d:%02d UTC", (int)(minutes / 60), (int)(minutes % 60));
	return out;
}
