/* Comparing campaigns. */
#include "console/compare_pages.h"

#include <math.h>
#include <string.h>

#include "campaigns/campaign.h"
#include "campaigns/growth.h"
#include "core/formats/json.h"
#include "metrics/share.h"

static const int ages[] = { 0, 1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72, 120, 168 };
enum { AGES = sizeof ages / sizeof *ages };

struct party {
	struct campaign campaigns[COMPARE_MAX];
	const struct growth *growths[COMPARE_MAX]; /* NULL if its contact reports have not been read */
	int count;
	struct moment now;
};

/* Adding a campaign twice has no effect. */
static bool add_campaign(struct exchange *x, const char *id, struct party *party, struct error *err) {
	struct campaign campaign;
	bool found;
	if (!campaign_find(x->store, id, x->arena, &campaign, &found, err))
		return false;
	if (!found)
		return error_field(err, "id", "no campaign %.60s", id);
	for (int i = 0; i < party->count; i++)
		if (text_same(party->campaigns[i].id, campaign.id))
			return true;
	if (party->count == COMPARE_MAX)
		return error_field(err, "id", "Compare at most %d campaigns", COMPARE_MAX);
	party->campaigns[party->count++] = campaign;
	return true;
}

static bool find_party(struct exchange *x, struct party *party, struct error *err) {
	*party = (struct party){ .now = x->now };
	for (int i = 0; i < x->query.count; i++) {
		const struct param *param = &x->query.items[i];
		if (strcmp(param->name, "id") == 0 && *param->value && !add_campaign(x, param->value, party, err))
			return false;
	}
	if (party->count < COMPARE_MIN)
		return error_field(err, "id", "Choose %d to %d campaigns to compare", COMPARE_MIN, COMPARE_MAX);
	struct strings ids = { arena_array(x->arena, const char *, COMPARE_MAX), 0 };
	struct growth *growths;
	int count;
	for (int i = 0; i < party->count; i++)
		ids.items[ids.count++] = party->campaigns[i].id;
	if (!growth_find(x->store, &ids, x->arena, &growths, &count, err))
		return false;
	for (int g = 0; g < count; g++)
		for (int i = 0; i < party->count; i++)
			if (text_same(growths[g].campaign_id, party->campaigns[i].id))
				party->growths[i] = &growths[g];
	return true;
}

/* Percent of delivered that had responded at an age; NaN if unknown or not reached yet. */
static double share_at(const struct party *party, int i, int hours, enum response response) {
	const struct campaign *campaign = &party->campaigns[i];
	int64_t age_ms = hours * (int64_t)HOUR_MS;
	return moment_add(campaign->sent_at, age_ms).ms > party->now.ms
	           ? NAN
	           : growth_share(party->growths[i], campaign, age_ms, response);
}

static double rate_of(const struct party *party, int i, enum metric metric) {
	const struct campaign *campaign = &party->campaigns[i];
	return campaign->has_report ? metrics_rate(&campaign->current_metrics, metric) : NAN;
}

/* Index of the campaign with the highest rate; -1 if two have it. */
static int highest_of(const struct party *party, enum metric metric) {
	int highest = -1;
	double top = NAN;
	for (int i = 0; i < party->count; i++) {
		double rate = rate_of(party, i, metric);
		if (isnan(rate) || rate < top)
			continue;
		highest = rate == top ? -1 : i;
		top = rate;
	}
	return highest;
}

static void put_heads(struct value *view, const struct party *party) {
	struct value *heads = value_put(view, "heads", value_list(view->arena));
	for (int i = 0; i < party->count; i++) {
		struct value *head = value_push(heads, value_map(view->arena));
		value_put_text(head, "id", party->campaigns[i].id);
		value_put_text(head, "name", campaign_name(&party->campaigns[i]));
		value_put_text(head, "sent", text_of_moment(view->arena, party->campaigns[i].sent_at));
		value_put_text(head, "delivered",
		               party->campaigns[i].has_report
		                   ? text_of_count(view->arena, metrics_delivered(&party->campaigns[i].current_metrics))
		                   : "–");
	}
}

static void put_rates(struct value *view, const struct party *party) {
	struct value *rows = value_put(view, "rates", value_list(view->arena));
	for (int m = 0; m < METRIC_COUNT; m++) {
		struct value *row = value_push(rows, value_map(view->arena));
		value_put_text(row, "metric", metric_rows[m].name);
		value_put_text(row, "formula", metric_rows[m].formula);
		struct value *cells = value_put(row, "cells", value_list(view->arena));
		int highest = highest_of(party, (enum metric)m);
		for (int i = 0; i < party->count; i++) {
			struct value *cell = value_push(cells, value_map(view->arena));
			value_put_text(cell, "rate", metric_text(view->arena, (enum metric)m, rate_of(party, i, (enum metric)m)));
			value_put_bool(cell, "highest", i == highest);
		}
	}
}

/* Why a growth is missing, or not of everybody. */
static void put_gaps(struct value *view, const struct party *party) {
	struct value *gaps = value_put(view, "growth_gaps", value_list(view->arena));
	for (int i = 0; i < party->count; i++) {
		for (int k = RESPONSE_OPENED; k <= RESPONSE_CLICKED; k++) {
			const char *words = growth_gap(party->growths[i], &party->campaigns[i], (enum response)k, view->arena);
			if (words)
				(void)value_push(gaps,
				                 value_text(view->arena, arena_print(view->arena, "%s: %s",
				                                                     campaign_name(&party->campaigns[i]), words)));
		}
	}
}

static int known_growths(const struct party *party, enum response response) {
	int known = 0;
	for (int i = 0; i < party->count; i++)
		known += growth_is_whole(party->growths[i], &party->campaigns[i], response);
	return known;
}

static void put_ages(struct value *view, const struct party *party, enum response response) {
	struct value *rows = value_put(view, responses.names[response], value_list(view->arena));
	for (int a = 0; a < AGES; a++) {
		struct value *row = value_push(rows, value_map(view->arena));
		value_put_int(row, "hours", ages[a]);
		struct value *cells = value_put(row, "cells", value_list(view->arena));
		for (int i = 0; i < party->count; i++) {
			double share = share_at(party, i, ages[a], response);
			(void)value_push(cells,
			                 value_text(view->arena, isnan(share) ? "–" : arena_print(view->arena, "%.2f", share)));
		}
	}
}

/* Who is ahead at the last age reached by all campaigns with known growth: "After 24 hours X is ahead with 31.20 %,
 * 3.10 pp before Y." */
static const char *finding(struct arena *arena, const struct party *party, enum response response) {
	int growths = known_growths(party, response);
	for (int a = AGES - 1; a > 0 && growths >= 2; a--) {
		double shares[COMPARE_MAX];
		int first = -1, last = -1, known = 0;
		for (int i = 0; i < party->count; i++) {
			shares[i] = share_at(party, i, ages[a], response);
			if (isnan(shares[i]))
				continue;
			known++;
			first = first < 0 || shares[i] > shares[first] ? i : first;
			last = last < 0 || shares[i] <= shares[last] ? i : last;
		}
		if (known < growths)
			continue;
		double lead = change_points(shares[first], shares[last]);
		if (lead == 0)
			return arena_print(arena, "After %d hours all are level at %.2f %%.", ages[a], shares[first]);
		return arena_print(arena, "After %d hours %s is ahead with %.2f %%, %.2f pp before %s, the last one.", ages[a],
		                   campaign_name(&party->campaigns[first]), shares[first], lead,
		                   campaign_name(&party->campaigns[last]));
	}
	return "The contact reports do not tell enough to compare the growth yet.";
}

bool compare_page(struct exchange *x, struct error *err) {
	struct party party;
	struct error problem;
	struct value *view = value_map(x->arena);
	if (!find_party(x, &party, &problem))
		return exchange_show_problem(x, &problem, err) &&
		       reply_page(x, "console/compare", "Compare", "campaigns", view, err);
	put_heads(view, &party);
	put_rates(view, &party);
	put_gaps(view, &party);
	put_ages(view, &party, RESPONSE_OPENED);
	put_ages(view, &party, RESPONSE_CLICKED);
	value_put_text(view, "opened_finding", finding(x->arena, &party, RESPONSE_OPENED));
	value_put_text(view, "clicked_finding", finding(x->arena, &party, RESPONSE_CLICKED));
	value_put_text(view, "csv", exchange_address(x, "/compare.csv", "format", "csv"));
	return reply_page(x, "console/compare", "Compare", "campaigns", view, err);
}

struct compare_line {
	const char *id, *name;
	struct moment sent_at;
	int64_t delivered, age_hours;
	double opened_percent, clicked_percent;
};
static const struct field line_fields[] = {
	FIELD(struct compare_line, id),
	FIELD(struct compare_line, name),
	FIELD(struct compare_line, sent_at),
	FIELD(struct compare_line, delivered, .unit = "people"),
	FIELD(struct compare_line, age_hours, .unit = "hours"),
	FIELD(struct compare_line, opened_percent, .unit = "% of delivered"),
	FIELD(struct compare_line, clicked_percent, .unit = "% of delivered"),
};
static const struct record_type line_record = RECORD_TYPE("CompareLine", struct compare_line, line_fields);

static struct compare_line line_of(const struct party *party, int i, int age) {
	const struct campaign *campaign = &party->campaigns[i];
	return (struct compare_line){ campaign->id,
		                          campaign->name,
		                          campaign->sent_at,
		                          campaign->has_report ? metrics_delivered(&campaign->current_metrics) : COUNT_NONE,
		                          age,
		                          share_at(party, i, age, RESPONSE_OPENED),
		                          share_at(party, i, age, RESPONSE_CLICKED) };
}

bool compare_csv(struct exchange *x, struct error *err) {
	struct party party;
	if (!find_party(x, &party, err))
		return false;
	record_to_csv_head(&line_record, &x->body);
	for (int i = 0; i < party.count; i++) {
		for (int a = 0; a < AGES; a++) {
			struct compare_line line = line_of(&party, i, ages[a]);
			record_to_csv(&line_record, &line, &x->body);
		}
	}
	return reply_csv(x, "compare.csv");
}

bool compare_api(struct exchange *x, struct error *err) {
	struct party party;
	if (!find_party(x, &party, err))
		return false;
	struct value *list = value_list(x->arena);
	for (int i = 0; i < party.count; i++) {
		struct value *one = value_push(list, value_map(x->arena));
		value_put_text(one, "id", party.campaigns[i].id);
		value_put_text(one, "name", party.campaigns[i].name);
		metrics_put_rates(one, &party.campaigns[i].current_metrics);
		struct value *rows = value_put(one, "ages", value_list(x->arena));
		for (int a = 0; a < AGES; a++) {
			struct value *row = value_push(rows, value_map(x->arena));
			value_put_int(row, "hours", ages[a]);
			value_put_real(row, "opened_percent", share_at(&party, i, ages[a], RESPONSE_OPENED));
			value_put_real(row, "clicked_percent", share_at(&party, i, ages[a], RESPONSE_CLICKED));
		}
	}
	return reply_json(x, list);
}
