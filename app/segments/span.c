/* The ends of conditions on days and numbers. Pure. */
#include <math.h>

#include "segments/rule.h"

static struct moment moment_of(struct moment wall, const struct rule *condition, const struct rule_clock *clock) {
	bool is_calendar = condition->field->type == RULE_DAY;
	return is_calendar ? wall : zone_moment(clock->zone, wall);
}

static struct moment days_after(struct moment day, int64_t days) {
	return moment_add(day, days * DAY_MS);
}

struct rule_span rule_span(const struct rule *condition, const struct rule_clock *clock) {
	const struct rule_value *value = &condition->value;
	struct moment today = day_start(zone_wall(clock->zone, clock->now));
	struct rule_span span = { MOMENT_NONE, MOMENT_NONE };
	switch (condition->op->ends) {
	case ENDS_AT:
	case ENDS_BETWEEN:
		span = (struct rule_span){ value->days[0], days_after(value->days[1], 1) };
		break;
	case ENDS_BELOW:
		span.to = value->days[0];
		break;
	case ENDS_UP_TO:
		span.to = days_after(value->days[0], 1);
		break;
	case ENDS_ABOVE:
		span.from = days_after(value->days[0], 1);
		break;
	case ENDS_FROM:
		span.from = value->days[0];
		break;
	case ENDS_LAST:
		span = (struct rule_span){ days_after(today, -value->count), days_after(today, 1) };
		break;
	case ENDS_OLDER:
		span.to = days_after(today, -value->count);
		break;
	case ENDS_NEXT:
		span = (struct rule_span){ today, days_after(today, value->count + 1) };
		break;
	}
	return (struct rule_span){ moment_of(span.from, condition, clock), moment_of(span.to, condition, clock) };
}

struct rule_range rule_range(const struct rule *condition) {
	const double *numbers = condition->value.numbers;
	enum rule_ends ends = condition->op->ends;
	bool has_from = ends == ENDS_AT || ends == ENDS_BETWEEN || ends == ENDS_ABOVE || ends == ENDS_FROM;
	bool has_to = ends == ENDS_AT || ends == ENDS_BETWEEN || ends == ENDS_BELOW || ends == ENDS_UP_TO;
	return (struct rule_range){ has_from ? numbers[0] : -INFINITY, has_to ? numbers[1] : INFINITY, ends == ENDS_ABOVE,
		                        ends == ENDS_BELOW };
}
