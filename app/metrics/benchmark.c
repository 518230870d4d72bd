/* Benchmarks: rules, storage and pages. */
#include "metrics/benchmark.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct field benchmark_fields[] = {
	FIELD(struct benchmark, metric, .stored = "_id", .flags = FIELD_REQUIRED, .max = 40),
	FIELD(struct benchmark, percent, .max = 8, .doc = "A number from 0 to 100; empty takes the benchmark away"),
	FIELD(struct benchmark, name, .max = 60, .doc = "Like: non-profits"),
	FIELD(struct benchmark, source, .max = 200),
	FIELD(struct benchmark, dated, .max = 40, .doc = "When the source was published"),
	FIELD(struct benchmark, updated_at),
	FIELD(struct benchmark, updated_by),
};
const struct record_type benchmark_record = RECORD_TYPE("Benchmark", struct benchmark, benchmark_fields);

static int metric_of(const char *key) {
	for (int i = 0; i < METRIC_COUNT; i++)
		if (text_same(metric_rows[i].key, key))
			return i;
	return -1;
}

/* Digits with a point at most; NaN for anything else. */
static double read_percent(const char *text) {
	if (text_is_empty(text) || strspn(text, "0123456789.") != strlen(text))
		return NAN;
	char *end;
	double value = strtod(text, &end);
	return *end || value > 100 ? NAN : value;
}

bool benchmark_list(struct store *store, struct arena *arena, struct rows *benchmarks, double values[METRIC_COUNT],
                    struct error *err) {
	bson_t all = BSON_INITIALIZER;
	struct benchmark *found;
	int count;
	for (int i = 0; i < METRIC_COUNT; i++)
		values[i] = NAN;
	if (!store_list(store, "benchmarks", &all, NULL, METRIC_COUNT, &benchmark_record, arena, (void **)&found, &count,
	                err))
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
		return error_field(err, "metric", "there is no rate '%.40s'", benchmark->metric);
	if (text_is_empty(benchmark->percent))
		return true;
	if (isnan(read_percent(benchmark->percent)))
		return error_field(err, "percent", "the benchmark must be a number from 0 to 100, not '%.20s'",
		                   benchmark->percent);
	return !text_is_empty(benchmark->source) || error_field(err, "source", "say where the benchmark comes from");
}

bool benchmark_save(struct store *store, const struct benchmark *benchmark, struct error *err) {
	int64_t deleted;
	struct benchmark one = *benchmark;
	bson_t set = BSON_INITIALIZER;
	if (!check(benchmark, err))
		return false;
	bson_t *filter = BCON_NEW("_id", BCON_UTF8(benchmark->metric));
	one.metric = NULL;
	record_to_bson(&benchmark_record, &one, &set);
	bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(&set));
	bool fine = text_is_empty(benchmark->percent) ? store_delete(store, "benchmarks", filter, &deleted, err)
	                                              : store_upsert(store, "benchmarks", filter, change, err);
	bson_destroy(filter);
	bson_destroy(change);
	bson_destroy(&set);
	return fine && version_bump(store, VERSION_DATA, err);
}

static bool benchmark_page(struct exchange *x, const char *problem, struct error *err) {
	struct rows benchmarks;
	double values[METRIC_COUNT];
	if (!benchmark_list(x->store, x->arena, &benchmarks, values, err))
		return false;
	struct value *view = value_map(x->arena), *rows = value_put(view, "rows", value_list(x->arena));
	const struct benchmark *items = benchmarks.items;
	for (int m = 0; m < METRIC_COUNT; m++) {
		struct value *row = value_push(rows, value_map(x->arena));
		bool typed = problem && text_same(params_get(&x->form, "metric"), metric_rows[m].key);
		value_put_text(row, "key", metric_rows[m].key);
		value_put_text(row, "label", metric_rows[m].name);
		value_put_text(row, "formula", metric_rows[m].formula);
		for (int i = 0; i < benchmarks.count; i++)
			if (text_same(items[i].metric, metric_rows[m].key)) {
				value_put_text(row, "percent", items[i].percent);
				value_put_text(row, "name", items[i].name);
				value_put_text(row, "source", items[i].source);
				value_put_text(row, "dated", items[i].dated);
			}
		if (typed)
			value_put_text(row, "typed", params_get(&x->form, "percent"));
	}
	value_put_text(view, "problem", problem);
	return reply_page(x, "benchmarks", problem ? "Error: Benchmarks" : "Benchmarks", "settings", view, err);
}

static bool show_page(struct exchange *x, struct error *err) {
	return benchmark_page(x, NULL, err);
}

static bool save(struct exchange *x, struct benchmark *benchmark, struct error *err) {
	benchmark->updated_at = moment_now();
	benchmark->updated_by = x->identity.user;
	return benchmark_save(x->store, benchmark, err);
}

static bool save_form(struct exchange *x, struct error *err) {
	struct benchmark benchmark;
	struct error problem = ERROR_INIT;
	if (record_from_form(&benchmark_record, &x->form, x->arena, &benchmark, &problem) && save(x, &benchmark, &problem))
		return reply_redirect(x, "/settings/benchmarks");
	if (problem.kind != ERROR_INVALID)
		return *err = problem, false;
	x->status = 400;
	return benchmark_page(x, arena_copy(x->arena, problem.text), err);
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows benchmarks;
	double values[METRIC_COUNT];
	return benchmark_list(x->store, x->arena, &benchmarks, values, err) && reply_rows(x, &benchmark_record, benchmarks);
}

static bool save_api(struct exchange *x, struct error *err) {
	struct benchmark benchmark;
	return record_from_json(&benchmark_record, x->json, x->arena, &benchmark, err) && save(x, &benchmark, err) &&
	       reply_record(x, &benchmark_record, &benchmark);
}

const struct route benchmark_routes[] = {
	{ "GET", "/settings/benchmarks", GUARD_SIGNED_IN, show_page },
	{ "POST", "/settings/benchmarks", GUARD_SIGNED_IN, save_form },
	{ "GET", "/api/benchmarks", GUARD_SIGNED_IN, list_api, .summary = "Reference values with their sources",
	  .output = &benchmark_record, .list = true },
	{ "PUT", "/api/benchmarks", GUARD_SIGNED_IN, save_api, .summary = "Set a reference value",
	  .output = &benchmark_record, .input = &benchmark_record },
	{ 0 },
};
