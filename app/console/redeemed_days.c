/* Redemptions by day. */
#include "console/redeemed.h"

#include <string.h>

#include "core/base/local.h"
#include "metrics/share.h"

enum { DAYS = 14, SOON = 3 };

struct days {
	int count;
	int64_t sum, soon; /* of all that are shown; of the first SOON */
};

/* A day is as long as its zone has it. */
static struct moment day_after(struct moment day) {
	return local_day_start(moment_add(day, 36 * HOUR_MS));
}

static bool put_days(struct exchange *x, struct value *rows, const char *campaign_id, struct moment first,
                     int64_t people, struct days *days, struct error *err) {
	struct moment day = local_day_start(first);
	for (; days->count < DAYS && day.ms <= x->now.ms && days->sum < people; day = day_after(day)) {
		int64_t count;
		if (!redeemed_between(x->store, campaign_id, day, day_after(day), &count, err))
			return false;
		struct value *row = value_push(rows, value_map(x->arena));
		const char *text = text_of_day(x->arena, day);
		value_put_text(row, "day", text);
		value_put_text(row, "tick", arena_copy_bytes(x->arena, text, (size_t)(strrchr(text, ' ') - text)));
		value_put_text(row, "count", text_of_count(x->arena, count));
		days->sum += count;
		days->count++;
		if (days->count <= SOON)
			days->soon = days->sum;
	}
	return true;
}

static const char *finding(struct exchange *x, const struct days *days, int64_t people) {
	const char *share = share_text(x->arena, days->soon, people);
	const char *start = days->count <= SOON ? "All of them within 3 days."
	                                        : arena_print(x->arena, "%s within the first 3 days.", share);
	return people > days->sum ? arena_print(x->arena, "%s %s later than these days.", start,
	                                        text_of_count(x->arena, people - days->sum))
	                          : start;
}

bool redeemed_days_put(struct exchange *x, struct value *view, const char *campaign_id, int64_t people,
                       struct error *err) {
	struct value *rows = value_put(view, "days", value_list(x->arena));
	struct days days = { 0 };
	struct moment first;
	if (!redeemed_first(x->store, campaign_id, &first, err) ||
	    (moment_is_set(first) && !put_days(x, rows, campaign_id, first, people, &days, err)))
		return false;
	value_put_bool(view, "has_days", days.count > 1);
	value_put_text(view, "days_finding", finding(x, &days, people));
	return true;
}
