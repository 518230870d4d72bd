/* The growth of a list by week and cause: a rollup maintained by the contacts run (audience/contacts/rollup.h). */
#ifndef AUDIENCE_LISTS_WEEK_H
#define AUDIENCE_LISTS_WEEK_H

#include "audience/lists/list.h"
#include "metrics/statistics.h"

/* One week of a list: who joined, and who left and why. A contact joins in the week of its created_at and leaves in
 * that of the event that explains it (events/leaving.h), or else of its last change. Unconfirmed contacts have not
 * joined yet. */
struct list_week {
	struct moment week;                                           /* its Monday, 00:00 */
	int64_t joined, unsubscribed, complained, bounced, otherwise; /* contacts */
};
extern const struct record_type list_week_record;

/* Adds the counts, checked (core/base/checked.h); the sum keeps its week. */
void list_week_add(struct list_week *sum, const struct list_week *week);

/* Everybody who left, whatever the cause. */
int64_t list_week_left(const struct list_week *week);

/* Joined less left. */
int64_t list_week_net(const struct list_week *week);

/* Those who joined in one month, and how many of them had left within 1, 2, … months (of 30 days). */
enum { COHORT_MONTHS = 13 };
struct cohort {
	struct moment month; /* its first day, 00:00 */
	int64_t joined;
	struct rows left; /* struct cohort_step: COHORT_MONTHS of them, cumulative */
};
struct cohort_step {
	int64_t left;
};
extern const struct record_type cohort_record;

/* Who joined and who left in the newest FLOW_WEEKS weeks, beside as many before and what is usual. Counts are
 * COUNT_NONE and intervals NaN where too few weeks are known. */
enum { FLOW_WEEKS = 13 };
struct list_flow {
	struct flow_count {
		int64_t count, before; /* contacts; before: in as many weeks before them */
		bool differs;          /* the two differ by more than chance, 95 % */
		struct interval usual; /* 95 % prediction from all weeks before the newest, at most a year of them */
	} joined, left;
};

/* Pure. `weeks` (struct list_week) is oldest first. */
void list_flow_of(const struct rows *weeks, struct list_flow *flow);

struct list_counted {
	struct rows weeks, cohorts; /* struct list_week and struct cohort, oldest first */
};

/* Stores them by UTC's clock and by that of the zone in use (empty if that is UTC). */
bool list_save_weeks(struct store *store, const char *list_id, const struct list_counted *utc,
                     const struct list_counted *local, struct error *err) MUST_CHECK;

/* *has: weeks and cohorts have been counted for the zone in use. Until then, those of UTC are found. */
bool list_has_local_weeks(struct store *store, const char *list_id, bool *has, struct error *err) MUST_CHECK;

/* struct cohort, the newest 24, oldest first. */
bool list_find_cohorts(struct store *store, const char *list_id, struct arena *arena, struct rows *cohorts,
                       struct error *err) MUST_CHECK;

/* struct list_week, oldest first; none before the first count. */
bool list_find_weeks(struct store *store, const char *list_id, struct arena *arena, struct rows *weeks,
                     struct error *err) MUST_CHECK;

/* struct list_week, those of all these lists, in no order: each list has its own of the same week. */
bool list_find_weeks_of(struct store *store, const struct strings *list_ids, struct arena *arena, struct rows *weeks,
                        struct error *err) MUST_CHECK;

#endif
