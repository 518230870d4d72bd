/* Reference values from outside, entered by users: what an industry reaches, with source and date. Shown as a line,
 * never as a verdict. */
#ifndef METRICS_BENCHMARK_H
#define METRICS_BENCHMARK_H

#include "core/store/store.h"
#include "metrics/metrics.h"

struct benchmark {
	const char *metric;  /* key of metric_rows */
	const char *percent; /* as entered: 0 to 100 with up to three decimals */
	const char *name, *source, *dated;
	struct moment updated_at;
	const char *updated_by;
	int64_t rev;
};
extern const struct record_type benchmark_record;

/* All benchmarks, in the order of the metrics; values[] is NaN where there is none. */
bool benchmark_list(struct store *store, struct arena *arena, struct rows *benchmarks, double values[METRIC_COUNT],
                    struct error *err) MUST_CHECK;

bool benchmark_find(struct store *store, const char *metric, struct arena *arena, struct benchmark *benchmark,
                    bool *found, struct error *err) MUST_CHECK;

/* An empty percent deletes it. INVALID names the field: unknown metric, bad number, or no source. CONFLICT if stale
 * (store_save). */
bool benchmark_save(struct store *store, const struct benchmark *benchmark, struct error *err) MUST_CHECK;

#endif
