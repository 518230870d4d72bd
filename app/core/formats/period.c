/* Spans of time in an address. */
#include "core/formats/period.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

enum { WEEK_DAYS = 7 };

const struct period_name period_names[] = {
	{ "7d", "7 days" },     { "28d", "28 days" },    { "30d", "30 days" },
	{ "90d", "90 days" },   { "mtd", "This month" }, { "lastmonth", "Last month" },
	{ "ytd", "This year" }, { "12m", "12 months" },  { "all", "All" },
	{ NULL, NULL },
};

/* 00:00 UTC of the first day of the month that lies `back` months before `at`; January for month 1. */
static struct moment month_start(struct moment at, int back, bool january) {
	char text[MOMENT_TEXT];
	int year = 1970, month = 1;
	struct moment start = MOMENT_NONE;
	(void)sscanf(moment_format_day(at, text), "%d-%d", &year, &month);
	int months = year * 12 + (january ? 0 : month - 1) - back;
	(void)snprintf(text, sizeof text, "%04d-%02d-01", months / 12, months % 12 + 1);
	(void)moment_parse(text, &start);
	return start;
}

static bool named(const char *name, struct moment now, struct period *period) {
	static const struct {
		const char *name;
		int days;
	} lengths[] = { { "7d", 7 }, { "28d", 28 }, { "30d", 30 }, { "90d", 90 }, { "12m", 365 } };
	struct moment end = moment_add(moment_day(now), DAY_MS);
	*period = (struct period){ name, MOMENT_NONE, MOMENT_NONE };
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
		if (strcmp(lengths[i].name, name) == 0)
			*period = (struct period){ lengths[i].name, moment_add(end, -lengths[i].days * DAY_MS), end };
	if (strcmp(name, "mtd") == 0)
		*period = (struct period){ "mtd", month_start(now, 0, false), end };
	else if (strcmp(name, "lastmonth") == 0)
		*period = (struct period){ "lastmonth", month_start(now, 1, false), month_start(now, 0, false) };
	else if (strcmp(name, "ytd") == 0)
		*period = (struct period){ "ytd", month_start(now, 0, true), end };
	return moment_is_set(period->from) || strcmp(name, "all") == 0;
}

static bool read_day(const struct params *query, const char *name, struct moment *at, struct error *err) {
	const char *value = params_get(query, name);
	return text_is_empty(value) || moment_parse(value, at) ||
	       error_field(err, name, "%s must be a date like 2026-11-21, not '%.40s'", name, value);
}

static bool read_days(const struct params *query, const char *first, const char *last, struct moment end,
                      struct period *period, struct error *err) {
	*period = (struct period){ "custom", { 0 }, MOMENT_NONE };
	if (!read_day(query, first, &period->from, err) || !read_day(query, last, &period->to, err))
		return false;
	if (!moment_is_set(period->to))
		period->to = end;
	else if (period->to.ms % DAY_MS == 0)
		period->to = moment_add(period->to, DAY_MS);
	return period->from.ms < period->to.ms || error_field(err, last, "the period ends before it begins");
}

bool period_read(const struct params *query, struct moment now, const char *otherwise, struct period *period,
                 struct error *err) {
	const char *name = params_get(query, "period");
	if (!text_is_empty(params_get(query, "from")) || !text_is_empty(params_get(query, "to")))
		return read_days(query, "from", "to", moment_add(moment_day(now), DAY_MS), period, err);
	return named(text_is_empty(name) ? otherwise : name, now, period) ||
	       error_field(err, "period", "period must be 7d, 28d, 30d, 90d, 12m, mtd, lastmonth, ytd or all, not '%.40s'",
	                   name);
}

static struct period shifted(const struct period *period, const char *name, int64_t by) {
	return (struct period){ name, moment_add(period->from, -by), moment_add(period->to, -by) };
}

struct period period_before(const struct period *period, bool weekdays) {
	int64_t length = period->to.ms - period->from.ms, week = WEEK_DAYS * DAY_MS;
	return shifted(period, "prev", weekdays ? (length + week - 1) / week * week : length);
}

static struct moment year_before(struct moment at, const char *leap_day) {
	char day[MOMENT_TEXT], text[MOMENT_TEXT];
	struct moment start = moment_day(at), before = moment_add(start, -365 * DAY_MS);
	int year = 1970;
	(void)sscanf(moment_format_day(at, day), "%d", &year);
	const char *rest = strcmp(day + 5, "02-29") == 0 ? leap_day : day + 5;
	(void)snprintf(text, sizeof text, "%04d-%s", year - 1, rest);
	(void)moment_parse(text, &before);
	return moment_add(before, at.ms - start.ms);
}

struct period period_year_before(const struct period *period) {
	return (struct period){ "year", year_before(period->from, "02-28"), year_before(period->to, "03-01") };
}

bool period_compare(const struct params *query, const struct period *period, struct period *compared, bool *has,
                    struct error *err) {
	const char *how = params_get(query, "compare"), *match = params_get(query, "match");
	bool weekdays = match && strcmp(match, "weekday") == 0;
	*compared = (struct period){ "none", MOMENT_NONE, MOMENT_NONE };
	*has = moment_is_set(period->from);
	if (!text_is_empty(match) && !weekdays && strcmp(match, "date") != 0)
		return error_field(err, "match", "match must be date or weekday, not '%.40s'", match);
	if (text_is_empty(how) || strcmp(how, "prev") == 0) {
		if (*has)
			*compared = period_before(period, weekdays);
	} else if (strcmp(how, "year") == 0) {
		if (*has)
			*compared = weekdays ? shifted(period, "year", 52 * WEEK_DAYS * DAY_MS) : period_year_before(period);
	} else if (strcmp(how, "custom") == 0) {
		*has = true;
		return read_days(query, "cfrom", "cto", MOMENT_NONE, compared, err);
	} else if (strcmp(how, "none") == 0) {
		*has = false;
	} else {
		return error_field(err, "compare", "compare must be prev, year, custom or none, not '%.40s'", how);
	}
	return true;
}

bool period_as_of(const struct params *query, struct moment now, struct moment *as_of, struct error *err) {
	const char *value = params_get(query, "as_of");
	*as_of = MOMENT_NONE;
	if (text_is_empty(value))
		return true;
	if (!moment_parse(value, as_of))
		return error_field(err, "as_of", "as_of must be a time like 2026-11-21 or 2026-11-21T10:00:00Z, not '%.40s'",
		                   value);
	if (as_of->ms > now.ms)
		return error_field(err, "as_of", "as_of lies in the future");
	/* The whole of the day or of the second that is named. */
	int64_t more = !strpbrk(value, "T ") ? DAY_MS - 1 : as_of->ms % SECOND_MS == 0 ? SECOND_MS - 1 : 0;
	struct moment end = moment_add(*as_of, more);
	*as_of = end.ms < now.ms ? end : now;
	return true;
}
