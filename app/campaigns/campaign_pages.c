/* Campaign list and detail, as pages, JSON and CSV. */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/campaign.h"
#include "campaigns/curve.h"
#include "core/formats/json.h"
#include "core/http/period.h"
#include "lists/list.h"

enum { PAGE_ROWS = 50, API_ROWS = 50, API_MOST = 500, SNAPSHOTS_MOST = 1000, COMPANY = 12, CSV_ROWS = 100000 };

#define COLLECTING_MS (3 * DAY_MS) /* opens and clicks still come in */

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

static bool read_limit(struct exchange *x, struct query *query, struct error *err) {
	const char *value = params_get(&x->query, "limit");
	int64_t limit = API_ROWS;
	if (value && !text_to_int(value, 1, API_MOST, &limit))
		return error_field(err, "limit", "limit must be a number from 1 to %d", API_MOST);
	query->limit = (int)limit;
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
	return read_limit(x, query, err);
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

static bool find_page(struct exchange *x, const struct query *query, int limit, struct campaign **rows, int *count,
                      const char **next, struct error *err) {
	bson_t filter = BSON_INITIALIZER, sort = BSON_INITIALIZER;
	int direction = query->descending ? -1 : 1;
	if (query->status)
		BSON_APPEND_UTF8(&filter, "status", query->status);
	if (!text_is_empty(query->list))
		BSON_APPEND_UTF8(&filter, "list_ids", query->list);
	if (!text_is_empty(query->text))
		BSON_APPEND_REGEX(&filter, "search", store_pattern(x->arena, text_fold(x->arena, query->text)), "");
	append_period(&filter, query);
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

static bool list_api(struct exchange *x, struct error *err) {
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

static char *count_text(struct arena *arena, int64_t count) {
	return count == COUNT_NONE ? arena_copy(arena, "–") : text_of_count(arena, count);
}

static struct value *row_view(const struct campaign *campaign, struct arena *arena) {
	char time[MOMENT_TEXT];
	struct value *row = value_map(arena);
	const struct metrics *metrics = &campaign->current_metrics;
	value_put_text(row, "id", campaign->id);
	value_put_text(row, "name", text_is_empty(campaign->name) ? "(no name)" : campaign->name);
	value_put_text(row, "subject", campaign->subject);
	value_put_text(row, "status", choice_name(&campaign_statuses, (int)campaign->status));
	value_put_text(row, "sent_human", arena_copy(arena, moment_format_human_day(campaign->sent_at, time)));
	value_put_text(row, "sent_iso", arena_copy(arena, moment_format(campaign->sent_at, time)));
	value_put_text(row, "delivered", campaign->has_report ? count_text(arena, metrics_delivered(metrics)) : "–");
	for (int i = 0; i < METRIC_COUNT; i++)
		value_put_text(row, metric_rows[i].key,
		               metric_text(arena, (enum metric)i,
		                           campaign->has_report ? metrics_rate(metrics, (enum metric)i) : NAN));
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

static bool put_lists(struct exchange *x, const struct query *query, struct value *view, struct error *err) {
	struct list *lists;
	int count;
	if (!list_all(x->store, x->arena, &lists, &count, err))
		return false;
	struct value *choices = value_put(view, "lists", value_list(x->arena));
	for (int i = 0; i < count; i++) {
		struct value *one = value_push(choices, value_map(x->arena));
		value_put_text(one, "key", lists[i].emailoctopus_id);
		value_put_text(one, "label", lists[i].name);
		value_put_bool(one, "chosen", text_same(lists[i].emailoctopus_id, query->list));
	}
	return true;
}

static bool list_page(struct exchange *x, struct error *err) {
	struct query query;
	struct campaign *rows = NULL;
	const char *next = NULL;
	int count = 0;
	struct value *view = value_map(x->arena);
	struct error problem = ERROR_INIT;
	if (!read_query(x, &query, &problem)) {
		x->status = 400;
		value_put_text(view, "problem", arena_copy(x->arena, problem.text));
		query = (struct query){ .sorting = &sortings[0], .descending = true };
	} else if (!find_page(x, &query, PAGE_ROWS, &rows, &count, &next, err)) {
		return false;
	}
	struct value *list = value_put(view, "campaigns", value_list(x->arena));
	for (int i = 0; i < count; i++)
		(void)value_push(list, row_view(&rows[i], x->arena));
	put_filters(x, &query, view);
	if (!put_lists(x, &query, view, err))
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

static bool list_csv(struct exchange *x, struct error *err) {
	struct query query;
	struct campaign *rows;
	const char *next;
	int count;
	if (!read_query(x, &query, err) || !find_page(x, &query, CSV_ROWS, &rows, &count, &next, err))
		return false;
	record_to_csv_head(&line_record, &x->body);
	for (int i = 0; i < count; i++) {
		struct campaign_line line = line_of(&rows[i], x->arena);
		record_to_csv(&line_record, &line, &x->body);
	}
	return reply_csv(x, "campaigns.csv");
}

/* The campaign of the address, as it is or, with as_of, as it was. */
static bool find_campaign(struct exchange *x, struct campaign *campaign, struct error *err) {
	struct moment as_of;
	bool found;
	if (!period_as_of(&x->query, moment_now(), &as_of, err) ||
	    !campaign_find(x->store, x->values[0], x->arena, campaign, &found, err))
		return false;
	if (found && moment_is_set(as_of) && !campaign_at(x->store, campaign, as_of, x->arena, &found, err))
		return false;
	return found || error_set(err, ERROR_MISSING, "no campaign %.60s", x->values[0]);
}

static bool show_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	return find_campaign(x, &campaign, err) && reply_json(x, campaign_to_json(&campaign, x->arena));
}

struct snapshot_line {
	struct moment snapshot_time;
	int64_t sent, opened, opened_total, clicked, clicked_total, bounced_hard, bounced_soft, unsubscribed, complaints;
	const char *run_id, *source;
};
static const struct field snapshot_line_fields[] = {
	FIELD(struct snapshot_line, snapshot_time), FIELD(struct snapshot_line, sent),
	FIELD(struct snapshot_line, opened),        FIELD(struct snapshot_line, opened_total),
	FIELD(struct snapshot_line, clicked),       FIELD(struct snapshot_line, clicked_total),
	FIELD(struct snapshot_line, bounced_hard),  FIELD(struct snapshot_line, bounced_soft),
	FIELD(struct snapshot_line, unsubscribed),  FIELD(struct snapshot_line, complaints),
	FIELD(struct snapshot_line, run_id),        FIELD(struct snapshot_line, source),
};
static const struct record snapshot_line_record = RECORD("SnapshotLine", struct snapshot_line, snapshot_line_fields);

static bool append_older(bson_t *filter, const char *cursor, struct error *err) {
	const char *colon = strchr(cursor, ':');
	int64_t ms;
	bson_oid_t oid;
	char number[24] = "";
	if (colon && colon - cursor < (ptrdiff_t)sizeof number)
		memcpy(number, cursor, (size_t)(colon - cursor));
	if (!colon || !text_to_int(number, 0, INT64_MAX, &ms) || !bson_oid_is_valid(colon + 1, strlen(colon + 1)))
		return error_field(err, "cursor", "this cursor was not made here: start from the newest");
	bson_oid_init_from_string(&oid, colon + 1);
	bson_t *older = BCON_NEW("snapshot_time", "{", "$lte", BCON_DATE_TIME(ms), "}", "$or", "[", "{", "snapshot_time",
	                         "{", "$lt", BCON_DATE_TIME(ms), "}", "}", "{", "_id", "{", "$lt", BCON_OID(&oid), "}", "}",
	                         "]");
	bson_concat(filter, older);
	bson_destroy(older);
	return true;
}

/* The newest `limit` before `cursor` (NULL: of all), newest first. *next is NULL when none is older. */
static bool find_snapshots(struct exchange *x, const struct campaign *campaign, int limit, const char *cursor,
                           struct records *snapshots, const char **next, struct error *err) {
	bson_t *filter = BCON_NEW("campaign_id", BCON_UTF8(campaign->emailoctopus_id));
	bson_t *sort = BCON_NEW("snapshot_time", BCON_INT32(-1), "_id", BCON_INT32(-1));
	bool fine = (text_is_empty(cursor) || append_older(filter, cursor, err)) &&
	            store_list(x->store, "campaign_metrics_snapshots", filter, sort, limit + 1, &snapshot_record, x->arena,
	                       &snapshots->items, &snapshots->count, err);
	bson_destroy(filter);
	bson_destroy(sort);
	*next = NULL;
	if (fine && snapshots->count > limit) {
		const struct snapshot *last = (const struct snapshot *)snapshots->items + limit - 1;
		snapshots->count = limit;
		*next = arena_print(x->arena, "%" PRId64 ":%s", last->snapshot_time.ms, last->id);
	}
	return fine;
}

static bool snapshots_csv(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct records rows;
	const char *next;
	if (!find_campaign(x, &campaign, err) || !find_snapshots(x, &campaign, CSV_ROWS, NULL, &rows, &next, err))
		return false;
	const struct snapshot *items = rows.items;
	record_to_csv_head(&snapshot_line_record, &x->body);
	for (int i = rows.count - 1; i >= 0; i--) {
		const struct metrics *m = &items[i].metrics;
		struct snapshot_line line = { items[i].snapshot_time, m->sent,         m->opened,
			                          m->opened_total,        m->clicked,      m->clicked_total,
			                          m->bounced_hard,        m->bounced_soft, m->unsubscribed,
			                          m->spam_complaints,     items[i].run_id, items[i].source };
		record_to_csv(&snapshot_line_record, &line, &x->body);
	}
	return reply_csv(x, "snapshots.csv");
}

struct link_line {
	const char *url;
	int64_t people, clicks;
};
static const struct field link_line_fields[] = { FIELD(struct link_line, url), FIELD(struct link_line, people),
	                                             FIELD(struct link_line, clicks) };
static const struct record link_line_record = RECORD("LinkLine", struct link_line, link_line_fields);

static void turn_around(struct records *snapshots) {
	struct snapshot *items = snapshots->items;
	for (int i = 0; i < snapshots->count / 2; i++) {
		struct snapshot swap = items[i];
		items[i] = items[snapshots->count - 1 - i];
		items[snapshots->count - 1 - i] = swap;
	}
}

static bool snapshots_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct records snapshots;
	const char *next, *given = params_get(&x->query, "limit");
	int64_t limit = SNAPSHOTS_MOST;
	if (given && !text_to_int(given, 1, SNAPSHOTS_MOST, &limit))
		return error_field(err, "limit", "limit must be a number from 1 to %d", SNAPSHOTS_MOST);
	if (!find_campaign(x, &campaign, err) ||
	    !find_snapshots(x, &campaign, (int)limit, params_get(&x->query, "cursor"), &snapshots, &next, err))
		return false;
	turn_around(&snapshots);
	if (next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, next));
	return reply_records(x, &snapshot_record, snapshots);
}

/* The newest link report of the campaign; empty when there is none. */
static bool find_links(struct exchange *x, const struct campaign *campaign, struct link_report *report,
                       struct error *err) {
	bool found;
	bson_t *filter = BCON_NEW("campaign_id", BCON_UTF8(campaign->emailoctopus_id));
	bson_t *options = BCON_NEW("sort", "{", "snapshot_time", BCON_INT32(-1), "}");
	*report = (struct link_report){ .snapshot_time = MOMENT_NONE };
	bool fine = store_find(x->store, "link_snapshots", filter, options, &link_report_record, x->arena, report, &found,
	                       err);
	bson_destroy(filter);
	bson_destroy(options);
	return fine;
}

static bool links_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct link_report report;
	return find_campaign(x, &campaign, err) && find_links(x, &campaign, &report, err) &&
	       reply_records(x, &link_record, report.links);
}

static bool links_csv(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct link_report report;
	if (!find_campaign(x, &campaign, err) || !find_links(x, &campaign, &report, err))
		return false;
	const struct link *links = report.links.items;
	record_to_csv_head(&link_line_record, &x->body);
	for (int i = 0; i < report.links.count; i++) {
		struct link_line line = { links[i].url, links[i].clicked_unique, links[i].clicked_total };
		record_to_csv(&link_line_record, &line, &x->body);
	}
	return reply_csv(x, "links.csv");
}

static struct value *put_card(struct value *cards, const char *label, const char *value, const char *note) {
	struct value *card = value_push(cards, value_map(cards->arena));
	value_put_text(card, "label", label);
	value_put_text(card, "value", value);
	value_put_text(card, "note", note);
	return card;
}

/* The rates of the campaigns to the same list before this one. */
struct company {
	double rates[METRIC_COUNT][COMPANY];
	int counts[METRIC_COUNT];
};

static bool find_company(struct exchange *x, const struct campaign *campaign, struct company *company,
                         struct error *err) {
	struct campaign_filter filter = { .from = MOMENT_NONE,
		                              .to = campaign->sent_at,
		                              .as_of = MOMENT_NONE,
		                              .list = campaign->list_id,
		                              .reported = true,
		                              .limit = COMPANY };
	struct campaign *others;
	int count;
	*company = (struct company){ 0 };
	if (!moment_is_set(campaign->sent_at))
		return true;
	if (!campaign_select(x->store, &filter, x->arena, &others, &count, err))
		return false;
	for (int m = 0; m < METRIC_COUNT; m++) {
		for (int i = 0; i < count; i++) {
			double rate = metrics_rate(&others[i].current_metrics, (enum metric)m);
			if (!isnan(rate))
				company->rates[m][company->counts[m]++] = rate;
		}
	}
	return true;
}

static void put_rate(struct value *cards, const struct metrics *metrics, enum metric metric,
                     const struct company *company) {
	const struct metric_row *row = &metric_rows[metric];
	struct arena *arena = cards->arena;
	struct interval interval = stats_wilson(metrics_part(metrics, metric), metrics_whole(metrics, metric));
	struct value *card = put_card(cards, row->name, metric_text(arena, metric, metrics_rate(metrics, metric)),
	                              *row->caveat ? arena_print(arena, "%s · %s", row->formula, row->caveat)
	                                           : row->formula);
	if (!isnan(interval.low))
		value_put_text(card, "interval",
		               arena_print(arena, "%.*f–%.*f %%", row->decimals, interval.low, row->decimals, interval.high));
	if (company->counts[metric])
		value_put_text(card, "usual",
		               arena_print(arena, "%s, median of %d before to this list",
		                           metric_text(arena, metric,
		                                       stats_median(company->rates[metric], company->counts[metric])),
		                           company->counts[metric]));
}

/* "Click rate 1.10 %, usual 2.40–3.00 %": far off what the same list does otherwise. */
static void put_anomalies(struct value *view, const struct metrics *metrics, const struct company *company) {
	struct arena *arena = view->arena;
	struct value *anomalies = value_put(view, "anomalies", value_list(arena));
	for (int m = 0; m < METRIC_COUNT; m++) {
		const struct metric_row *row = &metric_rows[m];
		double rate = metrics_rate(metrics, (enum metric)m);
		if (row->floor <= 0 || !stats_is_anomaly(rate, company->rates[m], company->counts[m], row->floor))
			continue;
		(void)value_push(anomalies,
		                 value_text(arena, arena_print(arena, "%s %.*f %%, usual %.*f–%.*f %%", row->name,
		                                               row->decimals, rate, row->decimals,
		                                               stats_percentile(company->rates[m], company->counts[m], 25),
		                                               row->decimals,
		                                               stats_percentile(company->rates[m], company->counts[m], 75))));
	}
	value_put_bool(view, "has_anomalies", anomalies->count > 0);
}

static void put_cards(struct value *view, const struct campaign *campaign, const struct company *company) {
	struct arena *arena = view->arena;
	const struct metrics *metrics = &campaign->current_metrics;
	struct value *cards = value_put(view, "cards", value_list(arena));
	(void)put_card(cards, "Delivered", count_text(arena, metrics_delivered(metrics)),
	               arena_print(arena, "of %s sent", count_text(arena, metrics->sent)));
	for (int i = 0; i < METRIC_COUNT; i++)
		put_rate(cards, metrics, (enum metric)i, company);
	bool young = moment_is_set(campaign->sent_at) && moment_now().ms - campaign->sent_at.ms < COLLECTING_MS;
	value_put_bool(view, "collecting", young);
	value_put_bool(view, "low_volume", metrics_delivered(metrics) < METRICS_FEW);
	if (!young)
		put_anomalies(view, metrics, company);
}

static char *hours_since(struct arena *arena, const struct campaign *campaign, struct moment at) {
	return moment_is_set(campaign->sent_at)
	           ? arena_print(arena, "%.1f", (double)(at.ms - campaign->sent_at.ms) / (double)HOUR_MS)
	           : arena_copy(arena, "–");
}

static void put_curve_row(struct value *rows, const struct campaign *campaign, const struct curve_point *point) {
	char time[MOMENT_TEXT];
	struct value *row = value_push(rows, value_map(rows->arena));
	value_put_text(row, "time", arena_copy(rows->arena, moment_format_human(point->time, time)));
	value_put_text(row, "hours", hours_since(rows->arena, campaign, point->time));
	value_put_int(row, "opened", point->opened);
	value_put_int(row, "clicked", point->clicked);
	value_put_int(row, "unsubscribed", point->unsubscribed);
}

/* Histories older than the rollup have only their snapshots. */
static void curve_from_snapshots(struct curve *curve, const struct campaign *campaign, const struct records *snapshots,
                                 struct arena *arena) {
	const struct snapshot *items = snapshots->items;
	for (int i = snapshots->count - 1; i >= 0; i--)
		curve_add(curve, campaign->sent_at, curve_point_of(&items[i]), arena);
}

static void put_curve(struct value *view, const struct campaign *campaign, const struct curve *curve) {
	struct value *rows = value_put(view, "curve", value_list(view->arena));
	const struct curve_point *points = curve->points.items;
	if (moment_is_set(campaign->sent_at) && curve->points.count)
		put_curve_row(rows, campaign, &(struct curve_point){ .time = campaign->sent_at });
	for (int i = 0; i < curve->points.count; i++)
		put_curve_row(rows, campaign, &points[i]);
}

static void put_history(struct value *view, const struct records *snapshots, bool more) {
	struct arena *arena = view->arena;
	struct value *rows = value_put(view, "snapshots", value_list(arena));
	const struct snapshot *items = snapshots->items;
	for (int i = 0; i < snapshots->count; i++) {
		char time[MOMENT_TEXT];
		const struct snapshot *snapshot = &items[i];
		struct value *row = value_push(rows, value_map(arena));
		value_put_text(row, "time", arena_copy(arena, moment_format_human(snapshot->snapshot_time, time)));
		value_put_text(row, "source", snapshot->source);
		value_put_text(row, "run", snapshot->run_id);
		value_put_int(row, "sent", snapshot->metrics.sent);
		value_put_int(row, "opened", snapshot->metrics.opened);
		value_put_int(row, "clicked", snapshot->metrics.clicked);
		value_put_int(row, "bounced", snapshot->metrics.bounced);
		value_put_int(row, "unsubscribed", snapshot->metrics.unsubscribed);
		value_put_int(row, "complaints", snapshot->metrics.spam_complaints);
		value_put_text(row, "fallen", snapshot->fallen);
	}
	value_put_bool(view, "more_snapshots", more);
}

static void put_header(struct value *view, const struct campaign *campaign) {
	struct arena *arena = view->arena;
	char time[MOMENT_TEXT];
	(void)value_put(view, "campaign", row_view(campaign, arena));
	value_put_text(view, "from_name", campaign->from_name);
	value_put_text(view, "from_email", campaign->from_email);
	value_put_text(view, "sent_full", arena_copy(arena, moment_format_human(campaign->sent_at, time)));
	value_put_text(view, "updated", arena_copy(arena, moment_format_human(campaign->last_updated, time)));
	value_put_text(view, "read", arena_copy(arena, moment_format_human(campaign->summary_read_at, time)));
	value_put_text(view, "source", arena_print(arena, "GET /campaigns/%s/reports/summary", campaign->emailoctopus_id));
	value_put_text(view, "run", campaign->summary_run);
	value_put_bool(view, "has_report", campaign->has_report);
	value_put_text(view, "gap", campaign->report_gap);
	value_put_text(view, "fallen", campaign->fallen);
	if (campaign->has_report)
		value_put_text(view, "alarm", metrics_alarm(arena, &campaign->current_metrics));
}

static void put_links(struct value *view, const struct link_report *report) {
	struct value *rows = value_put(view, "links", value_list(view->arena));
	const struct link *links = report->links.items;
	char time[MOMENT_TEXT];
	for (int i = 0; i < report->links.count; i++)
		(void)value_push(rows, record_to_value(&link_record, &links[i], view->arena));
	value_put_text(view, "links_read", arena_copy(view->arena, moment_format_human(report->snapshot_time, time)));
}

static bool show_page(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct records snapshots;
	struct link_report report;
	struct curve curve;
	struct company company;
	const char *next;
	if (!find_campaign(x, &campaign, err) || !find_snapshots(x, &campaign, PAGE_ROWS, NULL, &snapshots, &next, err) ||
	    !curve_find(x->store, campaign.emailoctopus_id, x->arena, &curve, err) ||
	    !find_links(x, &campaign, &report, err))
		return false;
	struct value *view = value_map(x->arena);
	put_header(view, &campaign);
	if (!text_is_empty(params_get(&x->query, "as_of"))) {
		value_put_text(view, "past", params_get(&x->query, "as_of"));
		value_put_text(view, "now_address", exchange_address(x, x->path, "as_of", NULL));
	}
	if (!find_company(x, &campaign, &company, err))
		return false;
	if (campaign.has_report)
		put_cards(view, &campaign, &company);
	if (curve.points.count == 0)
		curve_from_snapshots(&curve, &campaign, &snapshots, x->arena);
	put_curve(view, &campaign, &curve);
	put_history(view, &snapshots, next != NULL);
	put_links(view, &report);
	return reply_page(x, "campaign", text_is_empty(campaign.name) ? "(no name)" : campaign.name, "campaigns", view,
	                  err);
}

const struct route campaign_routes[] = {
	{ "GET", "/campaigns", GUARD_SIGNED_IN, list_page, .observed = true },
	{ "GET", "/campaigns.csv", GUARD_SIGNED_IN, list_csv, .observed = true, .download = true },
	{ "GET", "/campaigns/:campaign_id", GUARD_SIGNED_IN, show_page, .observed = true },
	{ "GET", "/campaigns/:campaign_id/snapshots.csv", GUARD_SIGNED_IN, snapshots_csv, .observed = true,
	  .download = true },
	{ "GET", "/campaigns/:campaign_id/links.csv", GUARD_SIGNED_IN, links_csv, .observed = true, .download = true },
	{ "GET", "/api/campaigns", GUARD_SIGNED_IN, list_api, .summary = "Campaigns, newest first",
	  .output = &campaign_record, .list = true, .parameters = "status,list,q,period,from,to,sort,limit,cursor,as_of",
	  .observed = true },
	{ "GET", "/api/campaigns/:campaign_id", GUARD_SIGNED_IN, show_api, .summary = "One campaign",
	  .output = &campaign_record, .observed = true },
	{ "GET", "/api/campaigns/:campaign_id/snapshots", GUARD_SIGNED_IN, snapshots_api,
	  .summary = "Its history of figures, oldest first", .output = &snapshot_record, .list = true,
	  .parameters = "limit,cursor", .observed = true },
	{ "GET", "/api/campaigns/:campaign_id/links", GUARD_SIGNED_IN, links_api, .summary = "Its links with their clicks",
	  .output = &link_record, .list = true, .observed = true },
	{ 0 },
};
