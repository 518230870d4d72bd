/* Report requests. */
#include "reports/request.h"

#include <string.h>

#include "core/base/calendar.h"
#include "core/formats/period.h"
#include "core/http/exchange.h"

static const char *const compare_names[] = {
	[REPORT_PREVIOUS] = "prev", [REPORT_YEAR] = "year", [REPORT_ALONE] = "none"
};
const struct choices report_compares = CHOICES(compare_names);

static const struct field period_fields[] = {
	FIELD(struct report_period, from, .doc = "Campaigns sent from then on"),
	FIELD(struct report_period, to, .doc = "and before then"),
};
const struct record_type report_period_record = RECORD_TYPE("ReportPeriod", struct report_period, period_fields);

static const struct field request_fields[] = {
	FIELD(struct report_request, template, .choices = &report_templates),
	FIELD(struct report_request, title, .max = 200),
	FIELD(struct report_request, partner, .max = 100, .doc = "A partner's id or name"),
	FIELD_RECORD(struct report_request, period, report_period_record),
	FIELD(struct report_request, compare, .choices = &report_compares),
	FIELD(struct report_request, list, .max = 60, .doc = "Id of a list"),
	FIELD(struct report_request, campaigns, .max = 500),
	FIELD(struct report_request, blocks, .max = 30, .doc = "For the custom template, in this order"),
	FIELD(struct report_request, paper, .choices = &paper_names),
	FIELD(struct report_request, note, .max = 2000),
	FIELD(struct report_request, as_of, .doc = "Figures as of then"),
};
const struct record_type report_request_record = RECORD_TYPE("ReportRequest", struct report_request, request_fields);

const char *const report_template_labels[TEMPLATE_COUNT] = { "Campaign summary", "List performance",
	                                                         "Engagement analysis", "Custom: blocks of your choice" };
const char *const report_compare_labels[REPORT_COMPARE_COUNT] = { "the period before", "a year before", "nothing" };
const char *const paper_labels[PAPER_COUNT] = { "A4", "Letter" };

void report_put_options(struct value *view, const char *name, const struct choices *choices, const char *const *labels,
                        int chosen) {
	struct value *list = value_put(view, name, value_list(view->arena));
	for (int i = 0; i < choices->count; i++)
		put_choice(list, choices->names[i], labels[i], i == chosen);
}

bool report_check(const struct report_request *request, struct moment now, struct error *err) {
	const struct report_period *period = &request->period;
	int block;
	if (moment_is_set(period->from) != moment_is_set(period->to))
		return error_field(err, "period", "Enter both dates");
	if (moment_is_set(period->from) && period->from.ms >= period->to.ms)
		return error_field(err, "period", "The period ends before it begins");
	if (moment_is_set(request->as_of) && request->as_of.ms > now.ms)
		return error_field(err, "as_of", "This moment is in the future");
	for (int i = 0; i < request->blocks.count; i++)
		if (!choice_find(&block_names, request->blocks.items[i], &block))
			return error_field(err, "blocks", "There is no block “%.40s”", request->blocks.items[i]);
	if (request->template == TEMPLATE_CUSTOM && request->blocks.count == 0)
		return error_field(err, "blocks", "Choose at least one block");
	return true;
}

/* Both ends are days of the period, in its zone. */
static struct period days_of(const struct report_period *period, const char *zone_name) {
	ZONE_AUTO zone = zone_open(zone_name);
	struct period days = { "custom", period->from, moment_add(period->to, -1) };
	return period_wall(&days, zone);
}

char *report_period_text(const struct report_period *period, const char *zone_name, struct arena *arena) {
	if (!moment_is_set(period->from))
		return arena_copy(arena, "all of time");
	struct period days = days_of(period, zone_name);
	ZONE_AUTO zone = zone_open(zone_name);
	return arena_print(arena, "%s (%s)", text_of_dates(arena, days.from, days.to), zone ? zone_name : "UTC");
}

char *report_day(struct moment wall, struct arena *arena) {
	char *day = text_of_date(arena, wall), *space = strrchr(day, ' ');
	if (space)
		*space = '\0';
	return day;
}

static bool is_month(const struct period *days) {
	struct moment after = day_start(moment_add(days->to, DAY_MS));
	return months_between(days->from, after) == 1 && date_of(days->from).day == 1 && date_of(after).day == 1;
}

char *report_span(const struct report_period *period, const char *zone_name, struct arena *arena) {
	static const char *const months[] = { "January", "February", "March",     "April",   "May",      "June",
		                                  "July",    "August",   "September", "October", "November", "December" };
	if (!moment_is_set(period->from))
		return arena_copy(arena, "all campaigns so far");
	struct period days = days_of(period, zone_name);
	struct date first = date_of(days.from);
	return is_month(&days) ? arena_print(arena, "%s %d", months[first.month - 1], first.year)
	                       : text_of_dates(arena, days.from, days.to);
}
