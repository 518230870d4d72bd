/* Cron expressions. */
#include "core/base/cron.h"

#include <glib.h>
#include <string.h>

#include "core/base/calendar.h"

enum { YEARS_AHEAD = 5, DAYS_A_YEAR = 366, TEXT_MAX = 100 };

struct span {
	const char *what;
	int low, high;
	const char *const *names; /* of the values, starting at low; NULL if they have none */
};

static const char *const month_names[] = { "jan", "feb", "mar", "apr", "may", "jun",
	                                       "jul", "aug", "sep", "oct", "nov", "dec" };
static const char *const day_names[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

static const struct span spans[] = {
	{ "minute", 0, 59, NULL },       { "hour", 0, 23, NULL },        { "day", 1, 31, NULL },
	{ "month", 1, 12, month_names }, { "weekday", 0, 7, day_names }, /* 7 is also Sunday */
};
enum { DAY_SPAN = 2, SPANS = sizeof spans / sizeof *spans };

static bool read_value(const struct span *span, const char *text, size_t size, int *value) {
	int names = span->names == month_names ? 12 : span->names ? 7 : 0;
	if (size == 0 || size > 3)
		return false;
	for (int i = 0; i < names; i++) {
		if (size == 3 && g_ascii_strncasecmp(text, span->names[i], 3) == 0) {
			*value = span->low + i;
			return true;
		}
	}
	*value = 0;
	for (size_t i = 0; i < size; i++) {
		if (!g_ascii_isdigit(text[i]))
			return false;
		*value = *value * 10 + (text[i] - '0');
	}
	return *value >= span->low && *value <= span->high;
}

/* One item of a list: "*", "5" or "1-5", optionally followed by a step such as "/2". */
static bool read_item(const struct span *span, const char *text, size_t size, uint64_t *bits) {
	const char *slash = memchr(text, '/', size);
	size_t body = slash ? (size_t)(slash - text) : size;
	const char *dash = memchr(text, '-', body);
	int from = span->low, to = span->high, step = 1;
	static const struct span steps = { "step", 1, 59, NULL };
	if (span == &spans[DAY_SPAN] && size == 1 && (*text == 'L' || *text == 'l')) {
		*bits |= 1; /* no day has the number 0 */
		return true;
	}
	if (slash && !read_value(&steps, slash + 1, size - body - 1, &step))
		return false;
	if (!(body == 1 && *text == '*')) {
		if (!read_value(span, text, dash ? (size_t)(dash - text) : body, &from))
			return false;
		to = slash && !dash ? span->high : from;
		if (dash && !read_value(span, dash + 1, body - (size_t)(dash - text) - 1, &to))
			return false;
	}
	for (int value = from; value <= to; value += step)
		*bits |= UINT64_C(1) << value;
	return from <= to;
}

static bool read_field(const struct span *span, const char *text, uint64_t *bits) {
	*bits = 0;
	for (;;) {
		size_t size = strcspn(text, ",");
		if (!read_item(span, text, size, bits))
			return false;
		if (!text[size])
			return true;
		text += size + 1;
	}
}

static const char *named(const char *text) {
	static const char *const names[][2] = { { "daily", "0 8 * * *" },
		                                    { "weekly", "0 8 * * mon" },
		                                    { "monthly", "0 8 1 * *" } };
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(names[i][0], text) == 0)
			return names[i][1];
	return text;
}

bool cron_read(const char *text, struct cron *cron, struct error *err) {
	uint64_t bits[SPANS];
	if (strlen(text) > TEXT_MAX)
		return error_field(err, "cron", "the repetition may have at most %d characters", TEXT_MAX);
	g_auto(GStrv) words = g_strsplit_set(named(text), " \t", -1);
	int count = 0;
	bool any[SPANS] = { false };
	for (int i = 0; words[i]; i++) {
		if (!*words[i])
			continue;
		if (count == SPANS)
			return error_field(err, "cron", "the repetition has more than five fields");
		if (!read_field(&spans[count], words[i], &bits[count]))
			return error_field(err, "cron", "the %s '%.30s' cannot be read", spans[count].what, words[i]);
		any[count] = words[i][0] == '*';
		count++;
	}
	if (count < SPANS)
		return error_field(err, "cron",
		                   "the repetition needs five fields (minute hour day month weekday), or daily, weekly "
		                   "or monthly");
	*cron = (struct cron){ bits[0], (uint32_t)bits[1], (uint32_t)bits[2], (uint32_t)bits[3], (uint32_t)bits[4], any[2],
		                   any[4] };
	if (cron->weekdays & 1U << 7)
		cron->weekdays |= 1;
	return true;
}

/* `day` is a local date in the cron's zone. */
static bool is_day(const struct cron *cron, struct moment day) {
	struct date date = date_of(day);
	bool of_month = cron->days & 1U << date.day || (cron->days & 1 && date_of(moment_add(day, DAY_MS)).day == 1);
	bool of_week = cron->weekdays & 1U << (weekday_of(day) + 1) % WEEK_DAYS; /* bit 0 is Sunday */
	if (!(cron->months & 1U << date.month))
		return false;
	return cron->any_day || cron->any_weekday ? of_month && of_week : of_month || of_week;
}

/* The first match on that day later than `after`. */
static struct moment match_in_day(const struct cron *cron, const struct zone *zone, struct moment day,
                                  struct moment after) {
	for (int hour = 0; hour < 24; hour++) {
		for (int minute = 0; minute < 60; minute++) {
			if (!(cron->hours & 1U << hour) || !(cron->minutes & UINT64_C(1) << minute))
				continue;
			struct moment at = zone_moment(zone, moment_add(day, hour * (int64_t)HOUR_MS + minute * MINUTE_MS));
			if (moment_is_set(at) && at.ms > after.ms)
				return at;
		}
	}
	return MOMENT_NONE;
}

struct moment cron_next(const struct cron *cron, const char *zone_name, struct moment after) {
	ZONE_AUTO zone = zone_open(zone_name);
	if (!zone)
		return MOMENT_NONE;
	struct moment day = day_start(zone_wall(zone, after));
	for (int i = 0; i < YEARS_AHEAD * DAYS_A_YEAR; i++, day = moment_add(day, DAY_MS)) {
		if (!is_day(cron, day))
			continue;
		struct moment at = match_in_day(cron, zone, day, after);
		if (moment_is_set(at))
			return at;
	}
	return MOMENT_NONE;
}
