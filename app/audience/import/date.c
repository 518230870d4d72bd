/* Dates and times in cells. */
#include "audience/import/date.h"

#include <glib.h>
#include <string.h>

#include "core/base/calendar.h"
#include "core/base/local.h"

static const char *const order_names[DATE_ORDER_COUNT] = { "unknown", "day_first", "month_first" };
const struct choices date_orders = CHOICES(order_names);

enum { YEAR_MIN = 1900, YEAR_MAX = 2199 };

/* Reads at most `most` digits; their number. */
static int read_number(const char **text, int most, int *number) {
	int digits = 0;
	*number = 0;
	for (; digits < most && g_ascii_isdigit(**text); digits++)
		*number = *number * 10 + *(*text)++ - '0';
	return digits;
}

static bool skip(const char **text, char c) {
	bool is_there = c && **text == c;
	*text += is_there;
	return is_there;
}

static bool read_month_name(const char **text, int *month) {
	static const char *const names[] = { "jan", "feb", "mar", "apr", "may", "jun",
		                                 "jul", "aug", "sep", "oct", "nov", "dec" };
	for (int i = 0; i < 12; i++) {
		if (g_ascii_strncasecmp(*text, names[i], 3) != 0)
			continue;
		while (g_ascii_isalpha(**text))
			(*text)++;
		*text += **text == '.';
		*month = i + 1;
		return true;
	}
	return false;
}

/* Three numbers as they stand, and what parts them. */
struct parts {
	int first, second, third;
	char separator; /* 'y': the year comes first; ' ': the month has a name */
};

static bool read_year_first(const char **text, struct parts *parts) {
	const char *at = *text;
	if (read_number(&at, 4, &parts->first) != 4)
		return false;
	char separator = *at;
	if (!separator || !strchr("-/.", separator) || !skip(&at, separator))
		return false;
	if (!read_number(&at, 2, &parts->second) || !skip(&at, separator) || !read_number(&at, 2, &parts->third))
		return false;
	parts->separator = 'y';
	*text = at;
	return true;
}

static bool read_named(const char **text, struct parts *parts) {
	const char *at = *text;
	if (!read_number(&at, 2, &parts->first))
		return false;
	at += *at == '.';
	at += strspn(at, " -");
	if (!read_month_name(&at, &parts->second))
		return false;
	at += strspn(at, " -,");
	parts->separator = ' ';
	if (read_number(&at, 4, &parts->third) != 4)
		return false;
	*text = at;
	return true;
}

static bool read_year_last(const char **text, struct parts *parts) {
	const char *at = *text;
	if (!read_number(&at, 2, &parts->first) || !*at || !strchr("-/.", *at))
		return false;
	parts->separator = *at++;
	at += parts->separator == '.' && *at == ' ';
	if (!read_number(&at, 2, &parts->second) || !skip(&at, parts->separator))
		return false;
	at += parts->separator == '.' && *at == ' ';
	if (read_number(&at, 4, &parts->third) != 4)
		return false;
	*text = at;
	return true;
}

static bool read_parts(const char **text, struct parts *parts) {
	return read_year_first(text, parts) || read_named(text, parts) || read_year_last(text, parts);
}

/* Z, UTC, GMT, +01:00, +0100 or +01, and a name of the zone after it, which tells nothing more. */
static bool read_zone(const char **text, int *minutes) {
	int hours, rest = 0, sign = **text == '-' ? -1 : 1;
	if (**text == 'Z' || **text == 'z') {
		(*text)++;
		return true;
	}
	if (strncmp(*text, "UTC", 3) == 0 || strncmp(*text, "GMT", 3) == 0) {
		*text += 3;
		return true;
	}
	if ((!skip(text, '+') && !skip(text, '-')) || read_number(text, 2, &hours) != 2)
		return false;
	(void)skip(text, ':');
	if (g_ascii_isdigit(**text) && read_number(text, 2, &rest) != 2)
		return false;
	*minutes = sign * (hours * 60 + rest);
	while (**text == ' ' || g_ascii_isalpha(**text))
		(*text)++;
	return hours <= 14 && rest < 60;
}

struct clock {
	int64_t ms;
	int minutes; /* ahead of UTC */
	bool is_there, has_zone;
};

static bool read_half_day(const char **text, int *hour) {
	const char *at = *text + strspn(*text, " ");
	bool morning = g_ascii_strncasecmp(at, "am", 2) == 0, evening = g_ascii_strncasecmp(at, "pm", 2) == 0;
	if (!morning && !evening)
		return true;
	*text = at + 2;
	if (*hour < 1 || *hour > 12)
		return false;
	*hour = *hour % 12 + (evening ? 12 : 0);
	return true;
}

/* "10:00", "10:00:59.25 +0100", "3:05 PM". */
static bool read_clock(const char **text, struct clock *clock) {
	int hour, minute, second = 0;
	if (!**text)
		return true;
	*text += **text == ',';
	if (!strchr("Tt ", **text))
		return false;
	*text += strspn(*text, "Tt ");
	if (!read_number(text, 2, &hour) || !skip(text, ':') || read_number(text, 2, &minute) != 2)
		return false;
	if (skip(text, ':') && read_number(text, 2, &second) != 2)
		return false;
	if (**text == '.' || **text == ',')
		*text += 1 + strspn(*text + 1, "0123456789");
	if (!read_half_day(text, &hour) || hour > 23 || minute > 59 || second > 59)
		return false;
	*text += strspn(*text, " ");
	clock->is_there = true;
	clock->ms = (int64_t)hour * HOUR_MS + (int64_t)minute * MINUTE_MS + (int64_t)second * SECOND_MS;
	clock->has_zone = **text != '\0';
	return !clock->has_zone || read_zone(text, &clock->minutes);
}

/* The order that a date between slashes or hyphens tells by itself. */
static enum date_order own_order(const struct parts *parts) {
	if (parts->separator == '.' || (parts->first > 12 && parts->second <= 12))
		return DATE_DAY_FIRST;
	return parts->second > 12 && parts->first <= 12 ? DATE_MONTH_FIRST : DATE_UNKNOWN;
}

static struct date date_of_parts(const struct parts *parts, enum date_order order) {
	if (parts->separator == 'y')
		return (struct date){ parts->first, parts->second, parts->third };
	if (parts->separator == ' ' || order == DATE_DAY_FIRST)
		return (struct date){ parts->third, parts->second, parts->first };
	return (struct date){ parts->third, parts->first, parts->second };
}

static struct moment moment_of(struct date date, const struct clock *clock) {
	struct moment wall = moment_add(date_start(date), clock->ms);
	return clock->has_zone ? moment_add(wall, -(int64_t)clock->minutes * MINUTE_MS) : local_moment(wall);
}

enum date_result date_read(const char *text, enum date_order order, struct date_value *value) {
	struct parts parts;
	struct clock clock = { 0 };
	if (!read_parts(&text, &parts) || !read_clock(&text, &clock) || *text)
		return DATE_WRONG;
	bool named = parts.separator == 'y' || parts.separator == ' ';
	enum date_order own = named ? DATE_DAY_FIRST : own_order(&parts);
	if (!named && own != DATE_UNKNOWN && order != DATE_UNKNOWN && own != order && parts.separator != '.')
		return DATE_WRONG; /* the column is written the other way round */
	if (!named && own == DATE_UNKNOWN && order == DATE_UNKNOWN && parts.first != parts.second)
		return parts.first <= 12 && parts.first > 0 && parts.second > 0 ? DATE_AMBIGUOUS : DATE_WRONG;
	struct date date = date_of_parts(&parts, own != DATE_UNKNOWN     ? own
	                                         : order == DATE_UNKNOWN ? DATE_DAY_FIRST
	                                                                 : order);
	if (date.year < YEAR_MIN || date.year > YEAR_MAX || !date_is_real(date))
		return DATE_WRONG;
	*value = (struct date_value){ moment_of(date, &clock), clock.is_there };
	return DATE_READ;
}

enum date_order date_order_of(const struct strings *values) {
	enum date_order found = DATE_UNKNOWN;
	for (int i = 0; i < values->count; i++) {
		const char *text = values->items[i];
		struct parts parts;
		if (!read_parts(&text, &parts) || (parts.separator != '/' && parts.separator != '-'))
			continue;
		enum date_order own = own_order(&parts);
		if (own != DATE_UNKNOWN && found != DATE_UNKNOWN && own != found)
			return DATE_UNKNOWN;
		found = own == DATE_UNKNOWN ? found : own;
	}
	return found;
}
