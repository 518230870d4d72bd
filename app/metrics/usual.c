/* The usual range of a rate. */
#include "metrics/usual.h"

#include <math.h>

#include "metrics/statistics.h"

struct usual usual_of(const double *rates, int count) {
	return (struct usual){ .low = stats_percentile(rates, count, 25),
		                   .median = stats_median(rates, count),
		                   .high = stats_percentile(rates, count, 75),
		                   .count = count };
}

const char *usual_text(struct arena *arena, enum metric metric, const struct usual *usual) {
	int decimals = metric_rows[metric].decimals;
	return usual->count == 0 ? NULL
	                         : arena_print(arena, "%.*f–%.*f\u00a0%%, median %.*f\u00a0%%", decimals, usual->low,
	                                       decimals, usual->high, decimals, usual->median);
}

/* With so many decimals; one number if both ends are the same. */
static char *range_at(struct arena *arena, const struct usual *usual, int decimals, bool *same) {
	char *low = arena_print(arena, "%.*f", decimals, usual->low),
		 *high = arena_print(arena, "%.*f", decimals, usual->high);
	*same = text_same(low, high);
	return *same ? arena_print(arena, "%s\u00a0%%", low) : arena_print(arena, "%s–%s\u00a0%%", low, high);
}

const char *usual_range_text(struct arena *arena, enum metric metric, const struct usual *usual, bool exact) {
	bool same;
	if (usual->count == 0)
		return NULL;
	char *words = range_at(arena, usual, metric_rows[metric].decimals - 1, &same);
	return same || exact || usual->high < 1 ? range_at(arena, usual, metric_rows[metric].decimals, &same) : words;
}

enum judgement usual_judge(const struct usual *usual, const struct metrics *metrics, enum metric metric) {
	if (usual->count < USUAL_MIN || isnan(metrics_rate(metrics, metric)))
		return JUDGED_NOT;
	struct interval interval = metrics_interval(metrics, metric);
	if (isnan(interval.low))
		return JUDGED_NOT;
	return interval.low > usual->high ? JUDGED_ABOVE : interval.high < usual->low ? JUDGED_BELOW : JUDGED_WITHIN;
}

enum judgement usual_judge_beside(const struct usual *usual, const struct metrics *settled, double shown,
                                  enum metric metric) {
	enum judgement judged = usual_judge(usual, settled, metric);
	bool contradicts = (judged == JUDGED_ABOVE && shown <= usual->high) ||
	                   (judged == JUDGED_BELOW && shown >= usual->low);
	return contradicts ? JUDGED_WITHIN : judged;
}

const char *judgement_text(enum judgement judgement, enum metric metric, const char **side) {
	static const char *const words[] = { [JUDGED_BELOW] = "below its usual range",
		                                 [JUDGED_WITHIN] = "within its usual range",
		                                 [JUDGED_ABOVE] = "above its usual range" };
	bool good = (judgement == JUDGED_ABOVE) == metric_rows[metric].up_is_good;
	*side = judgement == JUDGED_ABOVE || judgement == JUDGED_BELOW ? good ? "better" : "worse" : NULL;
	return words[judgement];
}

const char *verdict_text(enum judgement judgement, enum metric metric, const char **kind) {
	bool outside = judgement == JUDGED_ABOVE || judgement == JUDGED_BELOW;
	bool good = (judgement == JUDGED_ABOVE) == metric_rows[metric].up_is_good;
	*kind = !outside ? NULL : good ? "good" : "bad";
	return !outside ? NULL : judgement == JUDGED_ABOVE ? "Above" : "Below";
}
