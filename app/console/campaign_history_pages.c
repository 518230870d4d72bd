/* What was reported of a campaign over time: snapshots and link reports, as JSON and CSV. */
#include "campaigns/campaign.h"
#include "console/campaign_address.h"
#include "console/campaign_pages.h"
#include "core/store/paging.h"

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

static bool find_snapshots(struct exchange *x, const char *campaign, bool descending, int limit, const char *cursor,
                           struct rows *snapshots, const char **next, struct error *err) {
	bson_t *filter = BCON_NEW("campaign_id", BCON_UTF8(campaign));
	bson_t *sort = paging_sort("snapshot_time", descending);
	bool fine = paging_append(filter, "snapshot_time", descending, cursor, err) &&
	            store_list(x->store, "campaign_metrics_snapshots", filter, sort, limit + 1, &snapshot_record, x->arena,
	                       &snapshots->items, &snapshots->count, err);
	bson_destroy(filter);
	bson_destroy(sort);
	*next = NULL;
	if (fine && snapshots->count > limit) {
		const struct snapshot *last = (const struct snapshot *)snapshots->items + limit - 1;
		snapshots->count = limit;
		*next = paging_cursor(x->arena, last->snapshot_time, last->id);
	}
	return fine;
}

bool campaign_snapshots(struct exchange *x, const struct campaign *campaign, int limit, const char *cursor,
                        struct rows *snapshots, const char **next, struct error *err) {
	return find_snapshots(x, campaign->emailoctopus_id, true, limit, cursor, snapshots, next, err);
}

static bool snapshots_piece(struct exchange *x, const void *state, const char *cursor, const char **next,
                            struct error *err) {
	struct rows rows;
	if (!find_snapshots(x, state, false, CSV_PIECE_ROWS, cursor, &rows, next, err))
		return false;
	const struct snapshot *items = rows.items;
	for (int i = 0; i < rows.count; i++) {
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
	struct campaign campaign;
	if (!campaign_of_address(x, &campaign, err))
		return false;
	record_to_csv_head(&snapshot_line_record, &x->body);
	return reply_csv_stream(x, "snapshots.csv", snapshots_piece, campaign.emailoctopus_id, err);
}

struct link_line {
	const char *url;
	int64_t people, clicks;
};
static const struct field link_line_fields[] = { FIELD(struct link_line, url), FIELD(struct link_line, people),
	                                             FIELD(struct link_line, clicks) };
static const struct record_type link_line_record = RECORD_TYPE("LinkLine", struct link_line, link_line_fields);

static void turn_around(struct rows *snapshots) {
	struct snapshot *items = snapshots->items;
	for (int i = 0; i < snapshots->count / 2; i++) {
		struct snapshot swap = items[i];
		items[i] = items[snapshots->count - 1 - i];
		items[snapshots->count - 1 - i] = swap;
	}
}

bool campaign_snapshots_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct rows snapshots;
	const char *next;
	int limit;
	if (!exchange_limit(x, SNAPSHOTS_MAX, SNAPSHOTS_MAX, &limit, err) || !campaign_of_address(x, &campaign, err) ||
	    !campaign_snapshots(x, &campaign, limit, params_get(&x->query, "cursor"), &snapshots, &next, err))
		return false;
	turn_around(&snapshots);
	if (next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, next));
	return reply_rows(x, &snapshot_record, snapshots);
}

bool campaign_links(struct exchange *x, const struct campaign *campaign, struct link_report *report,
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

bool campaign_links_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct link_report report;
	return campaign_of_address(x, &campaign, err) && campaign_links(x, &campaign, &report, err) &&
	       reply_rows(x, &link_record, report.links);
}

bool campaign_links_csv(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct link_report report;
	if (!campaign_of_address(x, &campaign, err) || !campaign_links(x, &campaign, &report, err))
		return false;
	const struct link *links = report.links.items;
	record_to_csv_head(&link_line_record, &x->body);
	for (int i = 0; i < report.links.count; i++) {
		struct link_line line = { links[i].url, links[i].clicked_unique, links[i].clicked_total };
		record_to_csv(&link_line_record, &line, &x->body);
	}
	return reply_csv(x, "links.csv");
}
