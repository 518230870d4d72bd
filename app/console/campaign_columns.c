/* Columns of the list of campaigns. */
#include "console/campaign_columns.h"

#include <string.h>

enum { STATUS_COLUMN = 0, PREFERRED = 2 };

/* In the order of the table. unit: what a phone says behind the figure, as it shows no heads. */
static const struct column {
	const char *key, *label, *unit;
	bool is_usual;
	const char *bar, *width; /* the bar below its figure, and the row's member with its width */
} columns_of[] = {
	{ "status", "Status", NULL, true, NULL, NULL },
	{ "delivered", "Delivered", " delivered", true, NULL, NULL },
	{ "click_rate", "Click rate", " clicked", true, "clicks", "click_width" },
	{ "open_rate", "Open rate", " open", true, "opens", "open_width" },
	{ "click_to_open_rate", "Click-to-open rate", " of opens", false, NULL, NULL },
	{ "unsubscribe_rate", "Unsubscribed", " unsubscribed", true, NULL, NULL },
	{ "bounce_rate", "Bounced", " bounced", true, NULL, NULL },
	{ "complaint_rate", "Complaints", " complained", true, NULL, NULL },
};
enum { COLUMNS = sizeof columns_of / sizeof *columns_of };

/* What was chosen last, as "key.key"; for this browser, like the theme. */
static const char COOKIE[] = "columns";
enum { COOKIE_SECONDS = 365 * 86400 };

/* On a phone a row has two figures: these if they are shown. */
static const char *const preferred[PREFERRED] = { "click_rate", "open_rate" };

static bool is_shown(const struct campaign_columns *columns, int place) {
	return columns->shown >> place & 1;
}

static int place_of_key(const char *key) {
	int place = 0;
	while (place < COLUMNS && strcmp(columns_of[place].key, key) != 0)
		place++;
	return place;
}

static unsigned usual(void) {
	unsigned shown = 0;
	for (int i = 0; i < COLUMNS; i++)
		shown |= (unsigned)columns_of[i].is_usual << i;
	return shown;
}

static bool read_keys(const struct strings *keys, unsigned *shown, struct error *err) {
	*shown = 0;
	for (int i = 0; i < keys->count; i++) {
		int place = place_of_key(keys->items[i]);
		if (place == COLUMNS)
			return error_field(err, "column", "“%.40s” is not a column of campaigns", keys->items[i]);
		*shown |= 1U << place;
	}
	return true;
}

/* 0: nothing, or nothing that is still a column. */
static unsigned remembered(const struct exchange *x) {
	const char *cookie = exchange_cookie(x, COOKIE);
	const char *keys = cookie ? arena_print(x->arena, ".%s.", cookie) : "";
	unsigned shown = 0;
	for (int i = 0; i < COLUMNS; i++)
		if (strstr(keys, arena_print(x->arena, ".%s.", columns_of[i].key)))
			shown |= 1U << i;
	return shown;
}

bool campaign_columns_read(struct exchange *x, struct campaign_columns *columns, struct error *err) {
	const struct strings keys = params_all(&x->query, "column", x->arena);
	unsigned shown, kept = remembered(x);
	*columns = (struct campaign_columns){ .shown = usual() };
	if (!read_keys(&keys, &shown, err))
		return false;
	if (keys.count == 0)
		shown = kept ? kept : usual();
	*columns = (struct campaign_columns){ shown, shown != usual() || kept != 0, keys };
	return true;
}

/* Where the form stood, without columns and without '?' or '&' at its end. */
static const char *place_of_form(const struct exchange *x) {
	const char *next = params_get(&x->form, "next");
	if (!exchange_can_show(x, next))
		return "/campaigns";
	size_t size = strlen(next);
	while (size > 1 && strchr("?&", next[size - 1]))
		size--;
	return arena_copy_bytes(x->arena, next, size);
}

bool campaign_columns_keep(struct exchange *x, struct error *err) {
	const struct strings keys = params_all(&x->form, "column", x->arena);
	const char *next = place_of_form(x);
	unsigned shown;
	BUF_AUTO cookie = { 0 };
	BUF_AUTO address = { 0 };
	if (!read_keys(&keys, &shown, err))
		return false;
	if (keys.count == 0 || shown == usual() || params_get(&x->form, "usual")) {
		reply_cookie(x, COOKIE, "", -1);
		return reply_redirect(x, next);
	}
	buf_text_add(&address, next);
	for (int i = 0; i < COLUMNS; i++) {
		if (!(shown >> i & 1))
			continue;
		buf_print(&cookie, "%s%s", cookie.size ? "." : "", columns_of[i].key);
		buf_print(&address, "%ccolumn=%s", strchr(buf_text(&address), '?') ? '&' : '?', columns_of[i].key);
	}
	reply_cookie(x, COOKIE, buf_text(&cookie), COOKIE_SECONDS);
	return reply_redirect(x, arena_copy(x->arena, buf_text(&address)));
}

static const struct sorting *sorting_of(const char *key) {
	for (int i = 0; i < SORTING_COUNT; i++)
		if (strcmp(campaign_sortings[i].name, key) == 0)
			return &campaign_sortings[i];
	return NULL;
}

static void put_head(struct exchange *x, struct value *heads, const struct sorting *sorting, const char *label,
                     const struct campaign_query *query) {
	struct value *one = value_push(heads, value_map(x->arena));
	bool chosen = sorting && query->sorting == sorting;
	value_put_text(one, "label", sorting && sorting->head ? sorting->head : label);
	value_put_bool(one, "numeric", sorting && sorting->key >= BY_DELIVERED);
	value_put_text(one, "order", !chosen ? NULL : query->descending ? "descending" : "ascending");
	value_put_text(one, "address",
	               !sorting ? NULL
	                        : exchange_address(x, "/campaigns", "sort",
	                                           arena_print(x->arena, "%s%s", chosen && query->descending ? "" : "-",
	                                                       sorting->name)));
}

/* The status stands between name and sending. */
static void put_heads(struct exchange *x, const struct campaign_columns *columns, const struct campaign_query *query,
                      struct value *view) {
	struct value *heads = value_put(view, "columns", value_list(x->arena));
	put_head(x, heads, &campaign_sortings[0], campaign_sortings[0].label, query);
	if (is_shown(columns, STATUS_COLUMN))
		put_head(x, heads, NULL, columns_of[STATUS_COLUMN].label, query);
	put_head(x, heads, &campaign_sortings[1], campaign_sortings[1].label, query);
	for (int i = STATUS_COLUMN + 1; i < COLUMNS; i++)
		if (is_shown(columns, i))
			put_head(x, heads, sorting_of(columns_of[i].key), columns_of[i].label, query);
}

void campaign_columns_put(struct exchange *x, const struct campaign_columns *columns,
                          const struct campaign_query *query, struct value *view) {
	struct value *choices = value_put(view, "column_choices", value_list(x->arena));
	struct value *kept = value_put(view, "kept_columns", value_list(x->arena));
	put_heads(x, columns, query, view);
	for (int i = 0; i < COLUMNS; i++)
		put_choice(choices, columns_of[i].key, columns_of[i].label, is_shown(columns, i));
	for (int i = 0; i < columns->keys.count; i++)
		value_put_text(value_push(kept, value_map(x->arena)), "key", columns->keys.items[i]);
	value_put_bool(view, "has_status", is_shown(columns, STATUS_COLUMN));
	value_put_bool(view, "columns_chosen", columns->is_chosen);
	value_put_text(view, "columns_next", exchange_address(x, "/campaigns", "column", NULL));
}

/* Which of the shown columns a phone has as its first and second figure; -1: none. */
static void find_keys(const struct campaign_columns *columns, int keys[PREFERRED]) {
	for (int k = 0; k < PREFERRED; k++) {
		int place = place_of_key(preferred[k]);
		keys[k] = is_shown(columns, place) ? place : -1;
	}
	for (int i = STATUS_COLUMN + 1; i < COLUMNS; i++)
		for (int k = 0; k < PREFERRED && is_shown(columns, i) && keys[0] != i && keys[1] != i; k++)
			if (keys[k] < 0)
				keys[k] = i;
}

void campaign_columns_put_cells(const struct campaign_columns *columns, struct value *row) {
	struct value *cells = value_put(row, "cells", value_list(row->arena));
	int keys[PREFERRED];
	find_keys(columns, keys);
	for (int i = STATUS_COLUMN + 1; i < COLUMNS; i++) {
		const struct column *column = &columns_of[i];
		if (!is_shown(columns, i))
			continue;
		struct value *cell = value_push(cells, value_map(row->arena));
		const bool is_first = i == keys[0];
		value_put_text(cell, "text", value_get_text(row, column->key));
		value_put_text(cell, "bar", column->bar);
		value_put_text(cell, "width", column->width ? value_get_text(row, column->width) : NULL);
		value_put_text(cell, "key", is_first ? "key" : i == keys[1] ? "key2" : NULL);
		value_put_text(cell, "unit", is_first && column->bar ? NULL : column->unit);
	}
}
