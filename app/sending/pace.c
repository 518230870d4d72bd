/* Limits of speed. */
#include "sending/pace.h"

static const int64_t unit_ms[] = {
	[PACE_SECOND] = SECOND_MS, [PACE_MINUTE] = MINUTE_MS, [PACE_HOUR] = HOUR_MS, [PACE_DAY] = DAY_MS
};
_Static_assert(sizeof unit_ms / sizeof *unit_ms == PACE_UNIT_COUNT, "a length a unit");

const struct pace PACE_UNUSED = {
	{ { { INT64_MIN }, 0 }, { { INT64_MIN }, 0 }, { { INT64_MIN }, 0 }, { { INT64_MIN }, 0 } }
};

int64_t pace_unit_ms(enum pace_unit unit) {
	return unit_ms[unit];
}

/* The beginning of the whole second, minute … UTC in which `now` lies. */
static struct moment beginning(enum pace_unit unit, struct moment now) {
	int64_t into = now.ms % unit_ms[unit];
	return (struct moment){ now.ms - (into < 0 ? into + unit_ms[unit] : into) };
}

/* Brings a window to now. */
static void renew(struct pace_window *window, enum pace_unit unit, struct moment now) {
	if (!moment_is_set(window->start) || window->start.ms + unit_ms[unit] <= now.ms)
		*window = (struct pace_window){ beginning(unit, now), 0 };
	else if (window->start.ms > now.ms)
		window->start = now;
}

/* Narrows what is granted to what is left in a window. */
static void narrow(struct pace_grant *grant, const struct pace_limiter *limiter, int index, enum pace_unit unit,
                   struct moment now) {
	const struct pace_window *window = &limiter->pace->windows[unit];
	int64_t left = limiter->limits->per[unit] - window->used, ends = window->start.ms + unit_ms[unit] - now.ms;
	if (left < 0)
		left = 0;
	bool was_empty = grant->count == 0;
	if (left < grant->count) {
		grant->count = left;
		grant->limiter = index;
		grant->unit = unit;
	}
	/* The first window that ends; if nothing is left, the last of those that are used up. */
	bool decides = left > 0 ? grant->count > 0 && ends < grant->valid_ms : !was_empty || ends > grant->valid_ms;
	if (decides)
		grant->valid_ms = ends;
}

struct pace_grant pace_take(const struct pace_limiter *limiters, int count, int64_t want, struct moment now) {
	struct pace_grant grant = { want, HOUR_MS, -1, PACE_SECOND };
	for (int i = 0; i < count; i++)
		for (int unit = 0; unit < PACE_UNIT_COUNT; unit++) {
			if (limiters[i].limits->per[unit] <= 0)
				continue;
			renew(&limiters[i].pace->windows[unit], (enum pace_unit)unit, now);
			narrow(&grant, &limiters[i], i, (enum pace_unit)unit, now);
		}
	for (int i = 0; i < count && grant.count > 0; i++)
		for (int unit = 0; unit < PACE_UNIT_COUNT; unit++)
			if (limiters[i].limits->per[unit] > 0)
				limiters[i].pace->windows[unit].used += grant.count;
	return grant;
}
