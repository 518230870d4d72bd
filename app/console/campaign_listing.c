/* The list of campaigns that a request asks for. */
#include "console/campaign_listing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audience/lists/list_lookup_pages.h"
#include "core/base/collate.h"
#include "reports/partners/partner_lookup_pages.h"

enum { API_ROWS = 50, API_MAX = 500 };

const struct sorting campaign_sortings[SORTING_COUNT] = {
	{ "name", "Campaign", NULL, BY_NAME, 0 },
	{ "sent", "Sent", NULL, BY_SENT, 0 },
	{ "delivered", "Delivered", NULL, BY_DELIVERED, 0 },
	{ "click_rate", "Click rate", NULL, BY_RATE, METRIC_CLICK_RATE },
	{ "open_rate", "Open rate", NULL, BY_RATE, METRIC_OPEN_RATE },
	{ "click_to_open_rate", "Click-to-open rate", "Click/open", BY_RATE, METRIC_CLICK_TO_OPEN_RATE },
	{ "unsubscribe_rate", "Unsubscribed", "Unsub.", BY_RATE, METRIC_UNSUBSCRIBE_RATE },
	{ "bounce_rate", "Bounced", NULL, BY_RATE, METRIC_BOUNCE_RATE },
	{ "complaint_rate", "Complaints", NULL, BY_RATE, METRIC_COMPLAINT_RATE },
};
const struct campaign_query campaign_query_usual = {
	.status = -1, .origin = -1, .as_of = MOMENT_NONE, .sorting = &campaign_sortings[1], .descending = true, .page = 1
};

static double figure_of(const struct campaign *campaign, const struct sorting *sorting) {
	const struct metrics *metrics = &campaign->current_metrics;
	double figure = sorting->key == BY_DELIVERED ? (double)metrics_delivered(metrics)
	                                             : metrics_rate(metrics, sorting->metric);
	return campaign->has_report && !isnan(figure) ? figure : -1;
}

static struct place place_of(const struct campaign *campaign, const struct sorting *sorting, struct arena *arena) {
	struct place place = { .id = campaign->id, .campaign = campaign };
	if (sorting->key == BY_NAME)
		place.text = collate_key(arena, campaign->name);
	else
		place.number = sorting->key == BY_SENT ? (double)campaign->sort_sent : figure_of(campaign, sorting);
	return place;
}

static bool read_sorting(struct exchange *x, struct campaign_query *query, struct error *err) {
	const char *value = params_get(&x->query, "sort");
	if (text_is_empty(value))
		value = "-sent";
	query->descending = *value == '-';
	value += query->descending;
	for (int i = 0; i < SORTING_COUNT; i++)
		if (strcmp(campaign_sortings[i].name, value) == 0)
			query->sorting = &campaign_sortings[i];
	return query->sorting || error_field(err, "sort", "“%.40s” is not an order of campaigns", value) ||
	       error_codes(err, ". Use name, sent, delivered, click_rate, open_rate, click_to_open_rate, unsubscribe_rate, "
	                        "bounce_rate, "
	                        "complaint_rate, with '-' for descending");
}

static bool read_status(struct exchange *x, struct campaign_query *query, struct error *err) {
	const char *value = params_get(&x->query, "status");
	return text_is_empty(value) || choice_find(&campaign_statuses, value, &query->status) ||
	       error_field(err, "status", "“%.40s” is not a status", value) ||
	       error_codes(err, ". Use draft, scheduled, queued, sending, paused, sent, cancelled, failed or unknown");
}

static bool read_origin(struct exchange *x, struct campaign_query *query, struct error *err) {
	const char *value = params_get(&x->query, "origin");
	return text_is_empty(value) || choice_find(&campaign_origins, value, &query->origin) ||
	       error_field(err, "origin", "“%.40s” is not an origin", value) || error_codes(err, ". Use own or synced");
}

bool campaign_query_read(struct exchange *x, struct campaign_query *query, struct error *err) {
	*query = (struct campaign_query){ .status = -1, .origin = -1 };
	query->created_by = params_get(&x->query, "created_by");
	query->text = params_get(&x->query, "q");
	query->cursor = params_get(&x->query, "cursor");
	query->ids = params_all(&x->query, "id", x->arena);
	if (query->text && text_length(query->text) > 100)
		return error_field(err, "q", "Search for at most 100 characters");
	return list_of_query(x, &query->list, err) && partner_of_query(x, &query->partner, err) &&
	       period_as_of(&x->query, x->now, &query->as_of, err) && read_status(x, query, err) &&
	       read_origin(x, query, err) && period_read(&x->query, x->now, "all", &query->period, err) &&
	       read_sorting(x, query, err) && exchange_limit(x, API_ROWS, API_MAX, &query->limit, err);
}

static int in_order(const void *a, const void *b) {
	const struct place *x = a, *y = b;
	int texts = x->text && y->text ? strcmp(x->text, y->text) : 0;
	if (texts || x->number != y->number)
		return texts ? texts : (x->number > y->number) - (x->number < y->number);
	return strcmp(x->id, y->id);
}

/* The cursor is "value:id" of the last row: the next page starts after that position, even if the row is gone. */
static const char *cursor_of(struct arena *arena, const struct place *last) {
	return last->text ? arena_print(arena, "%s:%s", last->text, last->id)
	                  : arena_print(arena, "%.17g:%s", last->number, last->id);
}

static bool read_cursor(const char *cursor, bool text, struct arena *arena, struct place *after, struct error *err) {
	const char *colon = strrchr(cursor, ':');
	bool fine = colon && store_is_id(colon + 1);
	if (fine) {
		char *value = arena_copy_bytes(arena, cursor, (size_t)(colon - cursor)), *end = value;
		after->id = colon + 1;
		after->text = text ? value : NULL;
		after->number = text ? 0 : strtod(value, &end);
		fine = text || (!*end && isfinite(after->number));
	}
	return fine || error_field(err, "cursor", "This page link is not valid. Start from the first page");
}

/* In name and subject, or in the sender. */
static bool mentions(const struct campaign *campaign, const char *text, struct arena *arena) {
	return (campaign->search && text_has_words(campaign->search, text)) ||
	       text_has_words(text_fold(arena, campaign->from_name), text) ||
	       text_has_words(text_fold(arena, campaign->from_email), text);
}

/* Campaigns that were never sent belong to no period. Whatever its status. */
static bool is_asked_for(const struct campaign_query *query, const char *text, const struct campaign *campaign,
                         struct arena *arena) {
	return (query->origin < 0 || (int)campaign->origin == query->origin) &&
	       (text_is_empty(query->created_by) || text_same(query->created_by, campaign->created_by)) &&
	       (query->ids.count == 0 || strings_have(&query->ids, campaign->id)) &&
	       (!moment_is_set(query->period.from) || moment_is_set(campaign->sent_at)) &&
	       (!*text || mentions(campaign, text, arena));
}

/* All matches, in ascending order. */
static bool find_places(struct exchange *x, const struct campaign_query *query, struct listing *listing,
                        struct error *err) {
	struct campaign_filter filter = {
		.from = query->period.from, .to = query->period.to, .as_of = query->as_of, .list = query->list, .own = true
	};
	const char *text = text_is_empty(query->text) ? "" : text_fold(x->arena, query->text);
	struct campaign *campaigns;
	struct partner *partners;
	int known, partner_count;
	if (!campaign_select(x->store, &filter, x->arena, &campaigns, &known, err) ||
	    !partner_list(x->store, x->arena, &partners, &partner_count, err))
		return false;
	struct place *places = arena_array(x->arena, struct place, (size_t)known + 1);
	for (int i = 0; i < known; i++) {
		if (!is_asked_for(query, text, &campaigns[i], x->arena) ||
		    !partner_has(query->partner, &campaigns[i], partners, partner_count))
			continue;
		listing->of_status[campaigns[i].status]++;
		if (query->status < 0 || (int)campaigns[i].status == query->status)
			places[listing->matched++] = place_of(&campaigns[i], query->sorting, x->arena);
	}
	qsort(places, (size_t)listing->matched, sizeof *places, in_order);
	listing->places = places;
	return true;
}

/* The i-th match in the order asked for. */
static const struct place *place_at(const struct listing *listing, const struct campaign_query *query, int i) {
	return &listing->places[query->descending ? listing->matched - 1 - i : i];
}

bool campaign_listing_find(struct exchange *x, const struct campaign_query *query, int limit, struct listing *page,
                           struct error *err) {
	struct place after = { .id = "" };
	const struct place *last = NULL;
	const char *cursor = query->cursor ? query->cursor : "";
	*page = (struct listing){ 0 };
	if ((*cursor && !read_cursor(cursor, query->sorting->key == BY_NAME, x->arena, &after, err)) ||
	    !find_places(x, query, page, err))
		return false;
	page->rows = arena_array(x->arena, const struct campaign *, (size_t)limit);
	for (int i = query->page > 1 ? (query->page - 1) * limit : 0; i < page->matched && !page->next; i++) {
		const struct place *place = place_at(page, query, i);
		if (*cursor && in_order(place, &after) * (query->descending ? -1 : 1) <= 0)
			continue;
		if (last && page->count == limit)
			page->next = cursor_of(x->arena, last);
		else
			page->rows[page->count++] = (last = place)->campaign;
	}
	return true;
}

struct campaign campaign_listing_total(const struct listing *page) {
	struct campaign total = { .has_report = true };
	for (int i = 0; i < page->matched; i++)
		if (page->places[i].campaign->has_report)
			metrics_add(&total.current_metrics, &page->places[i].campaign->current_metrics);
	return total;
}

int campaign_listing_reported(const struct listing *listing) {
	int count = 0;
	for (int i = 0; i < listing->matched; i++)
		count += listing->places[i].campaign->has_report;
	return count;
}
