/* Joining and leaving a list, counted by week and month from its members and their events. */
#include "events/leaving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audience/contacts/membership.h"
#include "campaigns/campaign.h"
#include "core/base/local.h"

enum { MEMBERS_AT_ONCE = 1000, EVENTS_MAX = 20000, WEEKS_MAX = 520, COHORTS_MAX = 24 };

/* How long before the leaving a cause may lie, and how much later the provider may note it. */
#define CAUSE_MS (7 * DAY_MS)
#define SAME_MS MINUTE_MS

/* The weeks before now, newest first, and the newest cohorts, under construction. */
struct filling {
	struct list_week weeks[WEEKS_MAX];
	struct cohort_step left[COHORTS_MAX][COHORT_MONTHS]; /* by month of joining, counted back from now */
	int64_t joined[COHORTS_MAX];
	struct moment newest, newest_month; /* by the clock of the zone in use if `local`, else of UTC */
	int used;
	bool local;
};

static struct moment clock_of(const struct filling *filling, struct moment at) {
	return filling->local ? local_wall(at) : at;
}

static struct moment moment_of(const struct filling *filling, struct moment clock) {
	return filling->local ? local_moment(clock) : clock;
}

/* Someone who left counts in every later column of the cohort, too; in none if it is not known when. */
static void add_to_cohort(struct filling *filling, struct moment joined, bool left, struct moment left_at) {
	int back = moment_is_set(joined) ? months_between(clock_of(filling, joined), filling->newest_month) : -1;
	if (back < 0 || back >= COHORTS_MAX || (left && !moment_is_set(left_at)))
		return;
	filling->joined[back]++;
	int64_t months = left ? (left_at.ms - joined.ms) / (30 * DAY_MS) : COHORT_MONTHS;
	for (int64_t m = months < 0 ? 0 : months; m < COHORT_MONTHS; m++)
		filling->left[back][m].left++;
}

/* NULL for a moment that is not known. */
static struct list_week *week_at(struct filling *filling, struct moment at) {
	if (!moment_is_set(at))
		return NULL;
	int64_t back = (filling->newest.ms - week_start(clock_of(filling, at)).ms) / WEEK_MS;
	if (back < 0)
		back = 0;
	if (back >= WEEKS_MAX)
		back = WEEKS_MAX - 1;
	if (back >= filling->used)
		filling->used = (int)back + 1;
	return &filling->weeks[back];
}

bool leaving_explains(struct moment at, struct moment left_at) {
	return moment_is_set(at) && moment_is_set(left_at) && at.ms <= left_at.ms + SAME_MS &&
	       at.ms >= left_at.ms - CAUSE_MS;
}

/* Why and when somebody left: the most serious event that explains it; of several, the last. */
struct leaving {
	bool known;
	enum event_type type;
	struct moment at;
};

static struct leaving leaving_of(const struct membership *row, const struct event *events, int count) {
	static const enum event_type graver[] = { EVENT_COMPLAINED, EVENT_UNSUBSCRIBED, EVENT_BOUNCED };
	struct leaving why = { .at = MOMENT_NONE };
	for (size_t g = 0; row->contact_id && g < sizeof graver / sizeof *graver && !why.known; g++)
		for (int i = 0; i < count; i++)
			if (events[i].type == graver[g] && text_same(events[i].contact_id, row->contact_id) &&
			    leaving_explains(events[i].occurred_at, row->last_updated_at) &&
			    (!why.known || events[i].occurred_at.ms > why.at.ms))
				why = (struct leaving){ true, graver[g], events[i].occurred_at };
	return why;
}

void leaving_add(struct list_week *week, bool known, enum event_type type) {
	int64_t *count = !known                       ? &week->otherwise
	                 : type == EVENT_COMPLAINED   ? &week->complained
	                 : type == EVENT_UNSUBSCRIBED ? &week->unsubscribed
	                                              : &week->bounced;
	++*count;
}

static void fill_weeks(struct filling *filling, const struct membership *rows, int count, const struct event *events,
                       int event_count) {
	for (int i = 0; i < count; i++) {
		if (rows[i].status == CONTACT_PENDING || rows[i].status == CONTACT_UNKNOWN)
			continue;
		struct list_week *week = week_at(filling, rows[i].created_at);
		if (week)
			week->joined++;
		if (rows[i].status != CONTACT_UNSUBSCRIBED) {
			add_to_cohort(filling, rows[i].created_at, false, MOMENT_NONE);
			continue;
		}
		struct leaving why = leaving_of(&rows[i], events, event_count);
		struct moment left_at = why.known ? why.at : rows[i].last_updated_at;
		week = week_at(filling, left_at);
		if (week)
			leaving_add(week, why.known, why.type);
		add_to_cohort(filling, rows[i].created_at, true, left_at);
	}
}

/* The campaigns to the list, and those of them that have hard bounces: EmailOctopus does not say of a contact's bounce
 * whether it was hard, but a campaign without hard bounces removes nobody. */
struct causes {
	struct strings campaign_ids, hard_ids;
};

/* only: of these campaigns alone; or NULL. */
static bool find_causes(struct store *store, const char *list_id, const struct strings *only, struct arena *arena,
                        struct causes *causes, struct error *err) {
	struct campaign_filter filter = CAMPAIGN_EVERY;
	struct campaign *campaigns;
	int count;
	filter.list = list_id;
	filter.gone = true;
	if (!campaign_select(store, &filter, arena, &campaigns, &count, err))
		return false;
	causes->campaign_ids = (struct strings){ arena_array(arena, const char *, count + 1), 0 };
	causes->hard_ids = (struct strings){ arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++) {
		if (only && !strings_have(only, campaigns[i].id))
			continue;
		causes->campaign_ids.items[causes->campaign_ids.count++] = campaigns[i].id;
		if (campaigns[i].current_metrics.bounced_hard != 0)
			causes->hard_ids.items[causes->hard_ids.count++] = campaigns[i].id;
	}
	return true;
}

/* The events that may explain why members left. */
static bool find_leavings(struct store *store, const struct causes *causes, const struct membership *rows, int count,
                          struct arena *arena, struct event **events, int *event_count, struct error *err) {
	struct strings people = { arena_array(arena, const char *, count + 1), 0 };
	*event_count = 0;
	for (int i = 0; i < count; i++)
		if (rows[i].status == CONTACT_UNSUBSCRIBED && rows[i].contact_id)
			people.items[people.count++] = rows[i].contact_id;
	return people.count == 0 || store_list(store, "contact_events",
	                                       FILTER(in_ids("contact_id", &people),
	                                              ANY_OF(ALL_OF(in_texts("type", TEXTS("unsubscribed", "complained")),
	                                                            in_ids("campaign_id", &causes->campaign_ids)),
	                                                     ALL_OF(eq_choice("type", &event_types, EVENT_BOUNCED),
	                                                            in_ids("campaign_id", &causes->hard_ids)))),
	                                       NULL, EVENTS_MAX, &event_record, arena, (void **)events, event_count, err);
}

static struct cohort cohort_of(const struct filling *filling, int back, struct moment month, struct arena *arena) {
	struct cohort_step *left = arena_array(arena, struct cohort_step, COHORT_MONTHS);
	memcpy(left, filling->left[back], sizeof filling->left[back]);
	return (struct cohort){ moment_of(filling, month), filling->joined[back], { left, COHORT_MONTHS } };
}

/* The cohorts that anybody joined, oldest first. */
static struct rows cohorts_of(const struct filling *filling, struct arena *arena) {
	struct cohort *cohorts = arena_array(arena, struct cohort, COHORTS_MAX);
	struct moment month = filling->newest_month;
	int first = COHORTS_MAX;
	for (int back = 0; back < COHORTS_MAX; back++) {
		if (filling->joined[back])
			cohorts[--first] = cohort_of(filling, back, month, arena);
		month = month_start(month, -1);
	}
	return (struct rows){ cohorts + first, COHORTS_MAX - first };
}

/* Oldest first. */
static struct rows weeks_of(const struct filling *filling, struct arena *arena) {
	struct list_week *weeks = arena_array(arena, struct list_week, filling->used + 1);
	for (int i = 0; i < filling->used; i++) {
		weeks[i] = filling->weeks[filling->used - 1 - i];
		weeks[i].week = moment_of(filling, moment_add(filling->newest, -(int64_t)(filling->used - 1 - i) * WEEK_MS));
	}
	return (struct rows){ weeks, filling->used };
}

static struct filling *filling_new(bool local) {
	struct filling *filling = calloc(1, sizeof *filling);
	if (!filling)
		abort();
	filling->local = local;
	return filling;
}

static bool fill_from_members(struct store *store, const char *list_id, const struct strings *campaign_ids,
                              struct moment now, struct filling *filling, struct error *err) {
	ARENA_AUTO all = arena_new();
	struct causes causes;
	char after[25] = "";
	int count = MEMBERS_AT_ONCE;
	bool fine = find_causes(store, list_id, campaign_ids, all, &causes, err);
	filling->newest = week_start(clock_of(filling, now));
	filling->newest_month = month_start(clock_of(filling, now), 0);
	while (fine && count == MEMBERS_AT_ONCE) {
		ARENA_AUTO arena = arena_new();
		struct membership *rows;
		struct event *events = NULL;
		int event_count = 0;
		fine = membership_next(store, list_id, after, MEMBERS_AT_ONCE, arena, &rows, &count, err) &&
		       find_leavings(store, &causes, rows, count, arena, &events, &event_count, err);
		if (fine && count) {
			fill_weeks(filling, rows, count, events, event_count);
			(void)snprintf(after, sizeof after, "%s", rows[count - 1].id);
		}
	}
	return fine;
}

/* Weeks and cohorts, by the clock of UTC or of the zone in use. */
static bool count(struct store *store, const char *list_id, const struct strings *campaign_ids, struct moment now,
                  bool local, struct arena *arena, struct list_counted *counted, struct error *err) {
	struct filling *filling = filling_new(local);
	bool fine = fill_from_members(store, list_id, campaign_ids, now, filling, err);
	*counted = (struct list_counted){ weeks_of(filling, arena), cohorts_of(filling, arena) };
	free(filling);
	return fine;
}

bool leaving_find_weeks(struct store *store, const char *list_id, const struct strings *campaign_ids, struct moment now,
                        struct arena *arena, struct rows *weeks, struct error *err) {
	struct list_counted counted;
	bool fine = count(store, list_id, campaign_ids, now, true, arena, &counted, err);
	*weeks = counted.weeks;
	return fine;
}

bool leaving_count_weeks(struct store *store, const char *list_id, struct moment now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct list_counted utc, local = { 0 };
	return count(store, list_id, NULL, now, false, arena, &utc, err) &&
	       (!local_zone() || count(store, list_id, NULL, now, true, arena, &local, err)) &&
	       list_save_weeks(store, list_id, &utc, &local, err);
}
