/* The links of a campaign, as page, JSON and CSV. */
#include <string.h>

#include "campaigns/links.h"
#include "console/campaign_address.h"
#include "console/campaign_head.h"
#include "console/campaign_pages.h"

struct link_line {
	const char *url;
	int64_t people, clicks;
};
static const struct field link_line_fields[] = { FIELD(struct link_line, url), FIELD(struct link_line, people),
	                                             FIELD(struct link_line, clicks) };
static const struct record_type link_line_record = RECORD_TYPE("LinkLine", struct link_line, link_line_fields);

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

const char *campaign_short_address(const char *url) {
	static const char *const schemes[] = { "https://", "http://" };
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (url && text_starts(url, schemes[i]))
			return url + strlen(schemes[i]);
	return url;
}

static void put_link(struct value *row, const struct link *link) {
	value_put_text(row, "address", campaign_short_address(link->url));
	value_put_text(row, "url", link->url);
	value_put_text(row, "people", count_text(row->arena, link->clicked_unique));
	value_put_text(row, "clicks", count_text(row->arena, link->clicked_total));
}

void campaign_put_links(struct value *view, const struct campaign *campaign, const struct link_report *report, int most,
                        struct moment now) {
	struct arena *arena = view->arena;
	struct value *rows = value_put(view, "links", value_list(arena));
	const struct link *links = report->links.items;
	for (int i = 0; i < report->links.count && i < most; i++)
		put_link(value_push(rows, value_map(arena)), &links[i]);
	struct value *total = value_put(view, "links_total", rows->count ? value_map(arena) : value_null(arena));
	struct link sum = campaign_link_total(&report->links);
	if (rows->count)
		put_link(total, &sum);
	value_put_bool(view, "has_links", rows->count > 0);
	value_put_text(view, "links_more", report->links.count > most ? text_of_count(arena, report->links.count) : NULL);
	value_put_bool(view, "links_lack", rows->count == 0 || campaign->links_gap || report->unread > 0);
	value_put_text(view, "links_gap", campaign->links_gap);
	value_put_text(view, "links_none", campaign_links_none(campaign, 1));
	value_put_text(view, "links_unread", report->unread > 0 ? text_of_count(arena, report->unread) : NULL);
	value_put_text(view, "links_read", text_of_moment_near(arena, report->snapshot_time, now));
}

bool campaign_links_page(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct link_report report;
	struct moment as_of;
	bool found;
	struct value *view = value_map(x->arena);
	if (!campaign_of_address(x, &campaign, &as_of, err) ||
	    !campaign_put_head(x, view, &campaign, as_of, TAB_LINKS, err) ||
	    !campaign_find_link_report(x->store, campaign.id, as_of, x->arena, &report, &found, err))
		return false;
	campaign_put_links(view, &campaign, &report, report.links.count, x->now);
	return reply_page(x, "console/campaign_links", arena_print(x->arena, "%s: links", campaign_name(&campaign)),
	                  "campaigns", view, err);
}
