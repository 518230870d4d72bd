/* Who a campaign lost. */
#include "insights/lost.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audience/contacts/rollup.h"
#include "core/base/local.h"
#include "core/formats/mail.h"
#include "events/event.h"
#include "metrics/share.h"
#include "metrics/statistics.h"

struct person {
	const char *id, *email_norm;
	struct moment created_at;
};
static const struct field person_fields[] = {
	FIELD(struct person, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct person, email_norm),
	FIELD(struct person, created_at),
};
static const struct record_type person_record = RECORD_TYPE("Person", struct person, person_fields);

struct doing {
	const char *id, *contact_id;
};
static const struct field doing_fields[] = {
	FIELD(struct doing, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct doing, contact_id, .flags = FIELD_ID),
};
static const struct record_type doing_record = RECORD_TYPE("Doing", struct doing, doing_fields);

static bool find_people(struct store *store, const char *campaign_id, enum response response, struct arena *arena,
                        struct person **people, int *count, struct error *err) {
	struct doing *doings;
	int found;
	*count = 0;
	if (!store_list(store, "contact_events",
	                FILTER(eq_id("campaign_id", campaign_id), eq_choice("type", &responses, response),
	                       ne_bool("repeated", true)),
	                NULL, LOST_MAX, &doing_record, arena, (void **)&doings, &found, err))
		return false;
	struct strings ids = { arena_array(arena, const char *, (size_t)found + 1), 0 };
	for (int i = 0; i < found; i++)
		if (doings[i].contact_id)
			ids.items[ids.count++] = doings[i].contact_id;
	return ids.count == 0 || store_list(store, "contacts", FILTER(in_ids("_id", &ids)), NULL, ids.count + 1,
	                                    &person_record, arena, (void **)people, count, err);
}

static const char *domain_of(const struct person *person) {
	return mail_domain_part(person->email_norm);
}

static int by_domain(const void *a, const void *b) {
	return strcmp(domain_of(a), domain_of(b));
}

static int most_first(const void *a, const void *b) {
	const struct domain_lost *one = a, *other = b;
	return one->people != other->people ? (one->people < other->people) - (one->people > other->people)
	                                    : strcmp(one->domain, other->domain);
}

static struct rows domains_of(struct person *people, int count, struct arena *arena) {
	struct domain_lost *domains = arena_array(arena, struct domain_lost, (size_t)count + 1);
	int known = 0;
	qsort(people, (size_t)count, sizeof *people, by_domain);
	for (int i = 0; i < count; i++) {
		if (!known || !text_same(domains[known - 1].domain, domain_of(&people[i])))
			domains[known++] = (struct domain_lost){ domain_of(&people[i]), 0 };
		domains[known - 1].people++;
	}
	qsort(domains, (size_t)known, sizeof *domains, most_first);
	return (struct rows){ domains, known };
}

static int by_joining(const void *a, const void *b) {
	int64_t one = ((const struct person *)a)->created_at.ms, other = ((const struct person *)b)->created_at.ms;
	return (one > other) - (one < other);
}

/* The day on which most of them joined. */
static void find_day(struct person *people, int count, struct lost *lost) {
	struct moment day = MOMENT_NONE;
	int64_t that = 0;
	qsort(people, (size_t)count, sizeof *people, by_joining);
	for (int i = 0; i < count; i++) {
		if (!moment_is_set(people[i].created_at))
			continue;
		struct moment its = local_day_start(people[i].created_at);
		that = its.ms == day.ms ? that + 1 : 1;
		day = its;
		if (that > lost->of_day) {
			lost->of_day = that;
			lost->day = day;
		}
	}
}

bool lost_find(struct store *store, const char *campaign_id, enum response response, struct arena *arena,
               struct lost *lost, struct rows *domains, struct error *err) {
	struct person *people;
	int count;
	*lost = (struct lost){ .day = MOMENT_NONE, .domain_percent = NAN, .joined_day = COUNT_NONE };
	*domains = (struct rows){ 0 };
	if (!find_people(store, campaign_id, response, arena, &people, &count, err))
		return false;
	if (count == 0)
		return true;
	*domains = domains_of(people, count, arena);
	find_day(people, count, lost);
	const struct domain_lost *first = domains->items;
	lost->people = count;
	lost->domains = domains->count;
	lost->domain = first->domain;
	lost->of_domain = first->people;
	return true;
}

/* What is known of all contacts. */
static bool compare_lost(struct store *store, const struct campaign *campaign, struct arena *arena, struct lost *lost,
                         struct error *err) {
	struct domain_count everybody;
	struct rows domains;
	int64_t count;
	if (lost->people == 0)
		return true;
	if (!rollup_addressed(store, &everybody, &count, err) || !rollup_find_domains(store, arena, &domains, err))
		return false;
	const struct domain_count *items = domains.items;
	for (int i = 0; i < domains.count; i++)
		if (text_same(items[i].domain, lost->domain))
			lost->domain_percent = share_percent(items[i].contacts, everybody.contacts);
	return !moment_is_set(lost->day) ||
	       store_count(store, "contacts",
	                   FILTER(in_ids("list_ids", &campaign->list_ids), gte_moment("created_at", lost->day),
	                          lt_moment("created_at", local_moment(moment_add(local_wall(lost->day), DAY_MS)))),
	                   &lost->joined_day, err);
}

static bool find_lost(struct store *store, const struct campaign *campaign, const struct lost *bounced,
                      struct arena *arena, struct circumstances *around, struct error *err) {
	static const enum response of[LIMIT_COUNT] = { RESPONSE_COMPLAINED, RESPONSE_BOUNCED, RESPONSE_UNSUBSCRIBED };
	for (int i = 0; i < around->broken_count; i++) {
		enum limit limit = around->broken[i].limit;
		struct lost *lost = &around->lost[limit];
		struct rows domains;
		if (limit == LIMIT_HARD_BOUNCES)
			*lost = *bounced;
		else if (!lost_find(store, campaign->id, of[limit], arena, lost, &domains, err))
			return false;
		if (!compare_lost(store, campaign, arena, lost, err))
			return false;
	}
	return true;
}

static int hour_of(struct moment at) {
	struct moment wall = local_wall(at);
	return (int)((wall.ms - day_start(wall).ms) / HOUR_MS);
}

/* When those before it were sent, and to how many. */
static void look_back(const struct peers *peers, struct circumstances *around) {
	double sizes[PEERS_MAX], days[PEERS_MAX];
	struct broken_limit broken[LIMIT_COUNT];
	int sized = 0;
	around->from_hour = peers->count ? 23 : 0;
	for (int i = 0; i < peers->count; i++) {
		const struct campaign *one = &peers->campaigns[i];
		int hour = hour_of(one->sent_at);
		around->earlier_broken += one->has_report && metrics_broken_limits(&one->current_metrics, broken) > 0;
		around->weekdays |= 1U << weekday_of(local_wall(one->sent_at));
		around->from_hour = hour < around->from_hour ? hour : around->from_hour;
		around->to_hour = hour > around->to_hour ? hour : around->to_hour;
		if (one->current_metrics.sent != COUNT_NONE)
			sizes[sized++] = (double)one->current_metrics.sent;
		if (i)
			days[i - 1] = (double)(peers->campaigns[i - 1].sent_at.ms - one->sent_at.ms) / (double)DAY_MS;
	}
	around->usual_sent = stats_median(sizes, sized);
	around->usual_days = peers->count > 1 ? stats_median(days, peers->count - 1) : NAN;
}

bool circumstances_find(struct store *store, const struct campaign *campaign, const struct peers *peers,
                        struct moment as_of, const struct lost *bounced, struct arena *arena,
                        struct circumstances *around, struct error *err) {
	*around = (struct circumstances){ .metrics = campaign->current_metrics,
		                              .of_list = peers->of_list,
		                              .earlier = peers->count,
		                              .sent_at = campaign->sent_at,
		                              .previous = peers->count ? peers->campaigns->sent_at : MOMENT_NONE };
	around->broken_count = campaign->has_report ? metrics_broken_limits(&campaign->current_metrics, around->broken) : 0;
	look_back(peers, around);
	return moment_is_set(as_of) || find_lost(store, campaign, bounced, arena, around, err);
}
