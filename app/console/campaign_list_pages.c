/* The list of campaigns with filters, sorting and paging, as page, JSON and CSV. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audience/lists/list.h"
#include "audience/lists/list_lookup_pages.h"
#include "audience/lists/list_pages.h"
#include "console/campaign_pages.h"
#include "console/recording.h"
#include "core/base/collate.h"
#include "core/formats/json.h"
#include "core/formats/period.h"
#include "core/http/exchange.h"

enum { API_ROWS = 50, API_MAX = 500 };

/* Sort key of a row: a number, or a text if there is one. Figures are -1 without a report. */
struct place {
	double number;
	const char *text, *id;
	const struct campaign *campaign;
};

enum sort_key { BY_SENT, BY_NAME, BY_DELIVERED, BY_OPENS, BY_CLICKS };

static const struct sorting {
	const char *name, *label;
	enum sort_key key;
} sortings[] = {
	{ "sent", "Sent", BY_SENT },
	{ "name", "Name", BY_NAME },
	{ "delivered", "Delivered", BY_DELIVERED },
	{ "open_rate", "Open rate", BY_OPENS },
	{ "click_rate", "Click rate", BY_CLICKS },
};

static double figure_of(const struct campaign *campaign, enum sort_key key) {
	const struct metrics *metrics = &campaign->current_metrics;
	double figure = key == BY_DELIVERED ? (double)metrics_delivered(metrics)
	                                    : metrics_rate(metrics, key == BY_OPENS ? METRIC_OPEN_RATE : METRIC_CLICK_RATE);
	return campaign->has_report && !isnan(figure) ? figure : -1;
}

static struct place place_of(const struct campaign *campaign, enum sort_key key, struct arena *arena) {
	struct place place = { .id = campaign->id, .campaign = campaign };
	if (key == BY_NAME)
		place.text = collate_key(arena, campaign->name);
	else
		place.number = key == BY_SENT ? (double)campaign->sort_sent : figure_of(campaign, key);
	return place;
}

struct query {
	const char *list, *text;
	int status; /* -1: any */
	struct period period;
	struct moment as_of; /* MOMENT_NONE: now */
	const struct sorting *sorting;
	bool descending;
	const char *cursor;
	int limit;
};

static bool read_sorting(struct exchange *x, struct query *query, struct error *err) {
	const char *value = params_get(&x->query, "sort");
	if (text_is_empty(value))
		value = "-sent";
	query->descending = *value == '-';
	value += query->descending;
	for (size_t i = 0; i < sizeof sortings / sizeof *sortings; i++)
		if (strcmp(sortings[i].name, value) == 0)
			query->sorting = &sortings[i];
	return query->sorting || error_field(err, "sort",
	                                     "sort must be one of sent, name, delivered, open_rate, "
	                                     "click_rate, with '-' for descending");
}

static bool read_status(struct exchange *x, struct query *query, struct error *err) {
	const char *value = params_get(&x->query, "status");
	return text_is_empty(value) || choice_find(&campaign_statuses, value, &query->status) ||
	       error_field(err, "status", "status must be draft, sending, sent, error or unknown, not '%.40s'", value);
}

static bool read_query(struct exchange *x, struct query *query, struct error *err) {
	*query = (struct query){ .status = -1 };
	query->text = params_get(&x->query, "q");
	query->cursor = params_get(&x->query, "cursor");
	if (query->text && text_length(query->text) > 100)
		return error_field(err, "q", "the search text may have at most 100 characters");
	return list_of_query(x, &query->list, err) && period_as_of(&x->query, x->now, &query->as_of, err) &&
	       read_status(x, query, err) && period_read(&x->query, x->now, "all", &query->period, err) &&
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
	return fine || error_field(err, "cursor", "this cursor was not made here: start from the first page");
}

/* Campaigns that were never sent belong to no period. */
static bool is_asked_for(const struct query *query, const char *text, const struct campaign *campaign) {
	return (query->status < 0 || (int)campaign->status == query->status) &&
	       (!moment_is_set(query->period.from) || moment_is_set(campaign->sent_at)) &&
	       (!*text || (campaign->search && strstr(campaign->search, text)));
}

/* All matches, in ascending order. */
static bool find_places(struct exchange *x, const struct query *query, struct place **places, int *count,
                        struct error *err) {
	struct campaign_filter filter = {
		.from = query->period.from, .to = query->period.to, .as_of = query->as_of, .list = query->list
	};
	const char *text = text_is_empty(query->text) ? "" : text_fold(x->arena, query->text);
	struct campaign *campaigns;
	int known;
	*count = 0;
	if (!campaign_select(x->store, &filter, x->arena, &campaigns, &known, err))
		return false;
	*places = arena_array(x->arena, struct place, (size_t)known + 1);
	for (int i = 0; i < known; i++)
		if (is_asked_for(query, text, &campaigns[i]))
			(*places)[(*count)++] = place_of(&campaigns[i], query->sorting->key, x->arena);
	qsort(*places, (size_t)*count, sizeof **places, in_order);
	return true;
}

/* All matches and one page of them. */
struct listing {
	const struct place *places; /* all matches, ascending */
	const struct campaign **rows;
	const char *next; /* cursor; NULL on the last page */
	int matched, count;
};

static bool find_page(struct exchange *x, const struct query *query, int limit, struct listing *page,
                      struct error *err) {
	struct place *places, after = { .id = "" };
	const struct place *last = NULL;
	const char *cursor = query->cursor ? query->cursor : "";
	*page = (struct listing){ 0 };
	if ((*cursor && !read_cursor(cursor, query->sorting->key == BY_NAME, x->arena, &after, err)) ||
	    !find_places(x, query, &places, &page->matched, err))
		return false;
	page->places = places;
	page->rows = arena_array(x->arena, const struct campaign *, (size_t)limit);
	for (int i = 0; i < page->matched && !page->next; i++) {
		const struct place *place = &places[query->descending ? page->matched - 1 - i : i];
		if (*cursor && in_order(place, &after) * (query->descending ? -1 : 1) <= 0)
			continue;
		if (last && page->count == limit)
			page->next = cursor_of(x->arena, last);
		else
			page->rows[page->count++] = (last = place)->campaign;
	}
	return true;
}

/* The sum of the figures of all matches on all pages, as one campaign. */
static struct campaign total_of(const struct listing *page) {
	struct campaign total = { .has_report = true };
	for (int i = 0; i < page->matched; i++)
		if (page->places[i].campaign->has_report)
			metrics_add(&total.current_metrics, &page->places[i].campaign->current_metrics);
	return total;
}

static void put_time(struct value *map, const char *name, struct moment at) {
	char text[MOMENT_TEXT];
	value_put_text(map, name, *moment_format(at, text) ? arena_copy(map->arena, text) : NULL);
}

struct value *campaign_to_json(const struct campaign *campaign, struct arena *arena) {
	struct value *map = record_to_value(&campaign_record, campaign, arena);
	const struct metrics *metrics = &campaign->current_metrics;
	const struct {
		const char *name;
		int64_t value;
	} counts[] = {
		{ "total_recipients", metrics->sent },
		{ "sent_count", metrics->sent },
		{ "delivered_count", metrics_delivered(metrics) },
		{ "opened_count", metrics->opened },
		{ "clicked_count", metrics->clicked },
		{ "bounced_count", metrics->bounced },
		{ "unsubscribed_count", metrics->unsubscribed },
		{ "complained_count", metrics->spam_complaints },
	};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		value_put_int(map, counts[i].name, campaign->has_report ? counts[i].value : 0);
	put_time(map, "sent_time", campaign->sent_at);
	put_time((struct value *)(uintptr_t)value_get(map, "current_metrics"), "last_updated", campaign->last_updated);
	value_put_text(map, "origin", "synced");
	/* The old JSON name of the provider's id, from when there was one provider. */
	value_put_text(map, "emailoctopus_id", campaign->external.id);
	value_put_real(map, "open_rate", metric_or_zero(metrics_rate(metrics, METRIC_OPEN_RATE)));
	value_put_real(map, "click_rate", metric_or_zero(metrics_rate(metrics, METRIC_CLICK_RATE)));
	value_put_real(map, "bounce_rate", metric_or_zero(metrics_rate(metrics, METRIC_BOUNCE_RATE)));
	value_put_real(map, "unsubscribe_rate", metric_or_zero(metrics_rate(metrics, METRIC_UNSUBSCRIBE_RATE)));
	metrics_put_rates(map, metrics);
	return map;
}

bool campaign_list_api(struct exchange *x, struct error *err) {
	struct query query;
	struct listing page;
	if (!read_query(x, &query, err) || !recording_check(x, query.as_of, err) ||
	    !find_page(x, &query, query.limit, &page, err))
		return false;
	struct value *list = value_list(x->arena);
	for (int i = 0; i < page.count; i++)
		(void)value_push(list, campaign_to_json(page.rows[i], x->arena));
	if (page.next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, page.next));
	return reply_json(x, list);
}

/* Delivered and the rates; "–" without a report. */
static void put_figures(struct value *row, const struct campaign *campaign) {
	const struct metrics *metrics = &campaign->current_metrics;
	struct arena *arena = row->arena;
	value_put_text(row, "delivered", campaign->has_report ? count_text(arena, metrics_delivered(metrics)) : "–");
	for (int i = 0; i < METRIC_COUNT; i++)
		value_put_text(row, metric_rows[i].key,
		               metric_text(arena, (enum metric)i,
		                           campaign->has_report ? metrics_rate(metrics, (enum metric)i) : NAN));
}

struct value *campaign_row_view(const struct campaign *campaign, struct arena *arena) {
	char time[MOMENT_TEXT];
	struct value *row = value_map(arena);
	value_put_text(row, "id", campaign->id);
	value_put_text(row, "name", campaign_name(campaign));
	value_put_text(row, "subject", campaign->subject);
	value_put_text(row, "status", choice_name(&campaign_statuses, (int)campaign->status));
	value_put_text(row, "sent_human", text_of_day(arena, campaign->sent_at));
	value_put_text(row, "sent_iso", arena_copy(arena, moment_format(campaign->sent_at, time)));
	put_figures(row, campaign);
	return row;
}

static void put_filters(struct exchange *x, const struct query *query, struct value *view) {
	static const char *const names[] = { "q", "from", "to", "sort", "as_of" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		value_put_text(view, arena_print(x->arena, "is_%s", names[i]), params_get(&x->query, names[i]));
	struct value *statuses = value_put(view, "statuses", value_list(x->arena));
	for (int i = 1; i <= CAMPAIGN_STATUS_COUNT; i++) { /* unknown comes first in the enum but is listed last */
		int status = i % CAMPAIGN_STATUS_COUNT;
		struct value *one = value_push(statuses, value_map(x->arena));
		value_put_text(one, "name", campaign_statuses.names[status]);
		value_put_bool(one, "chosen", query->status == status);
	}
	struct value *columns = value_put(view, "columns", value_list(x->arena));
	for (size_t i = 0; i < sizeof sortings / sizeof *sortings; i++) {
		struct value *one = value_push(columns, value_map(x->arena));
		bool chosen = query->sorting == &sortings[i];
		value_put_text(one, "label", sortings[i].label);
		value_put_bool(one, "numeric", i >= 2);
		value_put_text(one, "order", !chosen ? NULL : query->descending ? "descending" : "ascending");
		value_put_text(one, "address",
		               exchange_address(x, "/campaigns", "sort",
		                                arena_print(x->arena, "%s%s", chosen && query->descending ? "" : "-",
		                                            sortings[i].name)));
	}
	value_put_text(view, "csv", exchange_address(x, "/campaigns.csv", "format", "csv"));
	exchange_put_past(x, view, query->as_of);
}

/* Those that the provider no longer has; with as_of they are among the others. */
static bool put_gone(struct exchange *x, struct value *view, struct moment as_of, struct error *err) {
	struct campaign_filter ever = CAMPAIGN_EVERY;
	struct campaign *campaigns;
	int count = 0;
	struct value *rows = value_put(view, "gone_campaigns", value_list(x->arena));
	ever.gone = true;
	if (!moment_is_set(as_of) && !campaign_select(x->store, &ever, x->arena, &campaigns, &count, err))
		return false;
	for (int i = 0; i < count && rows->count < CAMPAIGN_PAGE_ROWS; i++)
		if (moment_is_set(campaigns[i].gone_at))
			value_put_text(value_push(rows, campaign_row_view(&campaigns[i], x->arena)), "gone",
			               text_of_moment(x->arena, campaigns[i].gone_at));
	value_put_bool(view, "has_gone", rows->count > 0);
	return true;
}

bool campaign_list_page(struct exchange *x, struct error *err) {
	struct query query;
	struct listing page = { 0 };
	struct value *view = value_map(x->arena);
	struct error problem;
	if (!read_query(x, &query, &problem)) {
		if (!exchange_show_problem(x, &problem, err))
			return false;
		query = (struct query){ .status = -1, .as_of = MOMENT_NONE, .sorting = &sortings[0], .descending = true };
	} else if (!find_page(x, &query, CAMPAIGN_PAGE_ROWS, &page, err)) {
		return false;
	}
	struct campaign total = total_of(&page);
	struct value *list = value_put(view, "campaigns", value_list(x->arena));
	for (int i = 0; i < page.count; i++)
		(void)value_push(list, campaign_row_view(page.rows[i], x->arena));
	put_figures(value_put(view, "total", value_map(x->arena)), &total);
	value_put_text(view, "matched", text_of_count(x->arena, page.matched));
	put_filters(x, &query, view);
	const char *began;
	if (!put_gone(x, view, query.as_of, err) || !list_put_choices(x, query.list, view, err) ||
	    !recording_began(x, query.as_of, &began, err))
		return false;
	value_put_text(view, "began", began);
	value_put_int(view, "count", page.count);
	value_put_bool(view, "none", page.count == 0);
	value_put_text(view, "next_page", page.next ? exchange_address(x, "/campaigns", "cursor", page.next) : NULL);
	return reply_page(x, "console/campaigns", "Campaigns", "campaigns", view, err);
}

/* A row of the CSV table: counts and percentages, empty without a report. */
struct campaign_line {
	const char *id, *name, *subject;
	unsigned status;
	struct moment sent_at;
	int64_t sent, delivered, opened, clicked, bounced, unsubscribed, complaints;
	double open_rate_percent, click_rate_percent, click_to_open_rate_percent, bounce_rate_percent,
		unsubscribe_rate_percent, complaint_rate_percent;
};

static const struct field line_fields[] = {
	FIELD(struct campaign_line, id),
	FIELD(struct campaign_line, name),
	FIELD(struct campaign_line, subject),
	FIELD(struct campaign_line, status, .choices = &campaign_statuses),
	FIELD(struct campaign_line, sent_at),
	FIELD(struct campaign_line, sent),
	FIELD(struct campaign_line, delivered),
	FIELD(struct campaign_line, opened),
	FIELD(struct campaign_line, clicked),
	FIELD(struct campaign_line, bounced),
	FIELD(struct campaign_line, unsubscribed),
	FIELD(struct campaign_line, complaints),
	FIELD(struct campaign_line, open_rate_percent),
	FIELD(struct campaign_line, click_rate_percent),
	FIELD(struct campaign_line, click_to_open_rate_percent),
	FIELD(struct campaign_line, bounce_rate_percent),
	FIELD(struct campaign_line, unsubscribe_rate_percent),
	FIELD(struct campaign_line, complaint_rate_percent),
};
static const struct record_type line_record = RECORD_TYPE("CampaignLine", struct campaign_line, line_fields);

static struct campaign_line line_of(const struct campaign *campaign, struct arena *arena) {
	const struct metrics *metrics = &campaign->current_metrics;
	struct campaign_line line;
	record_clear(&line_record, &line);
	line.id = arena_print(arena, "campaign_%s", campaign->id);
	line.name = campaign->name;
	line.subject = campaign->subject;
	line.status = campaign->status;
	line.sent_at = campaign->sent_at;
	if (!campaign->has_report)
		return line;
	line.sent = metrics->sent;
	line.delivered = metrics_delivered(metrics);
	line.opened = metrics->opened;
	line.clicked = metrics->clicked;
	line.bounced = metrics->bounced;
	line.unsubscribed = metrics->unsubscribed;
	line.complaints = metrics->spam_complaints;
	line.open_rate_percent = metrics_rate(metrics, METRIC_OPEN_RATE);
	line.click_rate_percent = metrics_rate(metrics, METRIC_CLICK_RATE);
	line.click_to_open_rate_percent = metrics_rate(metrics, METRIC_CLICK_TO_OPEN_RATE);
	line.bounce_rate_percent = metrics_rate(metrics, METRIC_BOUNCE_RATE);
	line.unsubscribe_rate_percent = metrics_rate(metrics, METRIC_UNSUBSCRIBE_RATE);
	line.complaint_rate_percent = metrics_rate(metrics, METRIC_COMPLAINT_RATE);
	return line;
}

static bool list_piece(struct exchange *x, const void *state, const char *cursor, const char **next,
                       struct error *err) {
	struct query query = *(const struct query *)state;
	struct listing page;
	query.cursor = cursor;
	if (!find_page(x, &query, CSV_PIECE_ROWS, &page, err))
		return false;
	for (int i = 0; i < page.count; i++) {
		struct campaign_line line = line_of(page.rows[i], x->arena);
		record_to_csv(&line_record, &line, &x->body);
	}
	*next = page.next;
	return true;
}

bool campaign_list_csv(struct exchange *x, struct error *err) {
	struct query *query = arena_new_of(x->arena, struct query);
	if (!read_query(x, query, err) || !recording_check(x, query->as_of, err))
		return false;
	record_to_csv_head(&line_record, &x->body);
	return reply_csv_stream(x, "campaigns.csv", list_piece, query, err);
}
