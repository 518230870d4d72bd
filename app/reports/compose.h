/* Composes a document from figures, block by block in the report's order. Computed once for page, PDF and CSV. */
#ifndef REPORTS_COMPOSE_H
#define REPORTS_COMPOSE_H

#include "audience/lists/list.h"
#include "core/paper/document.h"
#include "events/reach.h"
#include "insights/figures.h"
#include "metrics/benchmark.h"
#include "reports/partners/partner.h"
#include "reports/report.h"

enum { BLOCKS_MAX = 64 };

struct report_data {
	struct store *store;
	struct arena *arena;
	const struct report *report;
	struct moment as_of, now; /* as_of: MOMENT_NONE for now */
	struct period period, compared;
	bool has_compared, has_last;
	struct figures figures, before;
	struct zone *zone; /* of the report; NULL is UTC */
	struct usual usual[METRIC_COUNT];
	double benchmark[METRIC_COUNT];
	int usual_of;           /* number of campaigns behind usual[] */
	struct rows benchmarks; /* struct benchmark */
	struct report last;     /* the previous report, if has_last */
	struct list *lists;     /* those that the report is about */
	int list_count;
	struct partner *partners; /* all, to find out whose a campaign is */
	int partner_count;
	struct strings campaign_ids; /* what it is about, up to the end of its period, whenever it was sent */
	struct strings shared_lists; /* ids of lists to which other campaigns went, too */
	struct reaches *reaches;     /* see report_reach */
};

/* *campaign_count is set to the number of campaigns in it. */
bool report_compose(struct store *store, struct report *report, struct arena *arena, struct moment now,
                    struct document **document, struct error *err) MUST_CHECK;

/* Only the figures of its campaigns, sent in its period. */
bool report_figures(struct store *store, const struct report *report, struct arena *arena, struct figures *figures,
                    struct error *err) MUST_CHECK;

/* The campaigns of a report's partner, list and period, picked or not, newest first. */
bool report_match(struct store *store, const struct report *report, struct arena *arena, struct campaign **campaigns,
                  int *count, struct error *err) MUST_CHECK;

/* Is the report about some campaigns only, of a partner or picked? Then nothing of others may enter. */
static inline bool report_is_limited(const struct report *report) {
	return report->partner_id || report->campaigns.count > 0;
}

/* What the people of the report's lists did with its campaigns; counted at the first call. The lists are in the order
 * of data->lists. */
bool report_reach(const struct report_data *data, struct reaches *reaches, struct error *err);

/* Local time of the report's zone, represented as if it were UTC. */
struct moment report_wall(const struct report_data *data, struct moment at);

/* For display; "(no name)" if it has none. */
const char *report_list_name(const struct list *list);

/* The list of all campaigns of the period, NULL if there are several or none; that of one campaign. */
const char *report_only_list(const struct report_data *data);
const char *report_list_of(const struct report_data *data, const struct campaign *campaign);

/* The subject of a campaign, its merge tags filled with their fallbacks; and the campaign as it looks in an inbox. */
const char *report_subject(const struct report_data *data, const struct campaign *campaign);
struct mail_view *report_mail(const struct report_data *data, const struct campaign *campaign);

bool report_has_block(const struct report *report, enum block block);

/* What the first page says under and around its title. */
void report_put_words(const struct report_data *data, struct document *document);

/* The blocks, in files of their own. */
bool block_summary(const struct report_data *data, struct document *document, struct error *err);
bool block_trend(const struct report_data *data, struct document *document, struct error *err);
bool block_campaigns(const struct report_data *data, struct document *document, struct error *err);
bool block_details(const struct report_data *data, struct document *document, struct error *err);
bool block_links(const struct report_data *data, struct document *document, struct error *err);
bool block_heatmap(const struct report_data *data, struct document *document, struct error *err);
bool block_lists(const struct report_data *data, struct document *document, struct error *err);
bool block_list_growth(const struct report_data *data, struct document *document, struct error *err);
bool block_engagement(const struct report_data *data, struct document *document, struct error *err);
bool block_domains(const struct report_data *data, struct document *document, struct error *err);
bool block_changes(const struct report_data *data, struct document *document, struct error *err);
bool block_definitions(const struct report_data *data, struct document *document, struct error *err);
bool block_provenance(const struct report_data *data, struct document *document, struct error *err);

#endif
