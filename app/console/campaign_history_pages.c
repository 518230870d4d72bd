/* The history of a campaign: its snapshots and days, as page, JSON and CSV. */
#include "campaigns/history.h"
#include "console/campaign_address.h"
#include "console/campaign_head.h"
#include "console/campaign_pages.h"
#include "insights/daily.h"

enum { SNAPSHOTS_MAX = 1000 };

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
static const struct record_type snapshot_line_record = RECORD_TYPE("SnapshotLine", struct snapshot_line,
                                                                   snapshot_line_fields);

struct asked_history {
	struct campaign campaign;
	struct moment as_of;
};

static bool snapshots_piece(struct exchange *x, const void *state, const char *cursor, const char **next,
                            struct error *err) {
	const struct asked_history *asked = state;
	struct page page;
	if (!campaign_find_snapshots(x->store, asked->campaign.id, asked->as_of, false, cursor, CSV_PIECE_ROWS, x->arena,
	                             &page, err))
		return false;
	const struct snapshot *items = page.rows.items;
	*next = page.next;
	for (int i = 0; i < page.rows.count; i++) {
		const struct metrics *m = &items[i].metrics;
		struct snapshot_line line = { items[i].snapshot_time, m->sent,         m->opened,
			                          m->opened_total,        m->clicked,      m->clicked_total,
			                          m->bounced_hard,        m->bounced_soft, m->unsubscribed,
			                          m->spam_complaints,     items[i].run_id, items[i].source };
		record_to_csv(&snapshot_line_record, &line, &x->body);
	}
	return true;
}

bool campaign_snapshots_csv(struct exchange *x, struct error *err) {
	struct asked_history *asked = arena_new_of(x->arena, struct asked_history);
	if (!campaign_of_address(x, &asked->campaign, &asked->as_of, err))
		return false;
	record_to_csv_head(&snapshot_line_record, &x->body);
	return reply_csv_stream(x, "snapshots.csv", snapshots_piece, asked, err);
}

/* The newest snapshots, in ascending order. The provider's id keeps its old JSON name, from when there was one
 * provider. */
bool campaign_snapshots_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct moment as_of;
	struct page page;
	int limit;
	if (!exchange_limit(x, SNAPSHOTS_MAX, SNAPSHOTS_MAX, &limit, err) ||
	    !campaign_of_address(x, &campaign, &as_of, err) ||
	    !campaign_find_snapshots(x->store, campaign.id, as_of, true, params_get(&x->query, "cursor"), limit, x->arena,
	                             &page, err))
		return false;
	const struct snapshot *items = page.rows.items;
	struct value *rows = value_list(x->arena);
	for (int i = page.rows.count - 1; i >= 0; i--) {
		struct value *row = value_push(rows, record_to_value(&snapshot_record, &items[i], x->arena));
		value_put_text(row, "emailoctopus_id", campaign.external.id);
	}
	if (page.next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, page.next));
	return reply_json(x, rows);
}

static void put_snapshots(struct value *view, const struct page *page, struct moment now) {
	struct arena *arena = view->arena;
	struct value *rows = value_put(view, "snapshots", value_list(arena));
	const struct snapshot *items = page->rows.items;
	for (int i = 0; i < page->rows.count; i++) {
		const struct metrics *metrics = &items[i].metrics;
		struct value *row = value_push(rows, value_map(arena));
		value_put_text(row, "time", text_of_moment_near(arena, items[i].snapshot_time, now));
		value_put_text(row, "run", items[i].run_id);
		value_put_text(row, "sent", count_text(arena, metrics->sent));
		value_put_text(row, "opened", count_text(arena, metrics->opened));
		value_put_text(row, "clicked", count_text(arena, metrics->clicked));
		value_put_text(row, "bounced", count_text(arena, metrics->bounced));
		value_put_text(row, "unsubscribed", count_text(arena, metrics->unsubscribed));
		value_put_text(row, "complaints", count_text(arena, metrics->spam_complaints));
		value_put_text(row, "decreased", items[i].decreased);
	}
	value_put_bool(view, "has_snapshots", rows->count > 0);
	value_put_bool(view, "more_snapshots", page->next != NULL);
}

/* A row of the table of days: a day, or one of the rows that are none. */
static void put_day(struct value *rows, const char *label, const struct daily *daily) {
	struct arena *arena = rows->arena;
	struct value *row = value_push(rows, value_map(arena));
	value_put_text(row, "label", label);
	value_put_text(row, "sent", text_of_count(arena, daily->emails_sent));
	value_put_text(row, "opened", text_of_count(arena, daily->emails_opened));
	value_put_text(row, "clicked", text_of_count(arena, daily->emails_clicked));
	value_put_text(row, "bounced", text_of_count(arena, daily->emails_bounced));
	value_put_text(row, "unsubscribed", text_of_count(arena, daily->emails_unsubscribed));
}

static void put_days(struct value *view, const struct campaign *campaign, const struct growth *growth) {
	static const char *const labels[DAILY_KIND_COUNT] = { [DAILY_UNDATED] = "Without a date",
		                                                  [DAILY_DIFFERENCE] = "Difference to the summary",
		                                                  [DAILY_SUMMARY] = "Summary" };
	struct value *rows = value_put(view, "days", value_list(view->arena)),
				 *total = value_put(view, "days_total", value_list(view->arena));
	struct rows lines = daily_lines(campaign, growth, view->arena);
	const struct daily_line *items = lines.items;
	for (int i = 0; i < lines.count; i++)
		put_day(items[i].kind == DAILY_SUMMARY ? total : rows,
		        items[i].kind == DAILY_DAY ? text_of_date(view->arena, items[i].figures.date) : labels[items[i].kind],
		        &items[i].figures);
}

bool campaign_history_page(struct exchange *x, struct error *err) {
	struct campaign campaign;
	const struct growth *growth = NULL;
	struct moment as_of;
	struct page page;
	struct value *view = value_map(x->arena);
	if (!campaign_of_address(x, &campaign, &as_of, err) ||
	    !campaign_put_head(x, view, &campaign, as_of, TAB_HISTORY, err) ||
	    !campaign_find_snapshots(x->store, campaign.id, as_of, true, NULL, CAMPAIGN_PAGE_ROWS, x->arena, &page, err))
		return false;
	bool dated = campaign.has_report && !moment_is_set(as_of);
	if (dated && !campaign_find_growth(x, &campaign, &growth, err))
		return false;
	put_snapshots(view, &page, x->now);
	value_put_bool(view, "has_days", dated);
	if (dated)
		put_days(view, &campaign, growth);
	return reply_page(x, "console/campaign_history", arena_print(x->arena, "%s: history", campaign_name(&campaign)),
	                  "campaigns", view, err);
}
