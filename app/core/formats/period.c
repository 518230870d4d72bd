/* Periods in query strings. */
#include "core/formats/period.h"

#include <string.h>

#include "core/base/local.h"
#include "core/base/text.h"

const struct period_name period_names[] = {
	{ "7d", "7 days" },     { "28d", "28 days" },    { "30d", "30 days" },
	{ "90d", "90 days" },   { "mtd", "This month" }, { "lastmonth", "Last month" },
	{ "ytd", "This year" }, { "12m", "12 months" },  { "all", "All" },
	{ NULL, NULL },
};

static bool named(const char *name, struct moment now, struct period *period) {
	static const struct {
		const char *name;
		int days;
	} lengths[] = { { "7d", 7 }, { "28d", 28 }, { "30d", 30 }, { "90d", 90 } };
	struct moment end = moment_add(day_start(now), DAY_MS);
	*period = (struct period){ name, MOMENT_NONE, MOMENT_NONE };
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
		if (strcmp(lengths[i].name, name) == 0)
			*period = (struct period){ lengths[i].name, moment_add(end, -lengths[i].days * DAY_MS), end };
	if (strcmp(name, "mtd") == 0)
		*period = (struct period){ "mtd", month_start(now, 0), end };
	else if (strcmp(name, "lastmonth") == 0)
		*period = (struct period){ "lastmonth", month_start(now, -1), month_start(now, 0) };
	else if (strcmp(name, "ytd") == 0)
		*period = (struct period){ "ytd", year_start(now), end };
	else if (strcmp(name, "12m") == 0)
		*period = (struct period){ "12m", year_before(end, true), end };
	return moment_is_set(period->from) || strcmp(name, "all") == 0;
}

/* A wall time: a bare day as it is, a moment as clocks showed it. */
static bool parse_wall(const char *value, struct moment *at) {
	if (!moment_parse(value, at))
		return false;
	if (strpbrk(value, "T "))
		*at = local_wall(*at);
	return true;
}

static bool read_day(const struct params *query, const char *name, struct moment *at, struct error *err) {
	const char *value = params_get(query, name);
	return text_is_empty(value) || parse_wall(value, at) ||
	       error_field(err, name, "“%.40s” is not a date. Write it like 2026-11-21", value);
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
	return period->from.ms < period->to.ms || error_field(err, last, "The period ends before it begins");
}

bool period_read_wall(const struct params *query, struct moment now, const char *otherwise, struct period *period,
                      struct error *err) {
	const char *name = params_get(query, "period");
	if (!text_is_empty(params_get(query, "from")) || !text_is_empty(params_get(query, "to")))
		return read_days(query, "from", "to", moment_add(day_start(now), DAY_MS), period, err);
	return named(text_is_empty(name) ? otherwise : name, now, period) ||
	       error_field(err, "period", "“%.40s” is not a period", name) ||
	       error_codes(err, ". Use 7d, 28d, 30d, 90d, 12m, mtd, lastmonth, ytd or all");
}

bool period_read(const struct params *query, struct moment now, const char *otherwise, struct period *period,
                 struct error *err) {
	struct period wall;
	if (!period_read_wall(query, local_wall(now), otherwise, &wall, err))
		return false;
	*period = period_moments(&wall, local_zone());
	return true;
}

static struct period shifted(const struct period *period, const char *name, int64_t by) {
	return (struct period){ name, moment_add(period->from, -by), moment_add(period->to, -by) };
}

static bool is_named(const struct period *period, const char *const *names) {
	for (; *names; names++)
		if (text_same(period->name, *names))
			return true;
	return false;
}

/* From a day of one month to the same of another, at the same time. */
static bool is_of_months(const struct period *period) {
	struct moment from = period->from, to = period->to;
	return date_of(from).day == date_of(to).day && from.ms - day_start(from).ms == to.ms - day_start(to).ms;
}

static struct moment earlier_of(struct moment a, struct moment b) {
	return a.ms < b.ms ? a : b;
}

struct period period_before(const struct period *period, bool weekdays) {
	static const char *const of_days[] = { "7d", "28d", "30d", "90d", NULL }, *const of_a_year[] = { "ytd", "12m",
		                                                                                             NULL };
	struct moment from = period->from, to = period->to;
	int64_t length = to.ms - from.ms;
	if (weekdays)
		return shifted(period, "prev", (length + WEEK_MS - 1) / WEEK_MS * WEEK_MS);
	if (is_named(period, of_a_year))
		return (struct period){ "prev", year_before(from, false), year_before(to, true) };
	if (text_same(period->name, "mtd")) {
		struct moment start = month_start(from, -1);
		return (struct period){ "prev", start, earlier_of(moment_add(start, length), from) };
	}
	if (!is_named(period, of_days) && is_of_months(period))
		return (struct period){ "prev", months_later(from, -months_between(from, to), false), from };
	return shifted(period, "prev", length);
}

struct period period_year_before(const struct period *period) {
	return (struct period){ "year", year_before(period->from, false), year_before(period->to, true) };
}

struct period period_moments(const struct period *wall, const struct zone *zone) {
	return (struct period){ wall->name, zone_moment(zone, wall->from), zone_moment(zone, wall->to) };
}

struct period period_wall(const struct period *period, const struct zone *zone) {
	return (struct period){ period->name, zone_wall(zone, period->from), zone_wall(zone, period->to) };
}

/* In wall times. */
static bool compare(const struct params *query, const struct period *period, struct period *compared, bool *has,
                    struct error *err) {
	const char *how = params_get(query, "compare"), *match = params_get(query, "match");
	bool weekdays = match && strcmp(match, "weekday") == 0;
	*compared = (struct period){ "none", MOMENT_NONE, MOMENT_NONE };
	*has = moment_is_set(period->from);
	if (!text_is_empty(match) && !weekdays && strcmp(match, "date") != 0)
		return error_field(err, "match", "“%.40s” is not a way to match days", match) ||
		       error_codes(err, ". Use date or weekday");
	if (text_is_empty(how) || strcmp(how, "prev") == 0) {
		if (*has)
			*compared = period_before(period, weekdays);
	} else if (strcmp(how, "year") == 0) {
		if (*has)
			*compared = weekdays ? shifted(period, "year", 52 * WEEK_MS) : period_year_before(period);
	} else if (strcmp(how, "custom") == 0) {
		*has = true;
		return read_days(query, "cfrom", "cto", MOMENT_NONE, compared, err);
	} else if (strcmp(how, "none") == 0) {
		*has = false;
	} else {
		return error_field(err, "compare", "“%.40s” is not a comparison", how) ||
		       error_codes(err, ". Use prev, year, custom or none");
	}
	return true;
}

bool period_compare(const struct params *query, const struct period *period, struct period *compared, bool *has,
                    struct error *err) {
	struct period wall = period_wall(period, local_zone()), other;
	if (!compare(query, &wall, &other, has, err))
		return false;
	*compared = period_moments(&other, local_zone());
	return true;
}

bool period_as_of(const struct params *query, struct moment now, struct moment *as_of, struct error *err) {
	const char *value = params_get(query, "as_of");
	*as_of = MOMENT_NONE;
	if (text_is_empty(value))
		return true;
	if (!moment_parse(value, as_of))
		return error_field(err, "as_of",
		                   "“%.40s” is not a date or time. Write it like 2026-11-21 or 2026-11-21T10:00:00Z", value);
	bool is_day = !strpbrk(value, "T ");
	struct moment day = *as_of;
	if (is_day)
		*as_of = local_moment(day);
	if (as_of->ms > now.ms)
		return error_field(err, "as_of", "This moment is in the future");
	/* Include the whole day, or the whole second, that is named. */
	struct moment end = is_day ? moment_add(local_moment(moment_add(day, DAY_MS)), -1)
	                           : moment_add(*as_of, as_of->ms % SECOND_MS == 0 ? SECOND_MS - 1 : 0);
	*as_of = end.ms < now.ms ? end : now;
	return true;
}
