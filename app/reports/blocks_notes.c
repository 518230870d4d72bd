/* Explanatory blocks: changes since the last report, definitions, sources. */
#include <math.h>

#include "core/base/checked.h"
#include "insights/changes.h"
#include "reports/compose.h"

bool block_changes(const struct report_data *data, struct document *document, struct error *err) {
	static const struct column columns[] = { { .label = "Campaign" },
		                                     { "Opened", true },
		                                     { "Change of opened", true },
		                                     { "Clicked", true },
		                                     { "Change of clicked", true } };
	struct arena *arena = data->arena;
	struct campaign_filter filter = { data->period.from, data->period.to, MOMENT_NONE, data->report->list, false, 0 };
	struct campaign *before;
	int count;
	if (!data->has_last || !moment_is_set(data->last.data_at) || data->figures.count == 0)
		return true;
	filter.as_of = data->last.data_at;
	if (!campaign_select(data->store, &filter, arena, &before, &count, err))
		return false;
	struct change *changes = arena_array(arena, struct change, data->figures.count);
	int changed = changes_of(before, count, data->figures.campaigns, data->figures.count, changes);
	document_section(document, "Since the last report");
	document_note(document, arena_print(arena, "Compared with the report of %s, figures as of %s",
	                                    text_of_moment_zone(data->arena, data->last.requested_at),
	                                    text_of_moment_zone(data->arena, data->last.data_at)));
	if (changed == 0) {
		document_text(document, "No figure of these campaigns has changed.");
		return true;
	}
	struct table *table = document_table(document, "changes", "People, greatest change first", columns, 5);
	for (int i = 0; i < changed; i++) {
		const struct metrics *a = &changes[i].before, *b = &changes[i].after;
		bool is_new = changes[i].is_new;
		table_row(document, table,
		          (const struct cell[]){
					  cell_text(changes[i].name ? changes[i].name : "(no name)"), cell_count(arena, b->opened),
					  is_new ? cell_text("new") : cell_change(arena, checked_difference(b->opened, a->opened)),
					  cell_count(arena, b->clicked),
					  is_new ? cell_text("new") : cell_change(arena, checked_difference(b->clicked, a->clicked)) });
	}
	return true;
}

bool block_definitions(const struct report_data *data, struct document *document, struct error *err) {
	static const struct column columns[] = { { .label = "Rate" }, { .label = "Formula" }, { .label = "Note" } };
	(void)err;
	document_section(document, "Definitions");
	struct table *table = document_table(document, "definitions", "What each rate means", columns, 3);
	for (int i = 0; i < METRIC_COUNT; i++)
		table_row(document, table,
		          (const struct cell[]){ cell_text(metric_rows[i].name), cell_text(metric_rows[i].formula),
		                                 cell_text(metric_rows[i].caveat) });
	document_text(document,
	              "Delivered is sent less hard and soft bounces; it does not say whether the email reached the inbox. "
	              "Counts are people, each counted once a campaign. Automated opens are included: email programs that "
	              "load pictures in advance count as opens, so the click rate is the better measure.");
	if (data->usual_of)
		document_text(document,
		              arena_print(data->arena,
		                          "The usual range is the middle half of the newest %s%s before the "
		                          "period; a rate is above or below it only if its whole "
		                          "95\u00a0%% interval is.",
		                          text_of_counted(data->arena, data->usual_of, "settled campaign", "settled campaigns"),
		                          data->report->partner_id ? " of this partner" : ""));
	const struct benchmark *benchmarks = data->benchmarks.items;
	for (int i = 0; i < data->benchmarks.count; i++)
		document_note(document,
		              arena_print(data->arena, "Benchmark %s: %s\u00a0%% (%s; %s%s%s).", benchmarks[i].metric,
		                          benchmarks[i].percent, text_is_empty(benchmarks[i].name) ? "–" : benchmarks[i].name,
		                          benchmarks[i].source, text_is_empty(benchmarks[i].dated) ? "" : ", ",
		                          text_is_empty(benchmarks[i].dated) ? "" : benchmarks[i].dated));
	if (data->has_compared)
		document_text(document, "Differences of rates are percentage points (pp), those of counts are percent.");
	return true;
}

/* Of a past moment only the reading that brought the figures is known. */
static struct moment read_at(const struct campaign *campaign) {
	return moment_is_set(campaign->summary_read_at) ? campaign->summary_read_at : campaign->last_updated;
}

bool block_provenance(const struct report_data *data, struct document *document, struct error *err) {
	static const struct column columns[] = { { .label = "Campaign" },
		                                     { .label = "Source" },
		                                     { .label = "Last synced" } };
	struct arena *arena = data->arena;
	(void)err;
	document_section(document, "Where the figures come from");
	document_text(document, "Figures of campaigns are those that EmailOctopus reported. Each sync keeps them as they "
	                        "were then, and none is ever changed.");
	struct table *table = document_table(document, "provenance", "When the figures were last synced", columns, 3);
	for (int i = 0; i < data->figures.count; i++) {
		const struct campaign *campaign = &data->figures.campaigns[i];
		char plain[MOMENT_TEXT];
		struct moment at = read_at(campaign);
		struct cell read = { .text = text_of_moment_zone(data->arena, at),
			                 .plain = arena_copy(arena, moment_format(at, plain)) };
		table_row(document, table,
		          (const struct cell[]){ cell_text(campaign_name(campaign)), cell_text("EmailOctopus summary"),
		                                 campaign->has_report ? read : cell_text("No figures yet") });
	}
	return true;
}
