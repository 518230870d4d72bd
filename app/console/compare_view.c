/* What the page of a comparison shows. */
#include <math.h>

#include "console/compare_party.h"
#include "core/base/calendar.h"
#include "core/http/parts.h"
#include "insights/peers.h"
#include "metrics/share.h"

enum { CHOICES = 60 };

static const char *const keys[COMPARED_MAX] = { "a", "b", "c", "d", "e", "f" };

/* "ids" of the campaigns but one (-1: all) and an age, as a query. */
static const char *query_of(struct arena *arena, const struct party *party, int without, const char *age) {
	BUF_AUTO out = { 0 };
	for (int i = 0; i < party->count; i++)
		if (i != without)
			buf_print(&out, "%sid=%s", out.size ? "&" : "", party->campaigns[i].id);
	if (!text_is_empty(age))
		buf_print(&out, "&age=%s", age);
	return arena_copy(arena, buf_text(&out));
}

/* "14:30" */
static const char *clock_text(struct arena *arena, struct moment at) {
	int64_t minutes = (at.ms - day_start(at).ms) / MINUTE_MS;
	return moment_is_set(at) ? arena_print(arena, "%02d:%02d", (int)(minutes / 60), (int)(minutes % 60)) : NULL;
}

static void put_heads(const struct exchange *x, struct value *view, const struct party *party) {
	struct arena *arena = view->arena;
	struct value *heads = value_put(view, "heads", value_list(arena));
	for (int i = 0; i < party->count; i++) {
		const struct campaign *campaign = &party->campaigns[i];
		const struct metrics *metrics = &campaign->current_metrics;
		struct value *head = value_push(heads, value_map(arena));
		value_put_text(head, "id", campaign->id);
		value_put_text(head, "name", campaign_name(campaign));
		value_put_text(head, "letter", compared_letter(i));
		value_put_text(head, "key", keys[i]);
		value_put_text(head, "icon", arena_print(arena, "k-%s", keys[i]));
		value_put_text(head, "sent", text_of_day_cell(arena, campaign->sent_at, x->now));
		value_put_text(head, "hour", clock_text(arena, campaign->sent_at));
		value_put_text(head, "delivered", campaign->has_report ? count_text(arena, metrics_delivered(metrics)) : "–");
		value_put_text(head, "of", campaign->has_report ? count_text(arena, metrics->sent) : "–");
		value_put_text(head, "remove",
		               arena_print(arena, "/compare?%s", query_of(arena, party, i, params_get(&x->query, "age"))));
	}
}

static void put_cells(struct value *row, const struct compared *compared, enum metric metric, int better) {
	struct value *cells = value_put(row, "cells", value_list(row->arena));
	for (int i = 0; i < compared->count; i++) {
		double rate = share_percent(compared->shares[i].part, compared->shares[i].whole);
		struct value *cell = value_push(cells, value_map(row->arena));
		value_put_text(cell, "rate", metric_text(row->arena, metric, rate));
		value_put_text(cell, "letter", compared_letter(i));
		value_put_bool(cell, "best", i == better);
	}
}

/* `metric`: whose direction and number of places the row has. */
static void put_rate(struct value *rows, const char *name, const char *formula, enum metric metric,
                     const struct compared *compared) {
	struct difference difference = difference_of(compared, metric);
	struct value *row = value_push(rows, value_map(rows->arena));
	bool clear;
	const char *verdict = difference_verdict(rows->arena, metric, &difference, compared->count, &clear);
	value_put_text(row, "metric", name);
	value_put_text(row, "formula", formula);
	value_put_text(row, "points", difference_points(rows->arena, metric, &difference));
	value_put_text(row, "interval", difference_interval(rows->arena, metric, &difference));
	value_put_text(row, "whose",
	               compared->count > 2 && difference.first >= 0
	                   ? arena_print(rows->arena, "%s − %s: ", compared_letter(difference.first),
	                                 compared_letter(difference.second))
	                   : NULL);
	/* a reserve is of all */
	value_put_text(row, "verdict", difference.reserve && rows->count > 1 ? "–" : verdict);
	value_put_bool(row, "clear", clear);
	put_cells(row, compared, metric, clear ? difference.better : -1);
}

/* Only if one of them has codes. Always to date: what is compared at an age are opens and clicks. */
static void put_redeemed(struct value *rows, const struct party *party, const struct reserve *reserve) {
	struct compared compared = { .count = party->count, .reserve = reserve };
	bool any = false;
	for (int i = 0; i < party->count; i++) {
		compared.shares[i] = party->redeemed[i];
		any = any || party->redeemed[i].part != COUNT_NONE;
	}
	if (any)
		put_rate(rows, "Redemption rate", "people who redeemed ÷ recipients, to date", METRIC_CLICK_RATE, &compared);
}

static void put_rates(struct value *view, const struct party *party, const struct compared compared[METRIC_COUNT]) {
	static const enum metric order[] = { METRIC_CLICK_RATE,  METRIC_OPEN_RATE,        METRIC_CLICK_TO_OPEN_RATE,
		                                 METRIC_BOUNCE_RATE, METRIC_UNSUBSCRIBE_RATE, METRIC_COMPLAINT_RATE };
	struct value *rows = value_put(view, "rates", value_list(view->arena));
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		const struct metric_row *about = &metric_rows[order[i]];
		const bool is_caveat = *about->caveat && order[i] == METRIC_OPEN_RATE;
		put_rate(rows, about->name, is_caveat ? about->caveat : about->formula, order[i], &compared[order[i]]);
	}
	put_redeemed(rows, party, compared[METRIC_CLICK_RATE].reserve);
}

/* Why a growth is missing, or not of everybody. */
static void put_gaps(struct value *view, const struct party *party) {
	struct value *gaps = value_put(view, "growth_gaps", value_list(view->arena));
	for (int i = 0; i < party->count; i++) {
		for (int k = RESPONSE_OPENED; k <= RESPONSE_CLICKED; k++) {
			const char *words = growth_gap(party->growths[i], &party->campaigns[i], (enum response)k, view->arena);
			if (words)
				(void)value_push(gaps, value_text(view->arena,
				                                  arena_print(view->arena, "%s: %s", compared_letter(i), words)));
		}
	}
	value_put_bool(view, "has_gaps", gaps->count > 0);
}

static const char *age_words(struct arena *arena, int hours) {
	return hours == 0   ? "When sent"
	       : hours < 48 ? text_of_counted(arena, hours, "hour after sending", "hours after sending")
	                    : text_of_counted(arena, hours / 24, "day after sending", "days after sending");
}

/* The number of ages up to the last that any of them tells. */
static int ages_known(const struct party *party, enum response response) {
	int known = 0;
	for (int a = 0; a < COMPARE_AGES; a++)
		for (int i = 0; i < party->count; i++)
			if (!isnan(party_share(party, i, compare_ages[a], response)))
				known = a + 1;
	return known;
}

/* "A had 36.7 % opens, B 32.4 %" at an age; NULL unless it is known of `growths` campaigns. */
static const char *growth_at(struct arena *arena, const struct party *party, enum response response, int hours,
                             int growths) {
	enum metric metric = response == RESPONSE_OPENED ? METRIC_OPEN_RATE : METRIC_CLICK_RATE;
	BUF_AUTO out = { 0 };
	int known = 0;
	for (int i = 0; i < party->count; i++) {
		double share = party_share(party, i, hours, response);
		if (isnan(share))
			continue;
		buf_print(&out, "%s%s %s%s", known ? ", " : "", compared_letter(i), known ? "" : "had ",
		          metric_text(arena, metric, share));
		if (known++ == 0)
			buf_text_add(&out, response == RESPONSE_OPENED ? " opens" : " clicks");
	}
	return known == growths ? arena_copy(arena, buf_text(&out)) : NULL;
}

/* "After 3 days A had 36.7 % opens, B 32.4 %.", at the age that is compared, else at the last that all with a known
 * growth have reached. */
static const char *growth_words(struct arena *arena, const struct party *party, enum response response, int hours) {
	int growths = 0;
	for (int i = 0; i < party->count; i++)
		growths += growth_is_whole(party->growths[i], &party->campaigns[i], response);
	for (int a = COMPARE_AGES; a > 0 && growths >= 2; a--) {
		int age = a == COMPARE_AGES ? hours : compare_ages[a];
		const char *words = age == AGE_TO_DATE ? NULL : growth_at(arena, party, response, age, growths);
		if (words)
			return arena_print(arena, "After %s %s.", text_of_hours(arena, age), words);
	}
	return "Who did it when is not known of enough campaigns to compare them yet.";
}

static void put_growth(struct value *view, const struct party *party, enum response response, int hours) {
	struct arena *arena = view->arena;
	enum metric metric = response == RESPONSE_OPENED ? METRIC_OPEN_RATE : METRIC_CLICK_RATE;
	struct value *chart = value_push((struct value *)(uintptr_t)value_get(view, "charts"), value_map(arena));
	struct value *rows = value_put(chart, "ages", value_list(arena));
	int ages = ages_known(party, response);
	value_put_text(chart, "title", response == RESPONSE_OPENED ? "Open rate over time" : "Click rate over time");
	value_put_text(chart, "table", response == RESPONSE_OPENED ? "by-open" : "by-click");
	value_put_text(chart, "words", growth_words(arena, party, response, hours));
	value_put_bool(chart, "drawn", ages > 1);
	for (int a = 0; a < ages; a++) {
		struct value *row = value_push(rows, value_map(arena));
		value_put_int(row, "hours", compare_ages[a]);
		value_put_text(row, "age", age_words(arena, compare_ages[a]));
		struct value *cells = value_put(row, "cells", value_list(arena));
		for (int i = 0; i < party->count; i++)
			(void)value_push(cells, value_text(arena, metric_text(arena, metric,
			                                                      party_share(party, i, compare_ages[a], response))));
	}
}

static void put_age_choices(struct value *view, const struct party *party, int hours) {
	static const struct {
		const char *word, *label;
		int hours;
	} ages[] = {
		{ "24", "24 hours", 24 }, { "72", "3 days", 72 }, { "168", "7 days", 168 }, { "date", "To date", AGE_TO_DATE }
	};
	struct value *choices = value_put(view, "ages_of", value_list(view->arena));
	for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
		put_choice(choices, ages[i].word, ages[i].label, ages[i].hours == hours);
		value_put_text(choices->last, "address",
		               arena_print(view->arena, "/compare?%s", query_of(view->arena, party, -1, ages[i].word)));
	}
}

void compare_put(struct exchange *x, struct value *view, const struct party *party, int hours) {
	static const char *const numbers[] = { "", "", "two", "three", "four", "five", "six" };
	struct arena *arena = x->arena;
	struct compared compared[METRIC_COUNT];
	const struct reserve *reserve = comparison_reserve(arena, party->campaigns, party->count, party->now);
	for (int i = 0; i < METRIC_COUNT; i++) {
		compared[i] = party_compared(party, (enum metric)i, hours);
		compared[i].reserve = reserve;
	}
	bool to_date = hours == AGE_TO_DATE;
	const char *when = to_date ? "to date" : arena_print(arena, "after %s", text_of_hours(arena, hours));
	struct finding finding = comparison_finding(arena, compared, when);
	value_put_text(view, "title_of", arena_print(arena, "Compare %s campaigns", numbers[party->count]));
	value_put_text(view, "age_title", to_date ? "Results to date" : age_words(arena, hours));
	value_put_text(view, "age_short",
	               to_date ? "To date" : arena_print(arena, "After %s", text_of_hours(arena, hours)));
	value_put_bool(view, "to_date", to_date);
	value_put_bool(view, "many", party->count > 2);
	value_put_text(view, "finding_title", finding.title);
	value_put_text(view, "finding_text", finding.text);
	put_heads(x, view, party);
	put_rates(view, party, compared);
	put_gaps(view, party);
	put_age_choices(view, party, hours);
	(void)value_put(view, "charts", value_list(arena));
	put_growth(view, party, RESPONSE_CLICKED, hours);
	put_growth(view, party, RESPONSE_OPENED, hours);
	value_put_text(view, "csv", arena_print(arena, "/compare.csv?%s", query_of(arena, party, -1, NULL)));
	value_put_text(view, "report", arena_print(arena, "/reports/new?%s", query_of(arena, party, -1, NULL)));
}

/* Those that the parameters id= name and that can be chosen, however many. */
static bool find_chosen(struct exchange *x, struct campaign **chosen, int *count, struct error *err) {
	struct strings named = params_all(&x->query, "id", x->arena), ids = strings_distinct(x->arena, &named);
	*chosen = arena_array(x->arena, struct campaign, (size_t)ids.count + 1);
	*count = 0;
	for (int i = 0; i < ids.count && *count < CHOICES; i++) {
		bool found;
		if (!campaign_find(x->store, ids.items[i], x->arena, &(*chosen)[*count], &found, err))
			return false;
		*count += found && campaign_counts(&(*chosen)[*count]) && !moment_is_set((*chosen)[*count].gone_at);
	}
	return true;
}

static bool is_among(const struct campaign *campaign, const struct campaign *campaigns, int count) {
	for (int i = 0; i < count; i++)
		if (text_same(campaigns[i].id, campaign->id))
			return true;
	return false;
}

/* The newest that can be judged and is not `other`; if there is one to the same list as `other`, that. */
static const struct campaign *suggested(const struct campaign *campaigns, int count, const struct campaign *other,
                                        struct moment now) {
	const struct campaign *newest = NULL;
	for (int i = 0; i < count; i++) {
		const struct campaign *one = &campaigns[i];
		if (one->status != CAMPAIGN_SENT || !campaign_has_settled(one, now) || (other && text_same(one->id, other->id)))
			continue;
		if (!other || text_same(one->list_id, other->list_id))
			return one;
		newest = newest ? newest : one;
	}
	return newest;
}

static void put_campaign(struct exchange *x, struct value *choices, const struct campaign *campaign, bool chosen) {
	put_choice(choices, campaign->id,
	           arena_print(x->arena, "%s, %s", campaign_name(campaign),
	                       text_of_day_near(x->arena, campaign->sent_at, x->now)),
	           chosen);
}

bool compare_put_choices(struct exchange *x, struct value *view, const struct party *party, struct error *err) {
	struct campaign_filter filter = CAMPAIGN_EVERY;
	struct campaign *campaigns, *chosen;
	int count, chosen_count;
	filter.reported = true;
	filter.limit = CHOICES;
	if (!campaign_select(x->store, &filter, x->arena, &campaigns, &count, err) ||
	    !find_chosen(x, &chosen, &chosen_count, err))
		return false;
	const struct campaign *first = chosen_count ? chosen : suggested(campaigns, count, NULL, x->now);
	const struct campaign *second = chosen_count < 2 ? suggested(campaigns, count, first, x->now) : NULL;
	struct value *firsts = value_put(view, "firsts", value_list(x->arena)),
				 *others = value_put(view, "others", value_list(x->arena)),
				 *chosen_ids = value_put(view, "chosen_ids", value_list(x->arena));
	for (int i = 0; i < count; i++) {
		if (is_among(&campaigns[i], chosen, chosen_count))
			continue;
		put_campaign(x, firsts, &campaigns[i], &campaigns[i] == first);
		put_campaign(x, others, &campaigns[i], !party && &campaigns[i] == second);
	}
	for (int i = 0; i < chosen_count; i++)
		put_campaign(x, chosen_ids, &chosen[i], true);
	value_put_text(view, "age", x->problem ? NULL : params_get(&x->query, "age"));
	value_put_bool(view, "may_add", chosen_count < COMPARED_MAX && others->count > 0);
	value_put_bool(view, "none_chosen", chosen_count == 0);
	value_put_bool(view, "too_few", count < 2 && chosen_count < 2);
	return true;
}
