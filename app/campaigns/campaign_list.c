/* The list of campaigns: filters, order and pages; as page, JSON and CSV. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/pages.h"
#include "core/formats/json.h"
#include "core/http/period.h"
#include "lists/list.h"

enum { API_ROWS = 50, API_MOST = 500 };

struct sorting {
	const char *name, *field, *label;
	bool text, figures;
};

static const struct sorting sortings[] = {
	{ "sent", "sort_sent", "Sent", false, false },
	{ "name", "sort_name", "Name", true, false },
	{ "delivered", "sort_delivered", "Delivered", false, true },
	{ "open_rate", "sort_open", "Open rate", false, true },
	{ "click_rate", "sort_click", "Click rate", false, true },
};

struct query {
	const char *status, *list, *text;
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
	int status;
	const char *value = params_get(&x->query, "status");
	if (text_is_empty(value))
		return true;
	if (!choice_find(&campaign_statuses, value, &status))
		return error_field(err, "status", "status must be draft, sending, sent or error, not '%.40s'", value);
	query->status = campaign_statuses.names[status];
	return true;
}

static bool read_query(struct exchange *x, struct query *query, struct error *err) {
	*query = (struct query){ 0 };
	query->list = params_get(&x->query, "list");
	query->text = params_get(&x->query, "q");
	query->cursor = params_get(&x->query, "cursor");
	if (query->text && text_length(query->text) > 100)
		return error_field(err, "q", "the search text may have at most 100 characters");
	if (!period_as_of(&x->query, moment_now(), &query->as_of, err) || !read_status(x, query, err) ||
	    !period_read(&x->query, moment_now(), "all", &query->period, err) || !read_sorting(x, query, err))
		return false;
	if (moment_is_set(query->as_of) && query->sorting->figures)
		return error_field(
			err, "sort", "with as_of campaigns can be sorted by sent or name only: figures are kept in order for now");
	return exchange_limit(x, API_ROWS, API_MOST, &query->limit, err);
}

static void append_period(bson_t *filter, const struct query *query) {
	bson_t range;
	if (!moment_is_set(query->period.from))
		return;
	BSON_APPEND_DOCUMENT_BEGIN(filter, "sent_at", &range);
	BSON_APPEND_DATE_TIME(&range, "$gte", query->period.from.ms);
	BSON_APPEND_DATE_TIME(&range, "$lt", query->period.to.ms);
	bson_append_document_end(filter, &range);
}

/* The cursor is "value:id" of the last row. The extra bound on the sort field lets the index be used. */
static bool append_cursor(bson_t *filter, const struct query *query, struct arena *arena, struct error *err) {
	const char *colon = strrchr(query->cursor, ':');
	const char *outer = query->descending ? "$lte" : "$gte", *inner = query->descending ? "$lt" : "$gt";
	const char *field = query->sorting->field;
	bson_oid_t oid;
	if (!colon || !bson_oid_is_valid(colon + 1, strlen(colon + 1)))
		return error_field(err, "cursor", "this cursor was not made here: start from the first page");
	bson_oid_init_from_string(&oid, colon + 1);
	char *value = arena_copy_bytes(arena, query->cursor, (size_t)(colon - query->cursor));
	bson_value_t key = { 0 };
	if (query->sorting->text) {
		key.value_type = BSON_TYPE_UTF8;
		key.value.v_utf8.str = value;
		key.value.v_utf8.len = (uint32_t)strlen(value);
	} else {
		key.value_type = BSON_TYPE_DOUBLE;
		key.value.v_double = strtod(value, NULL);
	}
	bson_t bound, either, branch, lesser;
	BSON_APPEND_DOCUMENT_BEGIN(filter, field, &bound);
	bson_append_value(&bound, outer, -1, &key);
	bson_append_document_end(filter, &bound);
	BSON_APPEND_ARRAY_BEGIN(filter, "$or", &either);
	BSON_APPEND_DOCUMENT_BEGIN(&either, "0", &branch);
	BSON_APPEND_DOCUMENT_BEGIN(&branch, field, &lesser);
	bson_append_value(&lesser, inner, -1, &key);
	bson_append_document_end(&branch, &lesser);
	bson_append_document_end(&either, &branch);
	BSON_APPEND_DOCUMENT_BEGIN(&either, "1", &branch);
	BSON_APPEND_DOCUMENT_BEGIN(&branch, "_id", &lesser);
	BSON_APPEND_OID(&lesser, inner, &oid);
	bson_append_document_end(&branch, &lesser);
	bson_append_document_end(&either, &branch);
	bson_append_array_end(filter, &either);
	return true;
}

static const char *cursor_of(struct arena *arena, const struct query *query, const struct campaign *last) {
	const char *name = query->sorting->name;
	if (query->sorting->text)
		return arena_print(arena, "%s:%s", last->sort_name, last->id);
	double value = strcmp(name, "sent") == 0        ? (double)last->sort_sent
	               : strcmp(name, "delivered") == 0 ? (double)last->sort_delivered
	               : strcmp(name, "open_rate") == 0 ? last->sort_open
	                                                : last->sort_click;
	return arena_print(arena, "%.17g:%s", value, last->id);
}

static void append_filter(bson_t *filter, const struct query *query, struct arena *arena) {
	if (query->status)
		BSON_APPEND_UTF8(filter, "status", query->status);
	if (!text_is_empty(query->list))
		BSON_APPEND_UTF8(filter, "list_ids", query->list);
	if (!text_is_empty(query->text))
		BSON_APPEND_REGEX(filter, "search", store_pattern(arena, text_fold(arena, query->text)), "");
	append_period(filter, query);
}

static bool find_page(struct exchange *x, const struct query *query, int limit, struct campaign **rows, int *count,
                      const char **next, struct error *err) {
	bson_t filter = BSON_INITIALIZER, sort = BSON_INITIALIZER;
	int direction = query->descending ? -1 : 1;
	append_filter(&filter, query, x->arena);
	BSON_APPEND_INT32(&sort, query->sorting->field, direction);
	BSON_APPEND_INT32(&sort, "_id", direction);
	bool fine = (text_is_empty(query->cursor) || append_cursor(&filter, query, x->arena, err)) &&
	            store_list(x->store, "campaigns", &filter, &sort, limit + 1, &campaign_record, x->arena, (void **)rows,
	                       count, err);
	bson_destroy(&filter);
	bson_destroy(&sort);
	*next = NULL;
	if (fine && *count > limit) {
		*count = limit;
		*next = cursor_of(x->arena, query, &(*rows)[limit - 1]);
	}
	return fine &&
	       (!moment_is_set(query->as_of) || campaign_turn_back(x->store, query->as_of, x->arena, *rows, count, err));
}

/* All that match, over all pages: their figures added up as one campaign. */
static bool find_total(struct exchange *x, const struct query *query, struct campaign *total, int64_t *count,
                       struct error *err) {
	struct campaign_filter filter = {
		.from = query->period.from, .to = query->period.to, .as_of = query->as_of, .list = query->list
	};
	const char *text = text_is_empty(query->text) ? "" : text_fold(x->arena, query->text);
	struct campaign *rows;
	int known;
	*total = (struct campaign){ .has_report = true };
	*count = 0;
	if (!campaign_select(x->store, &filter, x->arena, &rows, &known, err))
		return false;
	for (int i = 0; i < known; i++) {
		if ((query->status && strcmp(choice_name(&campaign_statuses, (int)rows[i].status), query->status) != 0) ||
		    (rows[i].search && !strstr(rows[i].search, text)))
			continue;
		++*count;
		if (rows[i].has_report)
			metrics_add(&total->current_metrics, &rows[i].current_metrics);
	}
	return true;
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
	char sent[MOMENT_TEXT];
	value_put_text(map, "sent_time", *moment_format(campaign->sent_at, sent) ? arena_copy(arena, sent) : NULL);
	value_put_text(map, "origin", "synced");
	double of_sent = metrics->sent > 0 ? 100.0 * (double)metrics->unsubscribed / (double)metrics->sent : 0;
	value_put_real(map, "open_rate", metric_or_zero(metrics_rate(metrics, METRIC_OPEN_RATE)));
	value_put_real(map, "click_rate", metric_or_zero(metrics_rate(metrics, METRIC_CLICK_RATE)));
	value_put_real(map, "bounce_rate", metric_or_zero(metrics_rate(metrics, METRIC_BOUNCE_RATE)));
	value_put_real(map, "unsubscribe_rate", of_sent);
	metrics_put_rates(map, metrics);
	return map;
}

bool campaign_list_api(struct exchange *x, struct error *err) {
	struct query query;
	struct campaign *rows;
	const char *next;
	int count;
	if (!read_query(x, &query, err) || !find_page(x, &query, query.limit, &rows, &count, &next, err))
		return false;
	struct value *list = value_list(x->arena);
	for (int i = 0; i < count; i++)
		(void)value_push(list, campaign_to_json(&rows[i], x->arena));
	if (next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, next));
	return reply_json(x, list);
}

/* Delivered and the rates, "–" without a report. */
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
	for (int i = 0; i < CAMPAIGN_STATUS_COUNT; i++) {
		struct value *one = value_push(statuses, value_map(x->arena));
		value_put_text(one, "name", campaign_statuses.names[i]);
		value_put_bool(one, "chosen", text_same(query->status, campaign_statuses.names[i]));
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
}

bool campaign_list_page(struct exchange *x, struct error *err) {
	struct query query;
	struct campaign *rows = NULL, total = { 0 };
	const char *next = NULL;
	int64_t matched = 0;
	int count = 0;
	struct value *view = value_map(x->arena);
	struct error problem = ERROR_INIT;
	if (!read_query(x, &query, &problem)) {
		x->status = 400;
		value_put_text(view, "problem", arena_copy(x->arena, problem.text));
		query = (struct query){ .sorting = &sortings[0], .descending = true };
	} else if (!find_page(x, &query, CAMPAIGN_PAGE_ROWS, &rows, &count, &next, err) ||
	           !find_total(x, &query, &total, &matched, err)) {
		return false;
	}
	struct value *list = value_put(view, "campaigns", value_list(x->arena));
	for (int i = 0; i < count; i++)
		(void)value_push(list, campaign_row_view(&rows[i], x->arena));
	put_figures(value_put(view, "total", value_map(x->arena)), &total);
	value_put_text(view, "matched", text_of_count(x->arena, matched));
	put_filters(x, &query, view);
	if (!list_put_choices(x, query.list, view, err))
		return false;
	value_put_int(view, "count", count);
	value_put_bool(view, "none", count == 0);
	if (next)
		value_put_text(view, "next_page", exchange_address(x, "/campaigns", "cursor", next));
	return reply_page(x, "campaigns", problem.kind ? "Error: Campaigns" : "Campaigns", "campaigns", view, err);
}

/* A row of the table as CSV: counts and percentages, empty where there is no report. */
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
static const struct record line_record = RECORD("CampaignLine", struct campaign_line, line_fields);

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
	struct campaign *rows;
	int count;
	query.cursor = cursor;
	if (!find_page(x, &query, CSV_PIECE_ROWS, &rows, &count, next, err))
		return false;
	for (int i = 0; i < count; i++) {
		struct campaign_line line = line_of(&rows[i], x->arena);
		record_to_csv(&line_record, &line, &x->body);
	}
	return true;
}

bool campaign_list_csv(struct exchange *x, struct error *err) {
	struct query *query = arena_new_of(x->arena, struct query);
	if (!read_query(x, query, err))
		return false;
	record_to_csv_head(&line_record, &x->body);
	return reply_csv_stream(x, "campaigns.csv", list_piece, query, err);
}
