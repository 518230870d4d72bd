/* Gathers the figures and calls the blocks in order. */
#include "reports/compose.h"

#include <string.h>

#include "audience/lists/list.h"
#include "core/formats/period.h"

enum { BLOCKS_MAX = 64 };

typedef bool block_writer(const struct report_data *data, struct document *document, struct error *err);
static block_writer *const writers[BLOCK_COUNT] = {
	[BLOCK_SUMMARY] = block_summary,       [BLOCK_CHANGES] = block_changes, [BLOCK_TREND] = block_trend,
	[BLOCK_CAMPAIGNS] = block_campaigns,   [BLOCK_DETAILS] = block_details, [BLOCK_LINKS] = block_links,
	[BLOCK_HEATMAP] = block_heatmap,       [BLOCK_LISTS] = block_lists,     [BLOCK_LIST_GROWTH] = block_list_growth,
	[BLOCK_ENGAGEMENT] = block_engagement, [BLOCK_DOMAINS] = block_domains, [BLOCK_DEFINITIONS] = block_definitions,
	[BLOCK_PROVENANCE] = block_provenance,
};

static bool is_chosen(const struct report *report, const struct campaign *campaign) {
	return report->campaigns.count == 0 || strings_have(&report->campaigns, campaign->id);
}

/* Only campaigns that were sent, belong to the partner and, if any were picked by hand, are among those. */
static bool find_figures(const struct report_data *data, const struct period *period, struct figures *figures,
                         struct error *err) {
	const struct report *report = data->report;
	struct campaign_filter filter = { period->from, period->to, data->as_of, report->list, false, 0 };
	struct campaign *campaigns;
	struct partner *partners;
	int count, partner_count, kept = 0;
	if (!campaign_select(data->store, &filter, data->arena, &campaigns, &count, err) ||
	    !partner_list(data->store, data->arena, &partners, &partner_count, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct campaign *campaign = &campaigns[i];
		const struct partner *owner = report->partner_id ? partner_of(campaign, partners, partner_count) : NULL;
		bool sent = campaign->status == CAMPAIGN_SENT || campaign->status == CAMPAIGN_SENDING;
		if (sent && is_chosen(report, campaign) &&
		    (!report->partner_id || (owner && text_same(owner->id, report->partner_id))))
			campaigns[kept++] = *campaign;
	}
	figures_of(campaigns, kept, data->arena, figures);
	return true;
}

static void read_periods(struct report_data *data) {
	const struct report *report = data->report;
	data->period = (struct period){ "custom", report->period.from, report->period.to };
	data->has_compared = report->compare != REPORT_ALONE && moment_is_set(report->period.from);
	if (!data->has_compared)
		return;
	data->compared = report->compare == REPORT_YEAR ? period_year_before(&data->period)
	                                                : period_before(&data->period, false);
}

static bool gather(struct report_data *data, struct error *err) {
	read_periods(data);
	return find_figures(data, &data->period, &data->figures, err) &&
	       (!data->has_compared || find_figures(data, &data->compared, &data->before, err)) &&
	       figures_usual(data->store, &data->period, data->report->list, data->as_of, data->arena, data->usual, err) &&
	       benchmark_list(data->store, data->arena, &data->benchmarks, data->benchmark, err) &&
	       list_all(data->store, data->arena, &data->lists, &data->list_count, err) &&
	       report_find_last(data->store, data->report, data->arena, &data->last, &data->has_last, err);
}

/* The time of the newest reading of a summary. */
static struct moment newest_reading(const struct figures *figures) {
	struct moment newest = MOMENT_NONE;
	for (int i = 0; i < figures->count; i++)
		if (figures->campaigns[i].has_report && figures->campaigns[i].summary_read_at.ms > newest.ms)
			newest = figures->campaigns[i].summary_read_at;
	return newest;
}

static bool put_head(const struct report_data *data, struct document *document, struct error *err) {
	const struct report *report = data->report;
	struct partner partner;
	bool found = false;
	struct report_period compared = { data->compared.from, data->compared.to };
	document->partner = report->partner;
	document->period = report_period_text(&report->period, data->arena);
	document->compared = data->has_compared ? report_period_text(&compared, data->arena) : NULL;
	document->prepared_by = report->requested_by;
	document->note = report->note;
	document->paper = (enum paper)report->paper;
	document->made_at = data->now;
	document->data_at = report->data_at;
	document->id = report->id ? arena_print(data->arena, "report_%s", report->id) : NULL;
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

bool report_compose(struct store *store, struct report *report, struct arena *arena, struct moment now,
                    struct document **document, struct error *err) {
	enum block blocks[BLOCKS_MAX];
	struct report_data data = { .store = store, .arena = arena, .report = report, .as_of = report->as_of, .now = now };
	int count = block_list((enum report_template)report->template, &report->blocks, blocks, BLOCKS_MAX);
	if (!gather(&data, err))
		return false;
	report->campaign_count = data.figures.count;
	report->data_at = moment_is_set(report->as_of) ? report->as_of : newest_reading(&data.figures);
	*document = document_new(arena, report->title);
	if (!put_head(&data, *document, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!writers[blocks[i]](&data, *document, err))
			return error_note(err, "block %s", choice_name(&block_names, (int)blocks[i]));
	return true;
}
