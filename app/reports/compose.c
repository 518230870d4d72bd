/* Gathers the figures and calls the blocks in order. */
#include "reports/compose.h"

#include <string.h>

#include "audience/lists/past.h"
#include "core/base/local.h"
#include "core/formats/period.h"
#include "core/store/version.h"

typedef bool block_writer(const struct report_data *data, struct document *document, struct error *err);
static block_writer *const writers[BLOCK_COUNT] = {
	[BLOCK_SUMMARY] = block_summary,       [BLOCK_CHANGES] = block_changes, [BLOCK_TREND] = block_trend,
	[BLOCK_CAMPAIGNS] = block_campaigns,   [BLOCK_DETAILS] = block_details, [BLOCK_LINKS] = block_links,
	[BLOCK_HEATMAP] = block_heatmap,       [BLOCK_LISTS] = block_lists,     [BLOCK_LIST_GROWTH] = block_list_growth,
	[BLOCK_ENGAGEMENT] = block_engagement, [BLOCK_DOMAINS] = block_domains, [BLOCK_DEFINITIONS] = block_definitions,
	[BLOCK_PROVENANCE] = block_provenance,
};

/* Without a campaign they would be a heading over nothing. */
static const bool needs_campaigns[BLOCK_COUNT] = {
	[BLOCK_DETAILS] = true, [BLOCK_LINKS] = true, [BLOCK_PROVENANCE] = true
};

static bool is_chosen(const struct report *report, const struct campaign *campaign) {
	return report->campaigns.count == 0 || strings_have(&report->campaigns, campaign->id);
}

static bool was_sent(const struct campaign *campaign) {
	return campaign->status == CAMPAIGN_SENT || campaign->status == CAMPAIGN_SENDING;
}

/* The campaigns of the report's partner and list that were sent in the period. Nothing else enters a report, so a
 * partner sees nothing of another. */
static bool find_campaigns(const struct report_data *data, const struct period *period, struct campaign **campaigns,
                           int *count, struct error *err) {
	const struct report *report = data->report;
	struct campaign_filter filter = { period->from, period->to, data->as_of, report->list, false, 0 };
	int all;
	*count = 0;
	if (!campaign_select(data->store, &filter, data->arena, campaigns, &all, err))
		return false;
	for (int i = 0; i < all; i++) {
		const struct campaign *campaign = &(*campaigns)[i];
		if (was_sent(campaign) && partner_has(report->partner_id, campaign, data->partners, data->partner_count))
			(*campaigns)[(*count)++] = *campaign;
	}
	return true;
}

bool report_match(struct store *store, const struct report *report, struct arena *arena, struct campaign **campaigns,
                  int *count, struct error *err) {
	struct report_data data = { .store = store, .arena = arena, .report = report, .as_of = report->as_of };
	const struct period period = { "custom", report->period.from, report->period.to };
	return partner_list(store, arena, &data.partners, &data.partner_count, err) &&
	       find_campaigns(&data, &period, campaigns, count, err);
}

static bool find_figures(const struct report_data *data, const struct period *period, struct figures *figures,
                         struct error *err) {
	struct campaign *campaigns;
	int count, kept = 0;
	if (!find_campaigns(data, period, &campaigns, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (is_chosen(data->report, &campaigns[i]))
			campaigns[kept++] = campaigns[i];
	figures_of(campaigns, kept, data->arena, figures);
	return true;
}

bool report_figures(struct store *store, const struct report *report, struct arena *arena, struct figures *figures,
                    struct error *err) {
	struct report_data data = { .store = store, .arena = arena, .report = report, .as_of = report->as_of };
	struct period period = { "custom", report->period.from, report->period.to };
	return partner_list(store, arena, &data.partners, &data.partner_count, err) &&
	       find_figures(&data, &period, figures, err);
}

/* What is usual before the period, of the same partner and list. */
static bool find_usual(struct report_data *data, struct error *err) {
	struct period before = { "all", MOMENT_NONE, data->period.from };
	struct campaign *campaigns;
	int count;
	if (!find_campaigns(data, &before, &campaigns, &count, err))
		return false;
	data->usual_of = figures_usual_of(campaigns, count, data->as_of, data->usual);
	return true;
}

static bool is_about(const struct report_data *data, const struct list *list, const struct campaign *campaigns,
                     int count) {
	const struct report *report = data->report;
	if (report->list && !text_same(list->id, report->list))
		return false;
	if (!report_is_limited(report))
		return true;
	for (int i = 0; i < count; i++)
		if (is_chosen(report, &campaigns[i]) && strings_have(&campaigns[i].list_ids, list->id))
			return true;
	return false;
}

/* Lists to which campaigns went that the report is not about. */
static bool find_shared(struct report_data *data, struct error *err) {
	struct campaign_filter filter = { MOMENT_NONE, data->period.to, data->as_of, data->report->list, false, 0 };
	struct campaign *campaigns;
	int count;
	if (!campaign_select(data->store, &filter, data->arena, &campaigns, &count, err))
		return false;
	data->shared_lists.items = arena_array(data->arena, const char *, data->list_count + 1);
	for (int i = 0; i < data->list_count; i++) {
		bool shared = false;
		for (int k = 0; k < count && !shared; k++)
			shared = was_sent(&campaigns[k]) && strings_have(&campaigns[k].list_ids, data->lists[i].id) &&
			         !strings_have(&data->campaign_ids, campaigns[k].id);
		if (shared)
			data->shared_lists.items[data->shared_lists.count++] = data->lists[i].id;
	}
	return true;
}

/* The campaigns that the report is about, and of the account's lists those to which they went. */
static bool find_scope(struct report_data *data, struct error *err) {
	struct period ever = { "all", MOMENT_NONE, data->period.to };
	struct campaign *campaigns;
	int count, all, kept = 0;
	if (!find_campaigns(data, &ever, &campaigns, &count, err) ||
	    !list_all_at(data->store, data->as_of, data->arena, &data->lists, &all, err))
		return false;
	data->campaign_ids.items = arena_array(data->arena, const char *, count + 1);
	for (int i = 0; i < count; i++)
		if (is_chosen(data->report, &campaigns[i]))
			data->campaign_ids.items[data->campaign_ids.count++] = campaigns[i].id;
	for (int i = 0; i < all; i++)
		if (is_about(data, &data->lists[i], campaigns, count))
			data->lists[kept++] = data->lists[i];
	data->list_count = kept;
	return !report_is_limited(data->report) || find_shared(data, err);
}

bool report_reach(const struct report_data *data, struct reaches *reaches, struct error *err) {
	struct strings list_ids = { arena_array(data->arena, const char *, data->list_count + 1), 0 };
	for (int i = 0; i < data->list_count; i++)
		list_ids.items[list_ids.count++] = data->lists[i].id;
	if (!data->reaches->lists.items &&
	    !reach_count(data->store, &list_ids, &data->campaign_ids, data->arena, data->reaches, err))
		return false;
	*reaches = *data->reaches;
	return true;
}

/* Days and months are those of the report's zone. */
static void read_periods(struct report_data *data) {
	const struct report *report = data->report;
	data->period = (struct period){ report->period_name ? report->period_name : "custom", report->period.from,
		                            report->period.to };
	/* What was chosen by hand has no counterpart in another period. */
	data->has_compared = report->compare != REPORT_ALONE && moment_is_set(report->period.from) &&
	                     !report->campaigns.count;
	if (!data->has_compared)
		return;
	struct period wall = period_wall(&data->period, data->zone);
	struct period before = report->compare == REPORT_YEAR ? period_year_before(&wall) : period_before(&wall, false);
	data->compared = period_moments(&before, data->zone);
}

static bool gather(struct report_data *data, struct error *err) {
	read_periods(data);
	data->reaches = arena_new_of(data->arena, struct reaches);
	return partner_list(data->store, data->arena, &data->partners, &data->partner_count, err) &&
	       find_figures(data, &data->period, &data->figures, err) &&
	       (!data->has_compared || find_figures(data, &data->compared, &data->before, err)) && find_usual(data, err) &&
	       find_scope(data, err) && benchmark_list(data->store, data->arena, &data->benchmarks, data->benchmark, err) &&
	       report_find_last(data->store, data->report, data->arena, &data->last, &data->has_last, err);
}

static bool put_head(const struct report_data *data, struct document *document, struct error *err) {
	const struct report *report = data->report;
	struct partner partner;
	bool found = false;
	struct report_period compared = { data->compared.from, data->compared.to };
	document->partner = report->partner;
	document->period = report_period_text(&report->period, report->zone, data->arena);
	document->compared = data->has_compared ? report_period_text(&compared, report->zone, data->arena) : NULL;
	document->prepared_by = report->organisation;
	document->note = report->note;
	document->paper = (enum paper)report->paper;
	document->made_at = data->now;
	document->data_at = report->data_at;
	document->check_code = report->check_code;
	report_put_words(data, document);
	if (!report->partner_id)
		return true;
	if (!partner_find(data->store, report->partner_id, data->arena, &partner, &found, err))
		return false;
	if (found && partner.logo.data) {
		document->logo = partner.logo.data;
		document->logo_size = partner.logo.size;
	}
	return true;
}

static bool compose(struct store *store, struct report *report, struct arena *arena, struct moment now,
                    struct document **document, struct error *err) {
	enum block blocks[BLOCKS_MAX];
	ZONE_AUTO zone = zone_open(report->zone);
	struct report_data data = {
		.store = store, .arena = arena, .report = report, .as_of = report->as_of, .now = now, .zone = zone
	};
	int count = block_list((enum report_template)report->template, &report->blocks, blocks, BLOCKS_MAX);
	struct versions versions;
	if (!versions_read(store, &versions, err) || !gather(&data, err))
		return false;
	report->campaign_count = data.figures.count;
	report->data_at = moment_is_set(report->as_of) ? report->as_of : figures_read_at(&data.figures, versions.data_at);
	*document = document_new(arena, report->title);
	if (!put_head(&data, *document, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!(data.figures.count == 0 && needs_campaigns[blocks[i]]) && !writers[blocks[i]](&data, *document, err))
			return error_note(err, "block %s", choice_name(&block_names, (int)blocks[i]));
	return true;
}

/* All its times and days are those of its zone. */
bool report_compose(struct store *store, struct report *report, struct arena *arena, struct moment now,
                    struct document **document, struct error *err) {
	const char *before = local_name();
	local_use(report->zone);
	bool fine = compose(store, report, arena, now, document, err);
	local_use(before);
	return fine;
}
