/* The links of a campaign: rules and storage. */
#include "campaigns/links.h"

#include <stdlib.h>
#include <string.h>

#include "campaigns/stored.h"
#include "core/base/checked.h"

static const char NEWEST[] = "campaign_links";

static const struct field link_fields[] = {
	FIELD(struct link, url),
	FIELD(struct link, clicked_total, .unit = "events"),
	FIELD(struct link, clicked_unique, .unit = "people"),
};
const struct record_type link_record = RECORD_TYPE("Link", struct link, link_fields);

static const struct field link_report_fields[] = {
	FIELD(struct link_report, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct link_report, campaign_id, .flags = FIELD_ID),
	FIELD(struct link_report, run_id, .flags = FIELD_ID),
	FIELD(struct link_report, source, .doc = "The call that brought the figures"),
	FIELD(struct link_report, snapshot_time),
	FIELD_LIST(struct link_report, links, link_record),
	FIELD(struct link_report, unread, .flags = FIELD_PRIVATE),
};
const struct record_type link_report_record = RECORD_TYPE("LinkReport", struct link_report, link_report_fields);

/* So that a page over many campaigns needs only one read. */
static bool save_newest(struct store *store, const struct link_report *report, struct error *err) {
	return store_upsert(store, NEWEST, FILTER(by_id(report->campaign_id)),
	                    UPDATE(set_record(&link_report_record, report, NULL)), err);
}

bool campaign_save_links(struct store *store, const struct link_report *report, int64_t clicked_total,
                         struct error *err) {
	bool was_there, matched;
	return store_insert_once(store, LINK_REPORTS, &link_report_record, report, &was_there, err) &&
	       save_newest(store, report, err) &&
	       store_update(store, CAMPAIGNS, FILTER(by_id(report->campaign_id)),
	                    UPDATE(set_count("links_clicked", report->unread > 0 ? COUNT_NONE : clicked_total),
	                           unset("links_gap"), CAMPAIGN_CHANGED),
	                    &matched, err);
}

bool campaign_save_links_gap(struct store *store, const char *campaign_id, const char *why, struct error *err) {
	bool matched;
	return store_update(store, CAMPAIGNS, FILTER(by_id(campaign_id)),
	                    UPDATE(set_text("links_gap", why), CAMPAIGN_CHANGED), &matched, err);
}

bool campaign_find_links(struct store *store, const struct strings *campaign_ids, struct arena *arena,
                         struct link_report **reports, int *count, struct error *err) {
	return store_list(store, NEWEST, FILTER(in_ids("_id", campaign_ids)), NULL, campaign_ids->count + 1,
	                  &link_report_record, arena, (void **)reports, count, err);
}

bool campaign_restore_link_reports(struct store *store, const struct rows *reports, struct error *err) {
	const struct link_report *items = reports->items;
	struct bulk *bulk = bulk_open(store, LINK_REPORTS);
	for (int i = 0; i < reports->count; i++)
		bulk_insert(bulk, &link_report_record, &items[i]);
	return bulk_run(bulk, NULL, err);
}

bool campaign_find_link_report(struct store *store, const char *campaign_id, struct moment as_of, struct arena *arena,
                               struct link_report *report, bool *found, struct error *err) {
	*report = (struct link_report){ .snapshot_time = MOMENT_NONE };
	return store_find(store, LINK_REPORTS,
	                  FILTER(eq_id("campaign_id", campaign_id),
	                         moment_is_set(as_of) ? lte_moment("snapshot_time", as_of) : anything()),
	                  SORT(desc("snapshot_time")), &link_report_record, arena, report, found, err);
}

static int most_people_first(const void *a, const void *b) {
	const struct link *x = a, *y = b;
	return x->clicked_unique != y->clicked_unique ? (x->clicked_unique < y->clicked_unique ? 1 : -1)
	                                              : strcmp(x->url, y->url);
}

static int by_url(const void *a, const void *b) {
	return strcmp(((const struct link *)a)->url, ((const struct link *)b)->url);
}

int campaign_sum_links(const struct link_report *reports, int count, struct link *sums, int max) {
	int used = 0, kept = 0;
	for (int i = 0; i < count; i++) {
		const struct link *links = reports[i].links.items;
		for (int k = 0; k < reports[i].links.count && used < max; k++)
			if (links[k].url)
				sums[used++] = links[k];
	}
	qsort(sums, (size_t)used, sizeof *sums, by_url);
	for (int i = 0; i < used; i++) {
		if (kept && strcmp(sums[kept - 1].url, sums[i].url) == 0) {
			checked_add(&sums[kept - 1].clicked_unique, sums[i].clicked_unique);
			checked_add(&sums[kept - 1].clicked_total, sums[i].clicked_total);
		} else {
			sums[kept++] = sums[i];
		}
	}
	qsort(sums, (size_t)kept, sizeof *sums, most_people_first);
	return kept;
}

struct link campaign_link_total(const struct rows *links) {
	struct link total = { 0 };
	const struct link *items = links->items;
	for (int i = 0; i < links->count; i++) {
		checked_add(&total.clicked_unique, items[i].clicked_unique);
		checked_add(&total.clicked_total, items[i].clicked_total);
	}
	return total;
}

static bool has_link(const struct rows *links, const char *url) {
	const struct link *items = links->items;
	for (int i = 0; i < links->count; i++)
		if (text_same(items[i].url, url))
			return true;
	return false;
}

void campaign_keep_links(struct rows *links, const struct rows *known, struct arena *arena) {
	const struct link *before = known->items;
	const struct rows came = *links;
	if (campaign_link_total(links).clicked_total >= campaign_link_total(known).clicked_total)
		return;
	struct link *kept = arena_array(arena, struct link, came.count + known->count + 1);
	if (came.count)
		memcpy(kept, came.items, sizeof *kept * (size_t)came.count);
	*links = (struct rows){ kept, came.count };
	for (int i = 0; i < known->count; i++)
		if (before[i].clicked_total > 0 && before[i].url && !has_link(&came, before[i].url))
			kept[links->count++] = before[i];
}

const char *campaign_links_gaps(const struct campaign *campaigns, int count, struct arena *arena) {
	const char *why = NULL;
	int gaps = 0;
	for (int i = 0; i < count; i++) {
		gaps += campaigns[i].links_gap != NULL;
		why = why ? why : campaigns[i].links_gap;
	}
	return gaps == 0 ? NULL
	                 : arena_print(arena, "The links of %s could not be synced: %s.",
	                               text_of_counted(arena, gaps, "campaign", "campaigns"), why);
}

const char *campaign_links_none(const struct campaign *campaigns, int count) {
	int observed = 0, tracked = 0;
	for (int i = 0; i < count; i++) {
		const struct metrics *metrics = &campaigns[i].current_metrics;
		if (metrics->clicked != COUNT_NONE && metrics->clicked > 0)
			return "Which links were clicked is not known yet";
		observed += campaigns[i].origin != CAMPAIGN_OWN;
		tracked += campaigns[i].origin == CAMPAIGN_OWN && metrics->clicked != COUNT_NONE;
	}
	return observed            ? "No clicks yet, or link tracking is off"
	       : count && !tracked ? "Link tracking was off, so clicks are not known"
	                           : "No clicks yet";
}
