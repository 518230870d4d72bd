/* Benchmarks: rules and storage. */
#include "metrics/benchmark.h"

#include "core/store/kept.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char BENCHMARKS[] = "benchmarks";

static const struct field benchmark_fields[] = {
	FIELD(struct benchmark, metric, .stored = "_id", .flags = FIELD_REQUIRED, .max = 40),
	FIELD(struct benchmark, percent, .max = 8, .doc = "A number from 0 to 100; empty removes the benchmark"),
	FIELD(struct benchmark, name, .max = 60, .doc = "Like: non-profits"),
	FIELD(struct benchmark, source, .max = 200),
	FIELD(struct benchmark, dated, .max = 40, .doc = "When the source was published"),
	FIELD(struct benchmark, updated_at),
	FIELD(struct benchmark, updated_by),
	FIELD(struct benchmark, rev, .flags = FIELD_REVISION),
};
const struct record_type benchmark_record = RECORD_TYPE("Benchmark", struct benchmark, benchmark_fields);

static int metric_of(const char *key) {
	for (int i = 0; i < METRIC_COUNT; i++)
		if (text_same(metric_rows[i].key, key))
			return i;
	return -1;
}

/* Digits with at most one decimal point; NaN for anything else. */
static double read_percent(const char *text) {
	if (text_is_empty(text) || strspn(text, "0123456789.") != strlen(text))
		return NAN;
	char *end;
	double value = strtod(text, &end);
	return *end || value > 100 ? NAN : value;
}

static bool read_stored(struct store *store, const char *of, struct arena *arena, struct rows *benchmarks,
                        struct error *err) {
	(void)of;
	return store_list(store, BENCHMARKS, &everything, NULL, METRIC_COUNT, &benchmark_record, arena, &benchmarks->items,
	                  &benchmarks->count, err);
}

bool benchmark_list(struct store *store, struct arena *arena, struct rows *benchmarks, double values[METRIC_COUNT],
                    struct error *err) {
	static struct kept kept = { .realms = REALM_SETTINGS, .size = sizeof(struct benchmark), .read = read_stored };
	struct benchmark *found;
	int count;
	for (int i = 0; i < METRIC_COUNT; i++)
		values[i] = NAN;
	if (!kept_rows(&kept, store, NULL, arena, (void **)&found, &count, err))
		return false;
	struct benchmark *ordered = arena_array(arena, struct benchmark, METRIC_COUNT);
	*benchmarks = (struct rows){ ordered, 0 };
	for (int m = 0; m < METRIC_COUNT; m++) {
		for (int i = 0; i < count; i++) {
			if (metric_of(found[i].metric) != m)
				continue;
			ordered[benchmarks->count++] = found[i];
			values[m] = read_percent(found[i].percent);
		}
	}
	return true;
}

static bool check(const struct benchmark *benchmark, struct error *err) {
	if (metric_of(benchmark->metric) < 0)
		return error_field(err, "metric", "There is no rate “%.40s”", benchmark->metric);
	if (text_is_empty(benchmark->percent))
		return true;
	if (isnan(read_percent(benchmark->percent)))
		return error_field(err, "percent", "“%.20s” is not a number from 0 to 100", benchmark->percent);
	return !text_is_empty(benchmark->source) || error_field(err, "source", "Enter the source of this benchmark");
}

bool benchmark_find(struct store *store, const char *metric, struct arena *arena, struct benchmark *benchmark,
                    bool *found, struct error *err) {
	return store_find(store, BENCHMARKS, FILTER(eq_text("_id", metric)), NULL, &benchmark_record, arena, benchmark,
	                  found, err);
}

bool benchmark_save(struct store *store, const struct benchmark *benchmark, struct error *err) {
	const struct filter *its = FILTER(eq_text("_id", benchmark->metric));
	bool found, goes = text_is_empty(benchmark->percent);
	if (!check(benchmark, err))
		return false;
	if (!(goes ? store_remove(store, BENCHMARKS, its, &benchmark_record, benchmark, &found, err)
	           : store_save(store, BENCHMARKS, its, &benchmark_record, benchmark, NULL, &found, err)))
		return false;
	if (!goes && !found && !store_insert(store, BENCHMARKS, &benchmark_record, benchmark, err))
		return false;
	return version_bump(store, REALM_SETTINGS, err);
}
