/* Bounces that come again and again. */
#include "inbound/softness.h"

#include <string.h>

#include "core/base/text.h"

static bool counts(const struct soft_bounce *bounce, struct moment since) {
	return bounce->campaign_id && moment_is_set(bounce->at) && (!moment_is_set(since) || bounce->at.ms > since.ms);
}

static bool is_same_day(const struct soft_bounce *a, const struct soft_bounce *b) {
	return text_same(a->campaign_id, b->campaign_id) && a->at.ms / DAY_MS == b->at.ms / DAY_MS;
}

static int points_of(const struct soft_bounce *bounce) {
	return bounce->status && strcmp(bounce->status, "4.4.7") == 0 ? 2 : 1;
}

/* Of several of one campaign and day the one with most points; of equal ones the first. */
static bool is_best_of_its_day(const struct soft_bounce *bounces, int count, int at, struct moment since) {
	for (int i = 0; i < count; i++) {
		int more = points_of(&bounces[i]) - points_of(&bounces[at]);
		if (i != at && counts(&bounces[i], since) && is_same_day(&bounces[i], &bounces[at]) &&
		    (more > 0 || (more == 0 && i < at)))
			return false;
	}
	return true;
}

bool soft_is_too_often(const struct soft_bounce *bounces, int count, struct moment since, int *points) {
	int64_t first = INT64_MAX, last = INT64_MIN;
	*points = 0;
	for (int i = 0; i < count; i++) {
		if (!counts(&bounces[i], since) || !is_best_of_its_day(bounces, count, i, since))
			continue;
		*points += points_of(&bounces[i]);
		first = bounces[i].at.ms < first ? bounces[i].at.ms : first;
		last = bounces[i].at.ms > last ? bounces[i].at.ms : last;
	}
	return *points >= SOFT_POINTS_AT_ONCE || (*points >= SOFT_POINTS && last - first >= SOFT_DAYS * DAY_MS);
}
