/* Comparing campaigns. */
#include "console/compare_pages.h"

#include <math.h>
#include <string.h>

#include "console/compare_party.h"
#include "console/redeemed.h"
#include "core/formats/json.h"

const int compare_ages[COMPARE_AGES] = { 0, 1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72, 120, 168 };

/* Adding a campaign twice has no effect. */
static bool add_campaign(struct exchange *x, const char *id, struct party *party, struct error *err) {
	struct campaign campaign;
	bool found;
	if (!campaign_find(x->store, id, x->arena, &campaign, &found, err))
		return false;
	if (!found || !campaign_counts(&campaign))
		return error_field(err, "id", "One of these campaigns is not known here. Choose another");
	if (moment_is_set(campaign.gone_at))
		return error_field(err, "id", "“%.80s” is no longer at EmailOctopus and cannot be compared. Choose another",
		                   campaign_name(&campaign));
	for (int i = 0; i < party->count; i++)
		if (text_same(party->campaigns[i].id, campaign.id))
			return true;
	if (party->count == COMPARED_MAX)
		return error_field(err, "id", "Compare at most %d campaigns. Untick the others", COMPARED_MAX);
	party->campaigns[party->count++] = campaign;
	return true;
}

bool party_find(struct exchange *x, struct party *party, struct error *err) {
	*party = (struct party){ .now = x->now };
	for (int i = 0; i < x->query.count; i++) {
		const struct param *param = &x->query.items[i];
		if (strcmp(param->name, "id") == 0 && *param->value && !add_campaign(x, param->value, party, err))
			return false;
	}
	struct strings ids = { arena_array(x->arena, const char *, COMPARED_MAX), 0 };
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

static bool find_redeemed(struct exchange *x, struct party *party, struct error *err) {
	for (int i = 0; i < party->count; i++)
		if (!redeemed_share(x, &party->campaigns[i], &party->redeemed[i], err))
			return false;
	return true;
}

double party_share(const struct party *party, int i, int hours, enum response response) {
	const struct campaign *campaign = &party->campaigns[i];
	int64_t age_ms = hours * (int64_t)HOUR_MS;
	return moment_add(campaign->sent_at, age_ms).ms > party->now.ms
	           ? NAN
	           : growth_share(party->growths[i], campaign, age_ms, response);
}

static int64_t count_at(const struct party *party, int i, int hours, enum response response) {
	int64_t age_ms = hours * (int64_t)HOUR_MS;
	bool reached = moment_add(party->campaigns[i].sent_at, age_ms).ms <= party->now.ms;
	return reached ? growth_count(party->growths[i], &party->campaigns[i], age_ms, response) : COUNT_NONE;
}

static struct share_of share_at(const struct party *party, int i, enum metric metric, int hours) {
	static const enum response parts[METRIC_COUNT] = {
		[METRIC_OPEN_RATE] = RESPONSE_OPENED,
		[METRIC_CLICK_RATE] = RESPONSE_CLICKED,
		[METRIC_CLICK_TO_OPEN_RATE] = RESPONSE_CLICKED,
		[METRIC_BOUNCE_RATE] = RESPONSE_BOUNCED,
		[METRIC_UNSUBSCRIBE_RATE] = RESPONSE_UNSUBSCRIBED,
		[METRIC_COMPLAINT_RATE] = RESPONSE_COMPLAINED,
	};
	const struct campaign *campaign = &party->campaigns[i];
	if (!campaign->has_report)
		return (struct share_of){ COUNT_NONE, COUNT_NONE };
	struct share_of share = { metrics_part(&campaign->current_metrics, metric),
		                      metrics_whole(&campaign->current_metrics, metric) };
	if (hours != AGE_TO_DATE)
		share.part = count_at(party, i, hours, parts[metric]);
	if (hours != AGE_TO_DATE && metric == METRIC_CLICK_TO_OPEN_RATE)
		share.whole = count_at(party, i, hours, RESPONSE_OPENED);
	return share;
}

struct compared party_compared(const struct party *party, enum metric metric, int hours) {
	struct compared compared = { .count = party->count };
	for (int i = 0; i < party->count; i++)
		compared.shares[i] = share_at(party, i, metric, hours);
	return compared;
}

/* Do all of them tell who had opened and clicked at that age? */
static bool all_known_at(const struct party *party, int hours) {
	for (int i = 0; i < party->count; i++)
		if (isnan(party_share(party, i, hours, RESPONSE_OPENED)) ||
		    isnan(party_share(party, i, hours, RESPONSE_CLICKED)))
			return false;
	return true;
}

/* The parameter age=; by default 3 days, or what all of them have reached. */
static bool read_age(const struct exchange *x, const struct party *party, int *hours, struct error *err) {
	static const struct {
		const char *word;
		int hours;
	} words[] = { { "24", 24 }, { "72", 72 }, { "168", 168 }, { "date", AGE_TO_DATE } };
	const char *asked = params_get(&x->query, "age");
	*hours = all_known_at(party, 72) ? 72 : all_known_at(party, 24) ? 24 : AGE_TO_DATE;
	if (text_is_empty(asked))
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(words[i].word, asked) == 0) {
			*hours = words[i].hours;
			return true;
		}
	}
	return error_field(err, "age", "“%.20s” is not an age to compare at", asked) ||
	       error_codes(err, ". Use 24, 72 or 168 hours, or date");
}

/* With fewer than two campaigns the page is the form to choose them. */
bool compare_page(struct exchange *x, struct error *err) {
	struct party party;
	struct error problem;
	int hours = AGE_TO_DATE;
	struct value *view = value_map(x->arena);
	if (!party_find(x, &party, &problem) || !read_age(x, &party, &hours, &problem)) {
		if (!exchange_show_problem(x, &problem, err))
			return false;
		party.count = 0;
	}
	bool compares = party.count >= COMPARE_MIN;
	value_put_bool(view, "compares", compares);
	if (compares && !find_redeemed(x, &party, err))
		return false;
	if (compares)
		compare_put(x, view, &party, hours);
	return compare_put_choices(x, view, compares ? &party : NULL, err) &&
	       reply_page(x, "console/compare", "Compare", "compare", view, err);
}

static bool find_enough(struct exchange *x, struct party *party, struct error *err) {
	return party_find(x, party, err) &&
	       (party->count >= COMPARE_MIN ||
	        error_field(err, "id", "Choose %d to %d campaigns to compare", COMPARE_MIN, COMPARED_MAX));
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
		                          party_share(party, i, age, RESPONSE_OPENED),
		                          party_share(party, i, age, RESPONSE_CLICKED) };
}

bool compare_csv(struct exchange *x, struct error *err) {
	struct party party;
	if (!find_enough(x, &party, err))
		return false;
	record_to_csv_head(&line_record, &x->body);
	for (int i = 0; i < party.count; i++) {
		for (int a = 0; a < COMPARE_AGES; a++) {
			struct compare_line line = line_of(&party, i, compare_ages[a]);
			record_to_csv(&line_record, &line, &x->body);
		}
	}
	return reply_csv(x, "compare.csv");
}

bool compare_api(struct exchange *x, struct error *err) {
	struct party party;
	if (!find_enough(x, &party, err))
		return false;
	struct value *list = value_list(x->arena);
	for (int i = 0; i < party.count; i++) {
		struct value *one = value_push(list, value_map(x->arena));
		value_put_text(one, "id", party.campaigns[i].id);
		value_put_text(one, "name", party.campaigns[i].name);
		metrics_put_rates(one, &party.campaigns[i].current_metrics);
		struct value *rows = value_put(one, "ages", value_list(x->arena));
		for (int a = 0; a < COMPARE_AGES; a++) {
			struct value *row = value_push(rows, value_map(x->arena));
			value_put_int(row, "hours", compare_ages[a]);
			value_put_real(row, "opened_percent", party_share(&party, i, compare_ages[a], RESPONSE_OPENED));
			value_put_real(row, "clicked_percent", party_share(&party, i, compare_ages[a], RESPONSE_CLICKED));
		}
	}
	return reply_json(x, list);
}
