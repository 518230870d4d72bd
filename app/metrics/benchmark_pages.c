/* The page of reference values, and their JSON. */
#include "metrics/benchmark_pages.h"

#include <math.h>

#include "metrics/benchmark.h"

static bool show_page(struct exchange *x, struct error *err) {
	struct rows benchmarks;
	double values[METRIC_COUNT];
	if (!benchmark_list(x->store, x->arena, &benchmarks, values, err))
		return false;
	struct value *view = value_map(x->arena), *rows = value_put(view, "rows", value_list(x->arena));
	const struct benchmark *items = benchmarks.items;
	for (int m = 0; m < METRIC_COUNT; m++) {
		struct value *row = value_push(rows, value_map(x->arena));
		bool typed = x->problem && text_same(params_get(&x->form, "metric"), metric_rows[m].key);
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
	return reply_page(x, "metrics/benchmarks", "Benchmarks", "settings", view, err);
}

static bool save(struct exchange *x, struct error *err) {
	struct benchmark benchmark = *(const struct benchmark *)x->input;
	benchmark.updated_at = moment_now();
	benchmark.updated_by = x->identity.user;
	return benchmark_save(x->store, &benchmark, err) &&
	       reply_saved(x, "/settings/benchmarks", &benchmark_record, &benchmark);
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows benchmarks;
	double values[METRIC_COUNT];
	return benchmark_list(x->store, x->arena, &benchmarks, values, err) && reply_rows(x, &benchmark_record, benchmarks);
}

const struct route benchmark_routes[] = {
	{ "GET", "/settings/benchmarks", GUARD_SIGNED_IN, show_page },
	{ "POST", "/settings/benchmarks", GUARD_SIGNED_IN, save, .input = &benchmark_record, .form = show_page },
	{ "GET", "/api/benchmarks", GUARD_SIGNED_IN, list_api, .summary = "Reference values with their sources",
	  .output = &benchmark_record, .list = true },
	{ "PUT", "/api/benchmarks", GUARD_SIGNED_IN, save, .summary = "Set a reference value", .output = &benchmark_record,
	  .input = &benchmark_record },
	{ 0 },
};
