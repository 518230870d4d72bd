/* Who joined and who left in a period. */
#include "insights/list_trend.h"

#include "core/base/local.h"

enum { TREND_WEEKS_MAX = 530 };

static struct moment earlier(struct moment a, struct moment b) {
	return a.ms < b.ms ? a : b;
}

static struct moment later(struct moment a, struct moment b) {
	return a.ms > b.ms ? a : b;
}

/* The first Monday, 00:00, that is not before `at`. */
static struct moment first_week(struct moment at) {
	struct moment start = week_start(at);
	return start.ms < at.ms ? moment_add(start, WEEK_MS) : start;
}

/* The sum of the weeks that begin in [from, to). */
static struct list_week sum_of(const struct rows *weeks, struct moment from, struct moment to) {
	struct list_week sum = { .week = from };
	const struct list_week *items = weeks->items;
	for (int i = 0; i < weeks->count; i++)
		if (items[i].week.ms >= from.ms && items[i].week.ms < to.ms)
			list_week_add(&sum, &items[i]);
	return sum;
}

/* The first and the last week of which anything is known. */
static void find_ends(const struct rows *weeks, struct moment *first, struct moment *last) {
	const struct list_week *items = weeks->items;
	*first = *last = items->week;
	for (int i = 1; i < weeks->count; i++) {
		*first = earlier(*first, items[i].week);
		*last = later(*last, items[i].week);
	}
}

static struct usual usual_before(const struct rows *weeks, struct moment known, struct moment from, int64_t length) {
	double nets[TREND_USUAL_OF];
	int count = 0;
	for (; count < TREND_USUAL_OF && from.ms - length >= known.ms; from = moment_add(from, -length)) {
		struct list_week sum = sum_of(weeks, moment_add(from, -length), from);
		nets[count++] = (double)list_week_net(&sum);
	}
	return usual_of(nets, count);
}

static enum judgement judge(const struct usual *usual, double net) {
	if (usual->count < USUAL_MIN)
		return JUDGED_NOT;
	return net > usual->high ? JUDGED_ABOVE : net < usual->low ? JUDGED_BELOW : JUDGED_WITHIN;
}

/* In wall times, in which each week has seven days of 24 hours. */
static struct list_trend trend_of(const struct rows *weeks, const struct period *period, const struct period *compared,
                                  struct arena *arena) {
	struct list_trend trend = { 0 };
	struct moment known, last;
	if (weeks->count == 0)
		return trend;
	find_ends(weeks, &known, &last);
	bool bounded = moment_is_set(period->from);
	struct moment from = bounded ? later(first_week(period->from), known) : known;
	struct moment to = bounded ? first_week(period->to) : moment_add(last, WEEK_MS);
	int count = from.ms < to.ms ? (int)((to.ms - from.ms) / WEEK_MS) : 0;
	if (count == 0 || count > TREND_WEEKS_MAX)
		return trend;
	struct list_week *rows = arena_array(arena, struct list_week, (size_t)count);
	for (int i = 0; i < count; i++)
		rows[i] = sum_of(weeks, moment_add(from, i * WEEK_MS), moment_add(from, (i + 1) * WEEK_MS));
	trend.weeks = (struct rows){ rows, count };
	trend.total = sum_of(weeks, from, to);
	trend.usual = usual_before(weeks, known, from, count * WEEK_MS);
	trend.judgement = judge(&trend.usual, (double)list_week_net(&trend.total));
	if (!compared || !moment_is_set(compared->from))
		return trend;
	struct moment end = first_week(compared->to), start = moment_add(end, -count * WEEK_MS);
	trend.has_before = start.ms >= known.ms;
	trend.before = sum_of(weeks, start, end);
	return trend;
}

static struct rows in_walls(const struct rows *weeks, struct arena *arena) {
	struct list_week *copy = arena_array(arena, struct list_week, (size_t)weeks->count + 1);
	const struct list_week *items = weeks->items;
	for (int i = 0; i < weeks->count; i++) {
		copy[i] = items[i];
		copy[i].week = local_wall(items[i].week);
	}
	return (struct rows){ copy, weeks->count };
}

struct list_trend list_trend_of(const struct rows *weeks, const struct period *period, const struct period *compared,
                                struct arena *arena) {
	struct rows walls = in_walls(weeks, arena);
	struct period wall = period_wall(period, local_zone()), other = { 0 };
	if (compared)
		other = period_wall(compared, local_zone());
	struct list_trend trend = trend_of(&walls, &wall, compared ? &other : NULL, arena);
	struct list_week *items = trend.weeks.items;
	for (int i = 0; i < trend.weeks.count; i++)
		items[i].week = local_moment(items[i].week);
	trend.total.week = local_moment(trend.total.week);
	trend.before.week = local_moment(trend.before.week);
	return trend;
}

bool list_trend_goes_on(const struct list_trend *trend, struct moment now) {
	const struct list_week *weeks = trend->weeks.items;
	return trend->weeks.count > 0 && local_wall(weeks[trend->weeks.count - 1].week).ms + WEEK_MS > local_wall(now).ms;
}
