/* The period, the comparison and the filters of the dashboard. */
#include <ctype.h>

#include "console/dashboard_view.h"
#include "core/http/parts.h"

/* "Last 90 days", "This month", "All time" */
static const char *period_label(struct arena *arena, const struct period_name *name) {
	if (text_same(name->key, "all"))
		return "All time";
	return isdigit((unsigned char)*name->label) ? arena_print(arena, "Last %s", name->label) : name->label;
}

static void put_option(struct value *list, const char *label, const char *address, bool current) {
	struct value *one = value_push(list, value_map(list->arena));
	value_put_text(one, "label", label);
	value_put_text(one, "address", address);
	value_put_bool(one, "current", current);
}

/* The address with another period, without dates of its own. */
static const char *period_address(const struct board *board, const char *key) {
	const struct exchange *x = board->x;
	BUF_AUTO out = { 0 };
	buf_print(&out, "%s?period=%s&metric=%s", board->address, key, metric_rows[board->query.metric].key);
	static const char *const kept[] = { "list", "partner", "compare", "match", "as_of" };
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		const char *value = params_get(&x->query, kept[i]);
		if (text_is_empty(value) || text_same(value, "custom") || x->problem)
			continue;
		buf_print(&out, "&%s=", kept[i]);
		url_encode(&out, value);
	}
	return arena_copy(x->arena, buf_text(&out));
}

static void put_periods(struct value *view, const struct board *board) {
	struct arena *arena = view->arena;
	const struct period *period = &board->query.period;
	struct value *periods = value_put(view, "periods", value_list(arena));
	const char *label = moment_is_set(period->from) ? text_of_days(arena, period->from, moment_add(period->to, -1))
	                                                : "All time";
	for (const struct period_name *name = period_names; name->key; name++) {
		bool current = text_same(name->key, period->name);
		put_option(periods, period_label(arena, name), period_address(board, name->key), current);
		if (current)
			label = period_label(arena, name);
	}
	value_put_text(view, "period_label", label);
}

/* What the period is compared with: the button says it, the menu offers the others. */
static void put_compares(struct value *view, const struct board *board) {
	static const struct {
		const char *key, *item, *button;
	} ways[] = { { "prev", "Previous period", "vs previous period" },
		         { "year", "Same days last year", "vs last year" },
		         { "none", "No comparison", "No comparison" } };
	struct arena *arena = view->arena;
	const struct period *compared = &board->query.compared;
	const char *how = board->x->problem ? NULL : params_get(&board->x->query, "compare");
	struct value *options = value_put(view, "compares", value_list(arena));
	bool is_custom = text_same(how, "custom");
	const char *label = is_custom && board->query.has_compared
	                        ? arena_print(arena, "vs %s",
	                                      text_of_days(arena, compared->from, moment_add(compared->to, -1)))
	                        : ways[0].button;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		bool current = text_is_empty(how) ? i == 0 : text_same(how, ways[i].key);
		put_option(options, ways[i].item, exchange_address(board->x, board->address, "compare", ways[i].key), current);
		if (current)
			label = ways[i].button;
	}
	value_put_text(view, "compare_label", label);
	value_put_bool(view, "comparable", moment_is_set(board->query.period.from));
}

static void put_filters(struct value *view, const struct board *board) {
	static const char *const names[] = { "list", "partner", "from", "to", "compare", "cfrom", "cto", "as_of", NULL };
	struct exchange *x = board->x;
	const char *compare = params_get(&x->query, "compare");
	bool weekdays = text_same(params_get(&x->query, "match"), "weekday");
	part_query_fields(x, view, names);
	struct value *ways = value_put(view, "ways", value_list(x->arena));
	put_choice(ways, "prev", "The period before", text_same("prev", compare));
	put_choice(ways, "year", "The same days last year", text_same("year", compare));
	put_choice(ways, "custom", "The dates below", text_same("custom", compare));
	put_choice(ways, "none", "Nothing", text_same("none", compare));
	value_put_bool(view, "weekdays", weekdays);
	value_put_text(view, "period_key", text_same(board->query.period.name, "custom") ? NULL : board->query.period.name);
	value_put_text(view, "metric_key", metric_rows[board->query.metric].key);
	part_chips(view, board->address);
	part_chip(x, view, "list", "List", dashboard_list_name(board, board->query.list));
	part_chip(x, view, "partner", "Partner", value_get_text(view, "partner"));
	part_chip(x, view, "match", "Compared", weekdays ? "same weekdays" : NULL);
	part_chip(x, view, "as_of", "Figures as of", text_of_day(x->arena, board->query.as_of));
	value_put_text(view, "address", board->address);
	value_put_text(view, "csv",
	               board->query.partner ? exchange_address(x, "/dashboard.csv", "partner", board->query.partner)
	                                    : exchange_address(x, "/dashboard.csv", "format", "csv"));
}

void dashboard_put_controls(struct value *view, const struct board *board) {
	put_periods(view, board);
	put_compares(view, board);
	put_filters(view, board);
}
