/* Benchmarks as page and JSON. */
#include "metrics/benchmark_pages.h"

#include <math.h>

#include "core/http/parts.h"
#include "metrics/benchmark.h"

/* The form of one metric: the typed values, else the stored ones. */
static void put_form(const struct exchange *x, struct value *row, const struct benchmark *stored) {
	static const char *const labels[] = { "Percent", "Of whom", "Source", "Published" };
	static const char *const names[] = { "percent", "name", "source", "dated" };
	const char *const values[] = { stored->percent, stored->name, stored->source, stored->dated };
	bool sent = x->problem && text_same(params_get(&x->form, "metric"), stored->metric);
	struct value *late = put_late(x, row);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *typed = sent ? exchange_typed(x, names[i], values[i]) : values[i];
		part_field(sent ? x : NULL, row, names[i], typed);
		put_saved(late, labels[i], values[i], typed);
	}
	value_put_bool(row, "late", sent && x->stored);
	value_put_text(row, "rev",
	               sent ? exchange_revision(x, stored->rev) : arena_print(x->arena, "%lld", (long long)stored->rev));
}

static bool show_page(struct exchange *x, struct error *err) {
	struct rows benchmarks;
	double values[METRIC_COUNT];
	if (!benchmark_list(x->store, x->arena, &benchmarks, values, err))
		return false;
	struct value *view = value_map(x->arena), *rows = value_put(view, "rows", value_list(x->arena));
	const struct benchmark *items = benchmarks.items;
	for (int m = 0; m < METRIC_COUNT; m++) {
		struct value *row = value_push(rows, value_map(x->arena));
		struct benchmark stored = { .metric = metric_rows[m].key };
		for (int i = 0; i < benchmarks.count; i++)
			if (text_same(items[i].metric, stored.metric))
				stored = items[i];
		value_put_text(row, "key", metric_rows[m].key);
		value_put_text(row, "label", metric_rows[m].name);
		value_put_text(row, "formula", metric_rows[m].formula);
		put_form(x, row, &stored);
	}
	return reply_page(x, "metrics/benchmarks", "Benchmarks", "settings", view, err);
}

/* Replies with what is now stored, or with the request if it was deleted. */
static bool reply_benchmark(struct exchange *x, const struct benchmark *asked, struct error *err) {
	struct benchmark stored;
	bool found;
	return benchmark_find(x->store, asked->metric, x->arena, &stored, &found, err) &&
	       reply_saved(x, "/settings/benchmarks", &benchmark_record, found ? &stored : asked);
}

static bool reply_late(struct exchange *x, const char *metric, struct error *err) {
	struct benchmark stored;
	bool found;
	return benchmark_find(x->store, metric, x->arena, &stored, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "This benchmark was removed in the meantime")) &&
	       exchange_stale(x, &benchmark_record, &stored, err);
}

static bool save(struct exchange *x, struct error *err) {
	struct benchmark benchmark = *(const struct benchmark *)x->input;
	benchmark.updated_at = x->now;
	benchmark.updated_by = x->identity.user;
	if (benchmark_save(x->store, &benchmark, err))
		return reply_benchmark(x, &benchmark, err);
	return store_is_stale(err) && reply_late(x, benchmark.metric, err);
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
