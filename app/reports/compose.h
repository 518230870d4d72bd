/* Composes a document from figures, block by block in the report's order. Computed once for page, PDF and CSV. */
#ifndef REPORTS_COMPOSE_H
#define REPORTS_COMPOSE_H

#include "core/paper/document.h"
#include "insights/figures.h"
#include "metrics/benchmark.h"
#include "reports/partners/partner.h"
#include "reports/report.h"

struct report_data {
	struct store *store;
	struct arena *arena;
	const struct report *report;
	struct moment as_of, now; /* as_of: MOMENT_NONE for now */
	struct period period, compared;
	bool has_compared, has_last;
	struct figures figures, before;
	double usual[METRIC_COUNT], benchmark[METRIC_COUNT];
	struct rows benchmarks; /* struct benchmark */
	struct report last;     /* the previous report, if has_last */
	struct list *lists;
	int list_count;
};

/* *campaign_count is set to the number of campaigns in it. */
bool report_compose(struct store *store, struct report *report, struct arena *arena, struct moment now,
                    struct document **document, struct error *err) MUST_CHECK;

/* Parts of compose.c in other files. */
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
