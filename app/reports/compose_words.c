/* Words about a report's period, times, lists and campaigns. */
#include "audience/lists/fill.h"
#include "core/base/calendar.h"
#include "reports/compose.h"

struct moment report_wall(const struct report_data *data, struct moment at) {
	return zone_wall(data->zone, at);
}

const char *report_list_name(const struct list *list) {
	return text_is_empty(list->name) ? "(no name)" : list->name;
}

static const struct list *list_of(const struct report_data *data, const char *id) {
	for (int i = 0; i < data->list_count; i++)
		if (text_same(data->lists[i].id, id))
			return &data->lists[i];
	return NULL;
}

const char *report_only_list(const struct report_data *data) {
	const struct figures *figures = &data->figures;
	const struct list *only = figures->count ? list_of(data, figures->campaigns[0].list_id) : NULL;
	for (int i = 0; only && i < figures->count; i++)
		if (figures->campaigns[i].list_ids.count > 1 || !text_same(figures->campaigns[i].list_id, only->id))
			return NULL;
	return only ? report_list_name(only) : NULL;
}

const char *report_subject(const struct report_data *data, const struct campaign *campaign) {
	return list_fill(list_of(data, campaign->list_id), campaign->subject, data->arena);
}

const char *report_list_of(const struct report_data *data, const struct campaign *campaign) {
	const struct list *list = list_of(data, campaign->list_id);
	return list ? report_list_name(list) : NULL;
}

struct mail_view *report_mail(const struct report_data *data, const struct campaign *campaign) {
	struct mail_view *mail = arena_new_of(data->arena, struct mail_view);
	const char *subject = report_subject(data, campaign);
	*mail = (struct mail_view){ .from = campaign->from_name ? campaign->from_name : "–",
		                        .subject = text_is_empty(subject) ? "(no subject)" : subject,
		                        .day = report_day(report_wall(data, campaign->sent_at), data->arena) };
	return mail;
}

bool report_has_block(const struct report *report, enum block block) {
	enum block blocks[BLOCKS_MAX];
	int count = block_list((enum report_template)report->template, &report->blocks, blocks, BLOCKS_MAX);
	for (int i = 0; i < count; i++)
		if (blocks[i] == block)
			return true;
	return false;
}

static const char *kicker_of(const struct report *report) {
	static const char *const words[TEMPLATE_COUNT] = { "Campaign report", "List report", "Engagement report",
		                                               "Report" };
	return words[report->template];
}

static const char *scope_of(const struct report_data *data) {
	const char *list = report_only_list(data);
	int count = data->figures.count;
	const char *time = text_of_moment_zone(data->arena, data->report->data_at);
	return arena_print(data->arena, "%s%s%s%s%s", text_of_counted(data->arena, count, "campaign", "campaigns"),
	                   list ? " to " : "", list ? list : "", *time ? " · figures as of " : "", time);
}

/* Where it says "usual", which campaigns make it. */
static const char *footnote_of(const struct report_data *data) {
	const char *rates = "Click rate: people who clicked ÷ delivered. Open rate: people who opened ÷ delivered, "
						"including automated opens by mail apps.";
	if (!data->usual_of)
		return rates;
	return arena_print(data->arena, "%s Usual range: the middle half of the %s before.", rates,
	                   text_of_counted(data->arena, data->usual_of, "campaign", "campaigns"));
}

void report_put_words(const struct report_data *data, struct document *document) {
	const struct report *report = data->report;
	struct report_period compared = { data->compared.from, data->compared.to };
	const char *span = report_span(&report->period, report->zone, data->arena);
	document->kicker = kicker_of(report);
	document->lead = data->has_compared ? arena_print(data->arena, "%s · compared with %s", span,
	                                                  report_span(&compared, report->zone, data->arena))
	                                    : span;
	document->scope = scope_of(data);
	document->footnote = report_has_block(report, BLOCK_SUMMARY) ? footnote_of(data) : NULL;
}
