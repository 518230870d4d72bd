/* Weeks and cohorts of a list: storage and sums. */
#include "audience/lists/week.h"

#include <math.h>
#include <string.h>

#include "core/base/checked.h"
#include "core/base/local.h"

static const char WEEKS[] = "list_weeks";

static const struct field week_fields[] = {
	FIELD(struct list_week, week, .doc = "Monday, 00:00; as JSON of UTC"),
	FIELD(struct list_week, joined, .unit = "contacts"),
	FIELD(struct list_week, unsubscribed, .unit = "contacts", .doc = "Left by a link in a campaign"),
	FIELD(struct list_week, complained, .unit = "contacts", .doc = "Left after a spam complaint"),
	FIELD(struct list_week, bounced, .unit = "contacts", .doc = "Left because their email bounced"),
	FIELD(struct list_week, otherwise, .unit = "contacts",
	      .doc = "Left, and no campaign to this list explains it: by form, by hand, by import"),
};
const struct record_type list_week_record = RECORD_TYPE("ListWeek", struct list_week, week_fields);

static const struct field step_fields[] = { FIELD(struct cohort_step, left, .stored = "l", .unit = "contacts") };
static const struct record_type step_record = RECORD_TYPE("CohortStep", struct cohort_step, step_fields);

static const struct field cohort_fields[] = {
	FIELD(struct cohort, month),
	FIELD(struct cohort, joined, .unit = "contacts"),
	FIELD_LIST(struct cohort, left, step_record, .doc = "Who had left before 1, 2, … months of 30 days"),
};
const struct record_type cohort_record = RECORD_TYPE("Cohort", struct cohort, cohort_fields);

struct list_weeks {
	const char *list_id, *zone; /* zone: of the local ones; NULL: there are none */
	struct rows weeks, cohorts, local_weeks, local_cohorts;
};
static const struct field weeks_fields[] = {
	FIELD(struct list_weeks, list_id, .stored = "_id", .flags = FIELD_ID),
	FIELD_LIST(struct list_weeks, weeks, list_week_record),
	FIELD_LIST(struct list_weeks, cohorts, cohort_record),
	FIELD(struct list_weeks, zone),
	FIELD_LIST(struct list_weeks, local_weeks, list_week_record),
	FIELD_LIST(struct list_weeks, local_cohorts, cohort_record),
};
static const struct record_type weeks_record = RECORD_TYPE("ListWeeks", struct list_weeks, weeks_fields);

bool list_save_weeks(struct store *store, const char *list_id, const struct list_counted *utc,
                     const struct list_counted *local, struct error *err) {
	struct list_weeks all = { .list_id = list_id,
		                      .zone = local_zone() ? local_name() : NULL,
		                      .weeks = utc->weeks,
		                      .cohorts = utc->cohorts,
		                      .local_weeks = local->weeks,
		                      .local_cohorts = local->cohorts };
	return store_upsert(store, WEEKS, FILTER(by_id(list_id)), UPDATE(set_record(&weeks_record, &all, NULL)), err);
}

/* Those of the zone in use, if they have been counted for it. */
static bool find_rollup(struct store *store, const char *list_id, struct arena *arena, struct list_weeks *all,
                        struct error *err) {
	bool found;
	*all = (struct list_weeks){ 0 };
	if (!store_find(store, WEEKS, FILTER(by_id(list_id)), NULL, &weeks_record, arena, all, &found, err))
		return false;
	if (local_zone() && text_same(all->zone, local_name())) {
		all->weeks = all->local_weeks;
		all->cohorts = all->local_cohorts;
	} else {
		all->zone = NULL;
	}
	return true;
}

bool list_has_local_weeks(struct store *store, const char *list_id, bool *has, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct list_weeks all;
	bool fine = find_rollup(store, list_id, arena, &all, err);
	*has = !local_zone() || all.zone;
	return fine;
}

bool list_find_weeks(struct store *store, const char *list_id, struct arena *arena, struct rows *weeks,
                     struct error *err) {
	struct list_weeks all;
	bool fine = find_rollup(store, list_id, arena, &all, err);
	*weeks = all.weeks;
	return fine;
}

bool list_find_weeks_of(struct store *store, const struct strings *list_ids, struct arena *arena, struct rows *weeks,
                        struct error *err) {
	struct rows found;
	int count = 0;
	*weeks = (struct rows){ 0 };
	if (!store_list(store, WEEKS, FILTER(in_ids("_id", list_ids)), NULL, list_ids->count + 1, &weeks_record, arena,
	                &found.items, &found.count, err))
		return false;
	const struct list_weeks *lists = found.items;
	for (int i = 0; i < found.count; i++)
		count += lists[i].weeks.count;
	struct list_week *all = arena_array(arena, struct list_week, (size_t)count + 1);
	for (int i = 0; i < found.count; i++) {
		memcpy(all + weeks->count, lists[i].weeks.items, sizeof *all * (size_t)lists[i].weeks.count);
		weeks->count += lists[i].weeks.count;
	}
	weeks->items = all;
	return true;
}

void list_week_add(struct list_week *sum, const struct list_week *week) {
	checked_add(&sum->joined, week->joined);
	checked_add(&sum->unsubscribed, week->unsubscribed);
	checked_add(&sum->complained, week->complained);
	checked_add(&sum->bounced, week->bounced);
	checked_add(&sum->otherwise, week->otherwise);
}

int64_t list_week_left(const struct list_week *week) {
	return checked_sum(checked_sum(week->unsubscribed, week->complained), checked_sum(week->bounced, week->otherwise));
}

int64_t list_week_net(const struct list_week *week) {
	return checked_difference(week->joined, list_week_left(week));
}

bool list_find_cohorts(struct store *store, const char *list_id, struct arena *arena, struct rows *cohorts,
                       struct error *err) {
	struct list_weeks all;
	bool fine = find_rollup(store, list_id, arena, &all, err);
	*cohorts = all.cohorts;
	return fine;
}

static int64_t joined_in(const struct list_week *week) {
	return week->joined;
}

static int64_t sum_of(const struct list_week *weeks, int count, int64_t (*counted)(const struct list_week *)) {
	int64_t sum = 0;
	for (int i = 0; i < count; i++)
		checked_add(&sum, counted(&weeks[i]));
	return sum;
}

/* Of two counts over spans of equal length: is each share of their sum 50 % within chance? */
static bool counts_differ(int64_t one, int64_t other) {
	struct interval share = stats_wilson(one, checked_sum(one, other));
	return share.low > 50 || share.high < 50;
}

/* The first of the newest weeks is weeks[newest]. */
static struct flow_count flow_of(const struct list_week *weeks, int newest,
                                 int64_t (*counted)(const struct list_week *)) {
	enum { YEAR = 52 };
	struct flow_count flow = { sum_of(weeks + newest, FLOW_WEEKS, counted), COUNT_NONE, false, { NAN, NAN } };
	double before[YEAR];
	int count = newest < YEAR ? newest : YEAR;
	for (int i = 0; i < count; i++)
		before[i] = (double)counted(&weeks[newest - count + i]);
	if (newest >= FLOW_WEEKS) {
		flow.before = sum_of(weeks + newest - FLOW_WEEKS, FLOW_WEEKS, counted);
		flow.differs = counts_differ(flow.count, flow.before);
	}
	if (count >= FLOW_WEEKS) {
		double mean = stats_mean(before, count) * FLOW_WEEKS, half = stats_sum_prediction(before, count, FLOW_WEEKS);
		flow.usual = (struct interval){ fmax(0, mean - half), mean + half };
	}
	return flow;
}

void list_flow_of(const struct rows *weeks, struct list_flow *flow) {
	static const struct flow_count unknown = { COUNT_NONE, COUNT_NONE, false, { NAN, NAN } };
	int newest = weeks->count - FLOW_WEEKS;
	*flow = (struct list_flow){ unknown, unknown };
	if (newest < 0)
		return;
	flow->joined = flow_of(weeks->items, newest, joined_in);
	flow->left = flow_of(weeks->items, newest, list_week_left);
}
