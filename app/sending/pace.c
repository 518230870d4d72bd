/* Limits of speed. */
#include "sending/pace.h"

static const int64_t unit_ms[] = {
	[PACE_SECOND] = SECOND_MS, [PACE_MINUTE] = MINUTE_MS, [PACE_HOUR] = HOUR_MS, [PACE_DAY] = DAY_MS
};
_Static_assert(sizeof unit_ms / sizeof *unit_ms == PACE_UNIT_COUNT, "a length a unit");

const struct pace PACE_UNUSED = {
	{ { { INT64_MIN }, 0 }, { { INT64_MIN }, 0 }, { { INT64_MIN }, 0 }, { { INT64_MIN }, 0 } }, { INT64_MIN }, 0
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

/* --- gaps and pauses --- */

static bool has_pauses(const struct pace_limits *limits) {
	return limits->batch > 0 && limits->pause_ms > 0;
}

/* One a minute is one, and the next a minute later: not one at the end of a minute and another as the next begins. */
static int64_t gap_of(const struct pace_limits *limits) {
	int64_t gap = limits->gap_ms;
	for (int unit = 0; unit < PACE_UNIT_COUNT; unit++)
		if (limits->per[unit] == 1 && unit_ms[unit] > gap)
			gap = unit_ms[unit];
	return gap;
}

/* If the clock was set back, the longer of the two begins now. */
static int64_t rest_ms(const struct pace_limiter *limiter, struct moment now) {
	const struct pace_limits *limits = limiter->limits;
	struct pace *pace = limiter->pace;
	const int64_t gap = gap_of(limits);
	int64_t longest = has_pauses(limits) && limits->pause_ms > gap ? limits->pause_ms : gap;
	if (!moment_is_set(pace->free_at) || pace->free_at.ms <= now.ms)
		return 0;
	if (pace->free_at.ms - now.ms > longest)
		pace->free_at = moment_add(now, longest);
	return pace->free_at.ms - now.ms;
}

/* How many may go at once: one with a gap, as many as the batch has left with pauses. */
static int64_t at_once(const struct pace_limiter *limiter) {
	const struct pace_limits *limits = limiter->limits;
	int64_t left = limits->batch - limiter->pace->in_batch;
	if (gap_of(limits) > 0)
		return 1;
	return left > 0 ? left : 1;
}

static void space(struct pace_grant *grant, const struct pace_limiter *limiter, int index, struct moment now) {
	if (gap_of(limiter->limits) <= 0 && !has_pauses(limiter->limits))
		return;
	int64_t rest = rest_ms(limiter, now), most = rest > 0 ? 0 : at_once(limiter);
	bool was_empty = grant->count == 0;
	if (most < grant->count) {
		grant->count = most;
		grant->limiter = index;
		grant->unit = PACE_UNIT_COUNT;
	}
	if (rest > 0 && (!was_empty || rest > grant->valid_ms))
		grant->valid_ms = rest;
}

static void note_spaced(const struct pace_limiter *limiter, int64_t count, struct moment now) {
	struct pace *pace = limiter->pace;
	const struct pace_limits *limits = limiter->limits;
	pace->in_batch += has_pauses(limits) ? count : 0;
	bool is_full = has_pauses(limits) && pace->in_batch >= limits->batch;
	const int64_t gap = gap_of(limits);
	int64_t wait = is_full && limits->pause_ms > gap ? limits->pause_ms : gap;
	if (is_full)
		pace->in_batch = 0;
	pace->free_at = wait > 0 ? moment_add(now, wait) : MOMENT_NONE;
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
	for (int i = 0; i < count; i++)
		space(&grant, &limiters[i], i, now);
	for (int i = 0; i < count && grant.count > 0; i++) {
		for (int unit = 0; unit < PACE_UNIT_COUNT; unit++)
			if (limiters[i].limits->per[unit] > 0)
				limiters[i].pace->windows[unit].used += grant.count;
		note_spaced(&limiters[i], grant.count, now);
	}
	return grant;
}

bool pace_was_moved(const struct pace *before, const struct pace *now) {
	for (int unit = 0; unit < PACE_UNIT_COUNT; unit++)
		if (now->windows[unit].start.ms < before->windows[unit].start.ms)
			return true;
	return now->free_at.ms < before->free_at.ms;
}
