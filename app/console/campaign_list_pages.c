/* The list of campaigns as page, JSON and CSV. */
#include <math.h>

#include "audience/lists/list_lookup_pages.h"
#include "audience/lists/past.h"
#include "console/campaign_columns.h"
#include "console/campaign_listing.h"
#include "console/campaign_pages.h"
#include "console/recording.h"
#include "core/formats/json.h"
#include "core/http/parts.h"
#include "insights/peers.h"
#include "reports/partners/partner_lookup_pages.h"

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
	struct campaign_query query;
	struct listing page;
	if (!campaign_query_read(x, &query, err) || !recording_check(x, query.as_of, err) ||
	    !campaign_listing_find(x, &query, query.limit, &page, err))
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
	value_put_text(row, "status_label", campaign_status_labels[campaign->status]);
	value_put_text(row, "sent_human", text_of_day(arena, campaign->sent_at));
	value_put_text(row, "sent_iso", arena_copy(arena, moment_format(campaign->sent_at, time)));
	put_figures(row, campaign);
	return row;
}

/* What a row says besides the campaign's own properties. */
struct around {
	const struct list *lists;
	const struct partner *partners;
	int list_count, partner_count;
	double most_clicks, most_opens; /* the greatest rates of all matches, for the bars */
	struct moment at;               /* of which the figures are */
};

static const char *list_name(const struct around *around, const char *id) {
	for (int i = 0; i < around->list_count; i++)
		if (text_same(around->lists[i].id, id))
			return around->lists[i].name;
	return NULL;
}

/* Lists of one's own, of the campaigns on this page. */
static bool add_own_lists(struct exchange *x, const struct listing *listing, struct around *around, struct error *err) {
	struct list *all = arena_array(x->arena, struct list, (size_t)(around->list_count + listing->count) + 1);
	for (int i = 0; i < around->list_count; i++)
		all[i] = around->lists[i];
	around->lists = all;
	for (int i = 0; i < listing->count; i++) {
		const struct campaign *campaign = listing->rows[i];
		bool found = false;
		if (campaign->origin != CAMPAIGN_OWN || !campaign->list_id || list_name(around, campaign->list_id))
			continue;
		if (!list_find(x->store, campaign->list_id, x->arena, &all[around->list_count], &found, err))
			return false;
		around->list_count += found;
	}
	return true;
}

static bool find_around(struct exchange *x, const struct listing *listing, struct moment as_of, struct around *around,
                        struct error *err) {
	struct partner *partners;
	struct list *lists;
	*around = (struct around){ .at = moment_is_set(as_of) ? as_of : x->now };
	if (!list_all_at(x->store, as_of, x->arena, &lists, &around->list_count, err) ||
	    !partner_list(x->store, x->arena, &partners, &around->partner_count, err))
		return false;
	around->lists = lists;
	around->partners = partners;
	for (int i = 0; i < listing->matched; i++) {
		const struct metrics *metrics = &listing->places[i].campaign->current_metrics;
		around->most_clicks = fmax(around->most_clicks, metrics_rate(metrics, METRIC_CLICK_RATE));
		around->most_opens = fmax(around->most_opens, metrics_rate(metrics, METRIC_OPEN_RATE));
	}
	return add_own_lists(x, listing, around, err);
}

static void put_row(struct exchange *x, struct value *list, const struct campaign *campaign,
                    const struct around *around, const struct campaign_columns *columns) {
	const struct metrics *metrics = &campaign->current_metrics;
	struct value *row = value_push(list, campaign_row_view(campaign, x->arena));
	const struct partner *partner = partner_of(campaign, around->partners, around->partner_count);
	const char *sent = text_of_day_cell(x->arena, campaign->sent_at, x->now);
	value_put_text(row, "sent_near", sent);
	value_put_bool(row, "collecting", campaign->status == CAMPAIGN_SENT && !campaign_has_settled(campaign, around->at));
	value_put_bool(row, "is_sent", campaign->status == CAMPAIGN_SENT);
	value_put_bool(row, "own", campaign->origin == CAMPAIGN_OWN);
	value_put_bool(row, "can_select", campaign->origin != CAMPAIGN_OWN || campaign->has_report);
	value_put_text(row, "edited",
	               campaign->origin == CAMPAIGN_OWN ? text_of_day_near(x->arena, campaign->updated_at, x->now) : NULL);
	value_put_text(row, "list", list_name(around, campaign->list_id));
	value_put_text(row, "partner", partner ? partner->name : NULL);
	value_put_text(row, "click_width",
	               part_width(x->arena, metrics_rate(metrics, METRIC_CLICK_RATE), around->most_clicks));
	value_put_text(row, "open_width",
	               part_width(x->arena, metrics_rate(metrics, METRIC_OPEN_RATE), around->most_opens));
	campaign_columns_put_cells(columns, row);
}

static void put_total(struct value *view, const struct listing *page, const struct campaign_columns *columns) {
	struct campaign total = campaign_listing_total(page);
	struct value *row = value_put(view, "total", value_map(view->arena));
	put_figures(row, &total);
	campaign_columns_put_cells(columns, row);
}

/* The orders as choices, for small screens, where the table has no heads. */
static void put_sorts(struct exchange *x, const struct campaign_query *query, struct value *view) {
	static const char *const words[][2] = {
		[BY_NAME] = { "Name, A to Z", "Name, Z to A" }, [BY_SENT] = { "Oldest first", "Newest first" }
	};
	struct value *sorts = value_put(view, "sorts", value_list(x->arena));
	for (int i = 0; i < SORTING_COUNT * 2; i++) {
		const struct sorting *sorting = &campaign_sortings[i / 2];
		bool descending = i % 2 == 1;
		struct value *one = value_push(sorts, value_map(x->arena));
		value_put_text(one, "key", arena_print(x->arena, "%s%s", descending ? "-" : "", sorting->name));
		value_put_text(one, "label",
		               sorting->key < BY_DELIVERED
		                   ? words[sorting->key][descending]
		                   : arena_print(x->arena, "%s, %s first", sorting->label, descending ? "highest" : "lowest"));
		value_put_bool(one, "chosen", query->sorting == sorting && query->descending == descending);
	}
}

static void put_tabs(struct exchange *x, const struct campaign_query *query, const struct listing *listing,
                     struct value *view) {
	static const enum campaign_status order[] = { CAMPAIGN_SENT,      CAMPAIGN_SENDING,   CAMPAIGN_QUEUED,
		                                          CAMPAIGN_SCHEDULED, CAMPAIGN_PAUSED,    CAMPAIGN_DRAFT,
		                                          CAMPAIGN_FAILED,    CAMPAIGN_CANCELLED, CAMPAIGN_UNKNOWN };
	int all = 0;
	for (int i = 0; i < CAMPAIGN_STATUS_COUNT; i++)
		all += listing->of_status[i];
	part_tab(view, "All", exchange_address(x, "/campaigns", "status", NULL), text_of_count(x->arena, all),
	         query->status < 0);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		enum campaign_status status = order[i];
		if (listing->of_status[status] || query->status == (int)status)
			part_tab(view, campaign_status_labels[status],
			         exchange_address(x, "/campaigns", "status", campaign_statuses.names[status]),
			         text_of_count(x->arena, listing->of_status[status]), query->status == (int)status);
	}
}

/* "28 Aug – 26 Nov 2026", for a period with a name; NULL for all of time, and for dates, which have chips of their own.
 */
static const char *period_words(struct arena *arena, const struct period *period) {
	return moment_is_set(period->from) && !text_same(period->name, "custom")
	           ? text_of_days(arena, period->from, moment_add(period->to, -1))
	           : NULL;
}

/* Why no row is shown: the filters in use, or nothing is known yet. */
static void put_none(struct exchange *x, struct value *view, const struct campaign_query *query) {
	int filters = (int)value_get(view, "chips")->count + (query->status >= 0);
	value_put_text(view, "none_title",
	               query->origin == CAMPAIGN_OWN && filters <= 1 ? "No drafts yet"
	               : filters == 0                                ? "No campaigns yet"
	               : filters == 1                                ? "No campaign matches this filter"
	                              : arena_print(x->arena, "No campaign matches these %d filters", filters));
	value_put_bool(view, "filtered", filters > 0);
}

static void put_filters(struct exchange *x, const struct campaign_query *query, const struct around *around,
                        struct value *view) {
	static const char *const names[] = { "q",     "list", "partner", "period", "from", "to",
		                                 "as_of", "sort", "status",  "origin", NULL };
	part_query_fields(x, view, names);
	part_chips(view, "/campaigns");
	part_chip(x, view, "q", "Name, subject or sender", query->text);
	part_chip(x, view, "origin", "From",
	          query->origin < 0               ? NULL
	          : query->origin == CAMPAIGN_OWN ? "composed here"
	                                          : "EmailOctopus");
	part_chip(x, view, "list", "List", list_name(around, query->list));
	part_chip(x, view, "partner", "Partner", value_get_text(view, "partner"));
	part_chip(x, view, "period", "Sent", x->problem ? NULL : period_words(x->arena, &query->period));
	part_chip_day(x, view, "from", "Sent from");
	part_chip_day(x, view, "to", "Sent up to");
	part_chip_day(x, view, "as_of", "Figures as of");
	part_chip(x, view, "id", "Selected", query->ids.count ? text_of_count(x->arena, query->ids.count) : NULL);
	value_put_text(view, "csv", exchange_address(x, "/campaigns.csv", "format", "csv"));
	exchange_put_past(x, view, query->as_of);
}

static void put_origins(struct exchange *x, struct value *view, int chosen) {
	struct value *options = value_put(view, "origins", value_list(x->arena));
	put_choice(options, "own", "Composed here", chosen == CAMPAIGN_OWN);
	put_choice(options, "synced", "EmailOctopus", chosen == CAMPAIGN_SYNCED);
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
	struct campaign_query query;
	struct listing page = { 0 };
	struct around around;
	struct campaign_columns columns;
	struct value *view = value_map(x->arena);
	struct error problem;
	if (!campaign_columns_read(x, &columns, &problem) || !campaign_query_read(x, &query, &problem) ||
	    !part_page(x, &query.page, &problem)) {
		if (!exchange_show_problem(x, &problem, err))
			return false;
		query = campaign_query_usual;
	} else if (!campaign_listing_find(x, &query, CAMPAIGN_PAGE_ROWS, &page, err)) {
		return false;
	}
	const char *began, *partner;
	if (!find_around(x, &page, query.as_of, &around, err) || !list_put_choices(x, query.list, view, err) ||
	    !partner_put_options(x, value_put(view, "partners", value_list(x->arena)), query.partner, &partner, err) ||
	    !recording_began(x, query.as_of, &began, err))
		return false;
	value_put_text(view, "partner", partner);
	value_put_text(view, "began", began);
	struct value *list = value_put(view, "campaigns", value_list(x->arena));
	for (int i = 0; i < page.count; i++)
		put_row(x, list, page.rows[i], &around, &columns);
	put_total(view, &page, &columns);
	value_put_text(view, "reported", text_of_count(x->arena, campaign_listing_reported(&page)));
	value_put_text(view, "matched", text_of_count(x->arena, page.matched));
	if (!put_gone(x, view, query.as_of, err))
		return false;
	value_put_bool(view, "none", page.count == 0);
	put_tabs(x, &query, &page, view);
	campaign_columns_put(x, &columns, &query, view);
	put_sorts(x, &query, view);
	put_filters(x, &query, &around, view);
	put_none(x, view, &query);
	part_pager(x, view, &(struct part_pages){ query.page, CAMPAIGN_PAGE_ROWS, page.matched, "campaign", "campaigns" });
	bool outbox = query.origin == CAMPAIGN_OWN;
	value_put_bool(view, "outbox", outbox);
	put_origins(x, view, query.origin);
	return reply_page(x, "console/campaigns", outbox ? "Outbox" : "Campaigns", outbox ? "outbox" : "campaigns", view,
	                  err);
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
	struct campaign_query query = *(const struct campaign_query *)state;
	struct listing page;
	query.cursor = cursor;
	if (!campaign_listing_find(x, &query, CSV_PIECE_ROWS, &page, err))
		return false;
	for (int i = 0; i < page.count; i++) {
		struct campaign_line line = line_of(page.rows[i], x->arena);
		record_to_csv(&line_record, &line, &x->body);
	}
	*next = page.next;
	return true;
}

bool campaign_list_csv(struct exchange *x, struct error *err) {
	struct campaign_query *query = arena_new_of(x->arena, struct campaign_query);
	if (!campaign_query_read(x, query, err) || !recording_check(x, query->as_of, err))
		return false;
	record_to_csv_head(&line_record, &x->body);
	return reply_csv_stream(x, "campaigns.csv", list_piece, query, err);
}
