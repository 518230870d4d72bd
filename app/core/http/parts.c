/* Data for the parts of pages. */
#include "core/http/parts.h"

#include <math.h>
#include <string.h>

#include "core/base/local.h"
#include "core/base/moment_text.h"
#include "core/base/zones.h"

enum { PAGES_MAX = 100000, PAGES_AROUND = 2 };

/* The map of that name in the view, made if it is missing. */
static struct value *map_in(struct value *view, const char *name) {
	struct value *map = (struct value *)(uintptr_t)value_get(view, name);
	if (!map) {
		map = value_put(view, name, value_map(view->arena));
		map->sparse = true;
	}
	return map;
}

static struct value *list_in(struct value *view, const char *name) {
	struct value *list = (struct value *)(uintptr_t)value_get(view, name);
	return list ? list : value_put(view, name, value_list(view->arena));
}

void part_field(const struct exchange *x, struct value *view, const char *name, const char *value) {
	struct value *field = value_put(map_in(view, "form"), name, value_map(view->arena));
	const char *wrong = NULL;
	for (int i = 0; x && x->problem && i < x->problems.count; i++)
		if (text_same(x->problems.items[i].field, name))
			wrong = x->problems.items[i].text;
	value_put_text(field, "name", name);
	value_put_text(field, "value", value);
	value_put_text(field, "wrong", wrong);
}

void part_control(struct exchange *x, struct value *view, struct value *late, const char *name, const char *label,
                  const char *stored) {
	const char *typed = exchange_typed(x, name, stored);
	part_field(x, view, name, typed);
	if (late)
		put_saved(late, label, stored, typed);
}

struct value *part_select(const struct exchange *x, struct value *view, const char *name) {
	part_field(x, view, name, NULL);
	return value_put((struct value *)(uintptr_t)value_get(map_in(view, "form"), name), "options",
	                 value_list(view->arena));
}

static struct value *put_group(struct value *groups, const char *label) {
	struct value *group = value_push(groups, value_map(groups->arena));
	value_put_text(group, "label", label);
	return value_put(group, "options", value_list(groups->arena));
}

static void put_zone(const struct exchange *x, struct value *options, const char *name, bool chosen) {
	put_choice(options, name, zones_place(name, x->now, x->arena), chosen);
}

/* Names without a continent have been renamed since. */
static void put_continents(const struct exchange *x, struct value *groups, const struct strings *used) {
	const struct strings *names = zones_all();
	struct value *options = NULL;
	size_t length = 0;
	for (int i = 0; i < names->count; i++) {
		const char *name = names->items[i], *slash = strchr(name, '/');
		if (!slash || strings_have(used, name))
			continue;
		if (!options || (size_t)(slash - name) != length || strncmp(name, names->items[i - 1], length + 1) != 0) {
			length = (size_t)(slash - name);
			options = put_group(groups, arena_print(x->arena, "%.*s", (int)length, name));
		}
		put_choice(options, name, zones_city(name, x->arena), false);
	}
}

void part_zones(const struct exchange *x, struct value *view, const char *name, const char *chosen) {
	const char *items[] = { text_is_empty(chosen) ? "UTC" : chosen, x->versions.zone, "UTC" };
	struct strings used = strings_distinct(x->arena, &(struct strings){ items, x->versions.zone ? 3 : 1 });
	part_field(x, view, name, chosen);
	struct value *groups = value_put((struct value *)(uintptr_t)value_get(map_in(view, "form"), name), "groups",
	                                 value_list(view->arena));
	struct value *options = put_group(groups, "In use");
	for (int i = 0; i < used.count; i++)
		put_zone(x, options, used.items[i], i == 0);
	put_continents(x, groups, &used);
}

void part_query_fields(const struct exchange *x, struct value *view, const char *const *names) {
	for (; *names; names++)
		part_field(x, view, *names, params_get(&x->query, *names));
}

void part_chips(struct value *view, const char *clear) {
	(void)list_in(view, "chips");
	value_put_bool(view, "has_chips", false);
	value_put_int(view, "chip_count", 0);
	value_put_text(view, "clear", clear);
}

void part_chip(const struct exchange *x, struct value *view, const char *param, const char *name, const char *value) {
	if (text_is_empty(value))
		return;
	struct value *chip = value_push(list_in(view, "chips"), value_map(view->arena));
	value_put_text(chip, "name", name);
	value_put_text(chip, "value", value);
	value_put_text(chip, "remove", exchange_address(x, x->path, param, NULL));
	((struct value *)(uintptr_t)value_get(view, "has_chips"))->boolean = true;
	((struct value *)(uintptr_t)value_get(view, "chip_count"))->integer++;
}

void part_chip_day(const struct exchange *x, struct value *view, const char *param, const char *name) {
	const char *typed = params_get(&x->query, param);
	struct moment day;
	bool is_day = !text_is_empty(typed) && !strpbrk(typed, "T ") && moment_parse(typed, &day);
	part_chip(x, view, param, name, is_day ? text_of_day(x->arena, local_moment(day)) : typed);
}

void part_tab(struct value *view, const char *label, const char *address, const char *count, bool current) {
	struct value *tab = value_push(list_in(view, "tabs"), value_map(view->arena));
	value_put_text(tab, "label", label);
	value_put_text(tab, "address", address);
	value_put_text(tab, "count", count);
	value_put_bool(tab, "current", current);
}

static const char *address_of_page(const struct exchange *x, int page) {
	return exchange_address(x, x->path, "page", page == 1 ? NULL : arena_print(x->arena, "%d", page));
}

static void put_page(const struct exchange *x, struct value *list, int page, bool current, bool gap) {
	struct value *one = value_push(list, value_map(x->arena));
	value_put_text(one, "label", text_of_count(x->arena, page));
	value_put_text(one, "address", address_of_page(x, page));
	value_put_bool(one, "current", current);
	value_put_bool(one, "gap", gap); /* pages are left out before it */
}

/* The first, those around this one, and the last if it is known. */
static void put_pages(const struct exchange *x, struct value *list, const struct part_pages *pages, int last) {
	int shown = 0;
	for (int page = 1; page <= last; page++) {
		int distance = page > pages->page ? page - pages->page : pages->page - page;
		bool is_end = page == 1 || (page == last && !pages->more);
		if (!is_end && distance > PAGES_AROUND)
			continue;
		put_page(x, list, page, page == pages->page, page > shown + 1);
		shown = page;
	}
}

void part_pager(const struct exchange *x, struct value *view, const struct part_pages *pages) {
	int last = (int)((pages->matched + pages->rows - 1) / pages->rows);
	int64_t first = (int64_t)(pages->page - 1) * pages->rows + 1;
	if (pages->matched == 0) {
		(void)value_put(view, "pager", value_null(x->arena));
		return;
	}
	int64_t end = first + pages->rows - 1 < pages->matched || pages->more ? first + pages->rows - 1 : pages->matched;
	struct value *pager = value_put(view, "pager", value_map(x->arena));
	value_put_text(pager, "words",
	               arena_print(x->arena, "%s–%s of %s%s", text_of_count(x->arena, first), text_of_count(x->arena, end),
	                           pages->more ? "more than " : "",
	                           text_of_counted(x->arena, pages->matched, pages->one, pages->many)));
	value_put_text(pager, "previous", pages->page > 1 ? address_of_page(x, pages->page - 1) : NULL);
	value_put_text(pager, "next",
	               pages->page < last || (pages->more && pages->has_next) ? address_of_page(x, pages->page + 1) : NULL);
	value_put_bool(pager, "goes_on", pages->more && pages->has_next);
	struct value *list = value_put(pager, "pages", value_list(x->arena));
	if (last > 1) /* a single page needs no number */
		put_pages(x, list, pages, last);
}

bool part_page(const struct exchange *x, int *page, struct error *err) {
	const char *value = params_get(&x->query, "page");
	int64_t number = 1;
	if (!text_is_empty(value) && !text_to_int(value, 1, PAGES_MAX, &number))
		return error_field(err, "page", "Pages go from 1 to %d", PAGES_MAX);
	*page = (int)number;
	return true;
}

void part_tip_add(struct part_tip *tip, const char *name, const char *words) {
	if (text_is_empty(words) || tip->count == PART_TIP_ROWS)
		return;
	tip->rows[tip->count][0] = name;
	tip->rows[tip->count++][1] = words;
}

static void put_tip(struct value *row, const struct part_stat *stat) {
	struct value *tip = value_put(row, "tip", stat->tip ? value_map(row->arena) : value_null(row->arena));
	if (!stat->tip)
		return;
	value_put_text(tip, "title", stat->label);
	struct value *rows = value_put(tip, "rows", value_list(row->arena));
	for (const char *const(*line)[2] = stat->tip; (*line)[0]; line++) {
		struct value *one = value_push(rows, value_map(row->arena));
		value_put_text(one, "name", (*line)[0]);
		value_put_text(one, "words", (*line)[1]);
		value_put_text(one, "address", NULL);
	}
}

/* A map of two texts, or null if the second is NULL. */
static struct value *put_pair(struct value *row, const char *name, const char *kind, const char *words) {
	struct value *pair = value_put(row, name, words ? value_map(row->arena) : value_null(row->arena));
	if (words) {
		value_put_text(pair, "kind", kind);
		value_put_text(pair, "words", words);
	}
	return pair;
}

void part_stat(struct value *view, const struct part_stat *stat) {
	struct value *row = value_push(list_in(view, "stats"), value_map(view->arena));
	value_put_text(row, "label", stat->label);
	value_put_text(row, "value", stat->value);
	value_put_text(row, "more", stat->more);
	value_put_text(row, "address", stat->address);
	value_put_bool(row, "current", stat->current);
	value_put_text(row, "note", stat->note);
	struct value *change = put_pair(row, "change", stat->change_kind, stat->change);
	if (stat->change)
		value_put_text(change, "rest", stat->change_rest);
	struct value *usual = put_pair(row, "usual", stat->verdict_kind, stat->usual);
	if (stat->usual)
		value_put_text(usual, "verdict", stat->verdict);
	put_tip(row, stat);
}

void part_count(struct value *row, const char *name, int64_t count, const char *more) {
	struct value *one = value_put(row, name, value_map(row->arena));
	value_put_text(one, "value", count_text(row->arena, count));
	value_put_text(one, "more", count == COUNT_NONE ? more : NULL);
}

const char *part_width(struct arena *arena, double value, double greatest) {
	double share = value / greatest * 100;
	return arena_print(arena, "w%d", isfinite(share) && share > 0 ? (int)fmin(100, fmax(1, share + .5)) : 0);
}
