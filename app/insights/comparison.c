/* Campaigns beside each other. */
#include "insights/comparison.h"

#include <math.h>

#include "insights/peers.h"
#include "metrics/share.h"

/* "B", "A and C" */
static const char *letters_of(struct arena *arena, const bool among[COMPARED_MAX], int count) {
	BUF_AUTO out = { 0 };
	int left = 0;
	for (int i = 0; i < count; i++)
		left += among[i];
	for (int i = 0; i < count; i++)
		if (among[i])
			buf_print(&out, "%s%s", compared_letter(i), --left > 1 ? ", " : left == 1 ? " and " : "");
	return arena_copy(arena, buf_text(&out));
}

const struct reserve *comparison_reserve(struct arena *arena, const struct campaign *campaigns, int count,
                                         struct moment now) {
	struct reserve *reserve = arena_array(arena, struct reserve, 1);
	bool young[COMPARED_MAX] = { 0 }, few[COMPARED_MAX] = { 0 };
	int young_count = 0, few_count = 0;
	struct moment settled = MOMENT_NONE;
	for (int i = 0; i < count; i++) {
		const struct campaign *campaign = &campaigns[i];
		struct moment in = moment_add(campaign->sent_at, SETTLING_MS);
		young[i] = !campaign_has_settled(campaign, now);
		few[i] = campaign->has_report && metrics_delivered(&campaign->current_metrics) < METRICS_FEW;
		young_count += young[i];
		few_count += few[i];
		settled = young[i] && (!moment_is_set(settled) || in.ms > settled.ms) ? in : settled;
	}
	const char *letters = letters_of(arena, young_count ? young : few, count);
	if (young_count)
		*reserve = (struct reserve){
			"Still collecting",
			arena_print(arena, "No verdict yet: %s %s still collecting", letters, young_count == 1 ? "is" : "are"),
			settled.ms > now.ms ? arena_print(arena,
			                                  "Which one did better can be said from %s on, 3\u00a0days "
			                                  "after sending.",
			                                  text_of_moment_near(arena, settled, now))
								: "Which one did better can be said 3\u00a0days after sending."
		};
	else if (few_count)
		*reserve = (struct reserve){ "Too few to judge",
			                         arena_print(arena, "No verdict: too few people got %s", letters),
			                         arena_print(arena, "Under %d delivered, a difference says little.", METRICS_FEW) };
	return young_count || few_count ? reserve : NULL;
}

static double rate_of(const struct compared *compared, int i) {
	return share_percent(compared->shares[i].part, compared->shares[i].whole);
}

/* The best and the worst of those that are known. */
static void find_extremes(const struct compared *compared, bool up_is_good, struct difference *difference) {
	for (int i = 0; i < compared->count; i++) {
		double rate = rate_of(compared, i);
		int *best = up_is_good ? &difference->first : &difference->second;
		int *worst = up_is_good ? &difference->second : &difference->first;
		if (isnan(rate))
			continue;
		if (*best < 0 || rate > rate_of(compared, *best))
			*best = i;
		if (*worst < 0 || rate <= rate_of(compared, *worst))
			*worst = i;
	}
	if (difference->first == difference->second)
		difference->first = difference->second = -1;
}

/* Is it clearly better than each of the others that are known? */
static bool beats_all(const struct compared *compared, int better) {
	for (int i = 0; i < compared->count; i++)
		if (i != better && !isnan(rate_of(compared, i)) &&
		    !stats_excludes_zero(stats_difference(compared->shares[better], compared->shares[i], compared->count)))
			return false;
	return true;
}

struct difference difference_of(const struct compared *compared, enum metric metric) {
	bool up_is_good = metric_rows[metric].up_is_good;
	struct difference difference = {
		.first = -1, .second = -1, .points = NAN, .interval = { NAN, NAN }, .better = -1, .reserve = compared->reserve
	};
	int known = 0, none = 0;
	for (int i = 0; i < compared->count; i++) {
		known += !isnan(rate_of(compared, i));
		none += rate_of(compared, i) == 0;
	}
	difference.none = known > 0 && none == known;
	if (known < 2)
		return difference;
	if (compared->count == 2) {
		difference.first = 0;
		difference.second = 1;
	} else {
		find_extremes(compared, up_is_good, &difference);
	}
	if (difference.first < 0)
		return difference;
	difference.points = change_points(rate_of(compared, difference.first), rate_of(compared, difference.second));
	difference.interval = stats_difference(compared->shares[difference.first], compared->shares[difference.second],
	                                       compared->count);
	if (!compared->reserve && stats_excludes_zero(difference.interval)) {
		difference.better = (difference.points > 0) == up_is_good ? difference.first : difference.second;
		difference.is_best = compared->count > 2 && beats_all(compared, difference.better);
	}
	return difference;
}

/* Of the pair, the one that is not better. */
static int other_of(const struct difference *difference) {
	return difference->better == difference->first ? difference->second : difference->first;
}

const char *compared_letter(int i) {
	static const char *const letters[COMPARED_MAX] = { "A", "B", "C", "D", "E", "F" };
	return letters[i];
}

const char *difference_verdict(struct arena *arena, enum metric metric, const struct difference *difference, int count,
                               bool *clear) {
	*clear = false;
	if (difference->reserve)
		return difference->reserve->verdict;
	if (difference->none)
		return "None";
	if (difference->first < 0)
		return isnan(difference->points) && count > 2 ? "No clear difference" : "Not known";
	if (difference->better < 0)
		return isnan(difference->interval.low) ? "Not known" : "No clear difference";
	const char *better = compared_letter(difference->better);
	if (metric == METRIC_OPEN_RATE)
		return arena_print(arena, "%s is higher; opens are unreliable", better);
	*clear = true;
	if (count == 2)
		return arena_print(arena, "%s is better", better);
	if (difference->is_best)
		return arena_print(arena, "%s is best", better);
	return arena_print(arena, "%s is better than %s", better,
	                   compared_letter(difference->better == difference->first ? difference->second
	                                                                           : difference->first));
}

static const char *signed_text(struct arena *arena, int decimals, double number, bool plus) {
	if (fabs(number) < 0.5 * pow(10, -decimals))
		number = plus = 0;
	return arena_print(arena, "%s%.*f", number < 0 ? "−" : plus ? "+" : "", decimals, fabs(number));
}

const char *difference_points(struct arena *arena, enum metric metric, const struct difference *difference) {
	if (isnan(difference->points) || difference->none)
		return NULL;
	return arena_print(arena, "%s\u00a0pp", signed_text(arena, metric_rows[metric].decimals, difference->points, true));
}

const char *difference_interval(struct arena *arena, enum metric metric, const struct difference *difference) {
	int decimals = metric_rows[metric].decimals > 1 ? metric_rows[metric].decimals - 1 : 1;
	if (isnan(difference->interval.low) || difference->none)
		return NULL;
	return arena_print(arena, "%s to %s", signed_text(arena, decimals, difference->interval.low, false),
	                   signed_text(arena, decimals, difference->interval.high, false));
}

static const char *rate_text(struct arena *arena, const struct compared *compared, enum metric metric, int i) {
	return metric_text(arena, metric, rate_of(compared, i));
}

static const char *click_title(struct arena *arena, const struct compared *clicks,
                               const struct difference *difference) {
	if (difference->reserve)
		return difference->reserve->title;
	if (difference->none)
		return "Nobody clicked";
	if (difference->first < 0)
		return "Not enough is known to compare clicks";
	if (difference->better < 0)
		return "No clear difference in clicks";
	int better = difference->better, other = other_of(difference);
	if (difference->is_best)
		return arena_print(arena, "%s has the highest click rate", compared_letter(better));
	double times = rate_of(clicks, better) / rate_of(clicks, other);
	return arena_print(arena, "%s’s click rate is %s %s’s", compared_letter(better),
	                   times >= 2 ? "more than twice" : "higher than", compared_letter(other));
}

static void add_opens(struct buf *out, const struct compared *opens) {
	struct difference difference = difference_of(opens, METRIC_OPEN_RATE);
	if (difference.better >= 0)
		buf_print(out, " %s was opened more often, but opens are unreliable.", compared_letter(difference.better));
}

/* The losses that differ, and those that do not. */
static void add_losses(struct buf *out, const struct compared compared[METRIC_COUNT]) {
	static const struct {
		enum metric metric;
		const char *words;
	} losses[] = { { METRIC_BOUNCE_RATE, "bounces" },
		           { METRIC_UNSUBSCRIBE_RATE, "unsubscribes" },
		           { METRIC_COMPLAINT_RATE, "complaints" } };
	const char *same[sizeof losses / sizeof *losses];
	int count = 0;
	for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
		struct difference difference = difference_of(&compared[losses[i].metric], losses[i].metric);
		if (difference.better >= 0)
			buf_print(out, " %s had fewer %s than %s.", compared_letter(difference.better), losses[i].words,
			          compared_letter(other_of(&difference)));
		else if (!isnan(difference.interval.low))
			same[count++] = losses[i].words;
	}
	for (int i = 0; i < count; i++)
		buf_print(out, "%s%s", i == 0 ? " No clear difference in " : i == count - 1 ? " and " : ", ", same[i]);
	if (count)
		buf_text_add(out, ".");
}

static const char *difference_words(const struct difference *difference) {
	if (difference->reserve)
		return "so far a difference";
	return difference->better < 0 ? "chance may explain the difference" : "a difference";
}

struct finding comparison_finding(struct arena *arena, const struct compared compared[METRIC_COUNT], const char *when) {
	const struct compared *clicks = &compared[METRIC_CLICK_RATE];
	struct difference difference = difference_of(clicks, METRIC_CLICK_RATE);
	struct finding finding = { .title = click_title(arena, clicks, &difference) };
	BUF_AUTO out = { 0 };
	if (difference.first >= 0 && !difference.none)
		buf_print(&out, "%s %s against %s %s %s: %s of %s (95\u00a0%% interval %s\u00a0pp).",
		          compared_letter(difference.first), rate_text(arena, clicks, METRIC_CLICK_RATE, difference.first),
		          compared_letter(difference.second), rate_text(arena, clicks, METRIC_CLICK_RATE, difference.second),
		          when, difference_words(&difference),
		          arena_print(arena, "%s\u00a0pp", signed_text(arena, 2, difference.points, false)),
		          difference_interval(arena, METRIC_CLICK_RATE, &difference));
	if (difference.reserve)
		buf_print(&out, " %s", difference.reserve->text);
	add_opens(&out, &compared[METRIC_OPEN_RATE]);
	if (!difference.reserve)
		add_losses(&out, compared);
	const char *text = buf_text(&out);
	finding.text = arena_copy(arena, *text == ' ' ? text + 1 : text);
	return finding;
}
