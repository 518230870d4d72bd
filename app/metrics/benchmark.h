/* Reference values from elsewhere, set by people: what an industry reaches, with its source and date. Drawn as one
 * line, never as a verdict. */
#ifndef METRICS_BENCHMARK_H
#define METRICS_BENCHMARK_H

#include "core/store/store.h"
#include "metrics/metrics.h"

struct benchmark {
	const char *metric;  /* key of metric_rows */
	const char *percent; /* as typed: 0 to 100 with up to three decimals */
	const char *name, *source, *dated;
	struct moment updated_at;
	const char *updated_by;
	int64_t rev;
};
extern const struct record_type benchmark_record;

/* All that are set, in the order of the metrics; NaN in values[] where none is. */
bool benchmark_list(struct store *store, struct arena *arena, struct rows *benchmarks, double values[METRIC_COUNT],
                    struct error *err) MUST_CHECK;

bool benchmark_find(struct store *store, const char *metric, struct arena *arena, struct benchmark *benchmark,
                    bool *found, struct error *err) MUST_CHECK;

/* An empty percent takes it away. INVALID names the field: no such metric, no such number, or no source. CONFLICT where
 * it is stale (store_save). */
bool benchmark_save(struct store *store, const struct benchmark *benchmark, struct error *err) MUST_CHECK;

#endif
