/* Gathering the figures and putting the blocks in order. */
#include "reports/compose.h"

#include <string.h>

#include "audience/lists/list.h"
#include "core/formats/period.h"

const struct report_block report_blocks[] = {
	{ "summary", "Summary: figures, change, findings", block_summary },
	{ "changes", "What changed since the last report", block_changes },
	{ "trend", "Click and open rate by campaign", block_trend },
	{ "campaigns", "Table of all campaigns", block_campaigns },
	{ "details", "A page for each of the newest campaigns", block_details },
	{ "links", "Links that were clicked most", block_links },
	{ "heatmap", "When campaigns were sent", block_heatmap },
	{ "lists", "Lists: size and change", block_lists },
	{ "list_growth", "Who joined and who left", block_list_growth },
	{ "engagement", "How many of a list open and click", block_engagement },
	{ "domains", "Mailbox providers", block_domains },
	{ "definitions", "Definitions", block_definitions },
	{ "provenance", "Where each figure comes from", block_provenance },
	{ 0 },
};

static const char *const template_blocks[TEMPLATE_COUNT][12] = {
	[TEMPLATE_CAMPAIGNS] = { "summary", "changes", "trend", "campaigns", "details", "links", "definitions",
	                         "provenance" },
	[TEMPLATE_LISTS] = { "summary", "lists", "list_growth", "engagement", "domains", "campaigns", "definitions",
	                     "provenance" },
	[TEMPLATE_ENGAGEMENT] = { "summary", "trend", "heatmap", "links", "engagement", "domains", "campaigns",
	                          "definitions", "provenance" },
};

int report_block_keys(const struct report *report, const char *keys[], int max) {
	int count = 0;
	if (report->template == TEMPLATE_CUSTOM) {
		for (int i = 0; i < report->blocks.count && count < max; i++)
			keys[count++] = report->blocks.items[i];
		return count;
	}
	const char *const *chosen = template_blocks[report->template];
	for (int i = 0; chosen[i] && count < max; i++)
		keys[count++] = chosen[i];
	return count;
}

static bool is_chosen(const struct report *report, const struct campaign *campaign) {
	if (report->campaigns.count == 0)
		return true;
	for (int i = 0; i < report->campaigns.count; i++) {
		const char *id = report->campaigns.items[i];
		if (text_starts(id, "campaign_"))
			id += strlen("campaign_");
		if (text_same(id, campaign->id) || text_same(id, campaign->emailoctopus_id))
			return true;
	}
	return false;
}

/* Only what was sent, for the partner, and among those picked by hand. */
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
	int64_t back = report->compare == REPORT_YEAR ? 365 * DAY_MS : report->period.to.ms - report->period.from.ms;
	data->compared = (struct period){ "custom", moment_add(report->period.from, -back),
		                              moment_add(report->period.to, -back) };
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

/* The moment up to which all figures are known: the newest reading of a summary. */
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

static const struct report_block *block_of(const char *key) {
	for (const struct report_block *block = report_blocks; block->key; block++)
		if (strcmp(block->key, key) == 0)
			return block;
	return NULL;
}

bool report_compose(struct store *store, struct report *report, struct arena *arena, struct moment now,
                    struct document **document, struct error *err) {
	const char *keys[64];
	struct report_data data = { .store = store, .arena = arena, .report = report, .as_of = report->as_of, .now = now };
	int count = report_block_keys(report, keys, 64);
	if (!gather(&data, err))
		return false;
	report->campaign_count = data.figures.count;
	report->data_at = moment_is_set(report->as_of) ? report->as_of : newest_reading(&data.figures);
	*document = document_new(arena, report->title);
	if (!put_head(&data, *document, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct report_block *block = block_of(keys[i]);
		if (block && !block->add(&data, *document, err))
			return error_note(err, "block %s", keys[i]);
	}
	return true;
}
