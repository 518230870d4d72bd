/* The history of a campaign: snapshots and link reports, as JSON and CSV. */
#include "campaigns/history.h"
#include "campaigns/links.h"
#include "console/campaign_address.h"
#include "console/campaign_pages.h"

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

struct link_line {
	const char *url;
	int64_t people, clicks;
};
static const struct field link_line_fields[] = { FIELD(struct link_line, url), FIELD(struct link_line, people),
	                                             FIELD(struct link_line, clicks) };
static const struct record_type link_line_record = RECORD_TYPE("LinkLine", struct link_line, link_line_fields);

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

/* No links if the report has not been read. */
static bool find_links(struct exchange *x, struct link_report *report, struct error *err) {
	struct campaign campaign;
	struct moment as_of;
	bool found;
	return campaign_of_address(x, &campaign, &as_of, err) &&
	       campaign_find_link_report(x->store, campaign.id, as_of, x->arena, report, &found, err);
}

bool campaign_links_api(struct exchange *x, struct error *err) {
	struct link_report report;
	return find_links(x, &report, err) && reply_rows(x, &link_record, report.links);
}

bool campaign_links_csv(struct exchange *x, struct error *err) {
	struct link_report report;
	if (!find_links(x, &report, err))
		return false;
	const struct link *links = report.links.items;
	record_to_csv_head(&link_line_record, &x->body);
	for (int i = 0; i < report.links.count; i++) {
		struct link_line line = { links[i].url, links[i].clicked_unique, links[i].clicked_total };
		record_to_csv(&link_line_record, &line, &x->body);
	}
	return reply_csv(x, "links.csv");
}
