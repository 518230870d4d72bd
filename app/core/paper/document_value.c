/* A document as JSON and template data. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "core/base/moment_text.h"
#include "core/base/text.h"
#include "core/paper/document.h"

static void put_cell(struct value *list, const struct cell *cell, const struct column *column) {
	struct value *one = value_push(list, value_map(list->arena));
	value_put_text(one, "text", cell->text ? cell->text : "");
	if (cell->plain)
		value_put_text(one, "plain", cell->plain);
	value_put_bool(one, "numeric", column->numeric);
	value_put_bool(one, "whole", column->whole);
	if (column->key)
		value_put_text(one, "key", column->key == 1 ? "key" : "key2");
	if (cell->below)
		value_put_text(one, "below", cell->below);
	if (cell->share > 0 && column->role) {
		value_put_text(one, "role", column->role);
		value_put_text(one, "width", arena_print(list->arena, "w%d", (int)lround(fmin(cell->share, 1) * 100)));
	}
}

static void put_cells(struct value *row, const struct table *table, const struct cell *cells) {
	struct value *list = value_put(row, "cells", value_list(row->arena));
	for (int i = 0; i < table->column_count; i++)
		put_cell(list, &cells[i], &table->columns[i]);
}

/* A narrow screen shows a row's key figures and, under its name, the first of the others. */
static const char *narrow_text(const struct table *table, const struct cell *cells, int name) {
	bool folds = false;
	for (int i = 0; i < table->column_count; i++)
		folds = folds || table->columns[i].key;
	for (int i = 0; folds && i < table->column_count; i++)
		if (i != name && !table->columns[i].numeric)
			return cells[i].text;
	return NULL;
}

/* What a narrow screen says after a second key figure: " opened", " people"; or NULL. */
static const char *key_word(const struct table *table, const struct cell *cells, int column, struct arena *arena) {
	const struct column *it = &table->columns[column];
	const char *word = text_same(cells[column].text, "1") ? it->one : it->many;
	if (column > 0 && table->columns[column - 1].under)
		word = table->columns[column - 1].under;
	return word ? arena_print(arena, " %s", word) : NULL;
}

/* A table of words alone, which a narrow screen would squeeze: its cells stand below each other there. */
static bool is_words(const struct table *table) {
	for (int i = 0; i < table->column_count; i++)
		if (table->columns[i].numeric || table->columns[i].key)
			return false;
	return true;
}

/* What people see of a row: the cell that names it, then the others, each with what stands below it. */
static void put_shown(struct value *row, const struct table *table, const struct cell *cells) {
	struct arena *arena = row->arena;
	int name = table_name_column(table);
	struct value *head = value_put(row, "head", value_map(arena));
	value_put_text(head, "text", cells[name].text ? cells[name].text : "");
	value_put_text(head, "below", cells[name].below);
	value_put_bool(head, "numeric", table->columns[name].numeric);
	value_put_bool(head, "whole", table->columns[name].whole);
	value_put_text(head, "narrow", narrow_text(table, cells, name));
	struct value *list = value_put(row, "shown", value_list(arena));
	for (int i = 0; i < table->column_count; i++) {
		if (i == name || table->columns[i].under)
			continue;
		put_cell(list, &cells[i], &table->columns[i]);
		value_put_text(list->last, "below", table_below(table, cells, i, arena));
		if (table->columns[i].key == 2)
			value_put_text(list->last, "word", key_word(table, cells, i, arena));
	}
}

static void put_row(struct value *row, const struct table *table, const struct cell *cells) {
	put_cells(row, table, cells);
	put_shown(row, table, cells);
}

static void put_column(struct value *list, const struct column *column, const char *series) {
	struct value *one = value_push(list, value_map(list->arena));
	value_put_text(one, "label", column->label);
	value_put_bool(one, "numeric", column->numeric);
	value_put_text(one, "series", series);
}

static void put_columns(struct value *view, const struct table *table, const struct chart *chart) {
	int name = table_name_column(table);
	struct value *all = value_put(view, "columns", value_list(view->arena));
	for (int i = 0; i < table->column_count; i++)
		put_column(all, &table->columns[i], NULL);
	put_column(value_put(view, "heads", value_list(view->arena)), &table->columns[name], NULL);
	for (int i = 0; i < table->column_count; i++)
		if (i != name && !table->columns[i].under)
			put_column((struct value *)(uintptr_t)value_get(view, "heads"), &table->columns[i],
			           chart ? role_names[chart->series[i - 1].role] : NULL);
}

/* Where the point lies in the chart that is drawn from the table. */
static void put_point(struct value *row, const struct chart *chart, const struct point *point) {
	char at[MOMENT_TEXT];
	if (chart->kind == CHART_STEPS)
		value_put_text(row, "x", arena_print(row->arena, "%g", point->hours));
	else if (moment_is_set(point->at))
		value_put_text(row, "x", arena_copy(row->arena, moment_format(point->at, at)));
	value_put_text(row, "tick", point->tick);
	value_put_text(row, "when", point->when);
}

static void put_table(struct value *one, const struct table *table, const struct chart *chart) {
	struct value *view = value_put(one, "table", value_map(one->arena));
	bool folds = false;
	for (int i = 0; i < table->column_count; i++)
		folds = folds || table->columns[i].key;
	value_put_text(view, "name", table->name);
	value_put_text(view, "caption", table->caption);
	value_put_bool(view, "folds", folds);
	value_put_bool(view, "stacks", is_words(table));
	put_columns(view, table, chart);
	struct value *rows = value_put(view, "rows", value_list(one->arena));
	for (int i = 0; i < table->row_count; i++) {
		struct value *row = value_push(rows, value_map(one->arena));
		put_row(row, table, table->cells + (size_t)i * (size_t)table->column_count);
		if (chart)
			put_point(row, chart, &chart->points[i]);
	}
	if (table->totals)
		put_row(value_put(view, "totals", value_map(one->arena)), table, table->totals);
}

static void put_legend(struct value *view, const struct chart *chart) {
	struct value *list = value_put(view, "legend", value_list(view->arena));
	for (int s = 0; s < chart->series_count; s++) {
		const char *words = chart_legend(chart, s, view->arena);
		if (!words)
			continue;
		struct value *one = value_push(list, value_map(view->arena));
		value_put_text(one, "key", chart->series[s].role == ROLE_LOW ? "band" : role_names[chart->series[s].role]);
		bool points = chart->scattered && chart_has_marks(chart->series[s].role);
		value_put_text(one, "mark",
		               points ? arena_print(view->arena, "point-%s", role_names[chart->series[s].role]) : NULL);
		value_put_text(one, "label", words);
	}
}

static void put_chart(struct value *one, const struct chart *chart, bool inside) {
	static const char *const kinds[CHART_KIND_COUNT] = {
		[CHART_LINE] = "line", [CHART_STEPS] = "line", [CHART_STACKED] = "columns"
	};
	struct value *view = value_put(one, "chart", value_map(one->arena));
	value_put_text(view, "kind", chart->scattered ? "points" : kinds[chart->kind]);
	value_put_text(view, "places", chart->kind == CHART_LINE ? "date" : chart->kind == CHART_STEPS ? "hours" : NULL);
	value_put_bool(view, "stepped", chart->kind == CHART_STEPS);
	value_put_text(view, "title", chart->title);
	value_put_text(view, "about", chart->about);
	value_put_text(view, "unit", chart->unit);
	value_put_text(view, "mark", chart->mark ? arena_print(one->arena, "\u00a0%s", chart->mark) : NULL);
	value_put_text(view, "finding", chart->finding);
	value_put_int(view, "points", chart->count);
	value_put_bool(view, "told", chart->told);
	value_put_bool(view, "sub", inside); /* of a heading: its title is a level lower */
	put_legend(view, chart);
}

static void put_cards(struct value *one, const struct part *part) {
	struct value *list = value_put(one, "cards", value_list(one->arena));
	value_put_bool(one, "has_cards", true);
	value_put_bool(one, "six", part->card_count > 3);
	for (const struct card *card = part->cards; card < part->cards + part->card_count; card++) {
		struct value *view = value_push(list, value_map(one->arena));
		value_put_text(view, "label", card->label);
		value_put_text(view, "value", card->value.text);
		value_put_text(view, "note", card->note);
		value_put_text(view, "change", card->change.text);
		value_put_text(view, "than", card->than);
		value_put_text(view, "line", card->line);
		value_put_text(view, "verdict", card->verdict);
		value_put_text(view, "side", card->side);
		value_put_text(view, "formula", card->formula);
	}
}

static void put_findings(struct value *one, const struct part *part) {
	struct value *view = value_put(one, "findings", value_map(one->arena)),
				 *list = value_put(view, "sentences", value_list(one->arena));
	value_put_text(view, "title", part->text);
	value_put_bool(view, "wide", part->next && part->next->kind == PART_MAIL);
	for (int i = 0; i < part->findings.count; i++)
		(void)value_push(list, value_text(one->arena, part->findings.items[i]));
}

static void put_mail(struct value *one, const struct mail_view *mail) {
	struct value *view = value_put(one, "mail", value_map(one->arena));
	value_put_text(view, "title", mail->title);
	value_put_text(view, "from", mail->from);
	value_put_text(view, "subject", mail->subject);
	value_put_text(view, "day", mail->day);
	value_put_text(view, "figure", mail->figure);
}

static void put_funnel(struct value *one, const struct part *part) {
	struct value *view = value_put(one, "funnel", value_map(one->arena)),
				 *list = value_put(view, "stages", value_list(one->arena));
	value_put_text(view, "title", part->text);
	for (const struct stage *stage = part->stages; stage < part->stages + part->stage_count; stage++) {
		struct value *step = value_push(list, value_map(one->arena));
		value_put_text(step, "label", stage->label);
		value_put_text(step, "count", stage->count.text);
		value_put_text(step, "share", stage->share.text);
		value_put_text(step, "role", role_names[stage->role]);
		value_put_text(step, "width", arena_print(one->arena, "w%d", (int)lround(fmax(fmin(stage->part, 1), 0) * 100)));
	}
}

/* A line does not end within "1 Jan". */
static const char *with_whole_dates(const char *text, struct arena *arena) {
	static const char space[] = "\u00a0";
	if (!text)
		return NULL;
	char *whole = arena_array(arena, char, strlen(text) * (sizeof space - 1) + 1), *end = whole;
	for (const char *c = text; *c; c++) {
		bool is_date = *c == ' ' && c > text && isdigit((unsigned char)c[-1]) && isupper((unsigned char)c[1]) &&
		               islower((unsigned char)c[2]) && islower((unsigned char)c[3]) && !isalpha((unsigned char)c[4]);
		if (is_date)
			end = stpcpy(end, space);
		else
			*end++ = *c;
	}
	return whole;
}

struct value *document_head_value(const struct document *document, struct arena *arena) {
	struct value *head = value_map(arena);
	value_put_text(head, "title", with_whole_dates(document->title, arena));
	value_put_text(head, "partner", document->partner);
	value_put_text(head, "prepared_by", document->prepared_by);
	value_put_text(head, "note", text_is_empty(document->note) ? NULL : document->note);
	value_put_text(head, "kicker", document->kicker);
	value_put_text(head, "lead", with_whole_dates(document->lead, arena));
	value_put_text(head, "scope", with_whole_dates(document->scope, arena));
	value_put_text(head, "footnote", document->footnote);
	value_put_bool(head, "has_logo", document->logo != NULL);
	return head;
}

/* "Where the figures come from" gives "where-the-figures-come-from". */
static char *anchor_of(const char *text, struct arena *arena) {
	char *anchor = arena_copy(arena, text);
	for (char *c = anchor; *c; c++)
		*c = isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '-';
	return anchor;
}

struct value *document_to_value(const struct document *document, struct arena *arena) {
	static const char *const texts[] = {
		[PART_SECTION] = "section", [PART_HEADING] = "heading", [PART_TEXT] = "paragraph", [PART_NOTE] = "note"
	};
	struct value *list = value_list(arena);
	bool inside = false;
	for (const struct part *part = document->first; part; part = part->next) {
		if (part->table && part->table->only_csv)
			continue;
		struct value *one = value_push(list, value_map(arena));
		if (part->kind <= PART_NOTE)
			value_put_text(one, texts[part->kind], part->text);
		if (part->kind == PART_SECTION)
			value_put_text(one, "anchor", anchor_of(part->text, arena));
		if (part->kind <= PART_HEADING)
			inside = part->kind == PART_HEADING;
		if (part->kind == PART_CARDS)
			put_cards(one, part);
		if (part->kind == PART_FINDINGS)
			put_findings(one, part);
		if (part->mail)
			put_mail(one, part->mail);
		if (part->kind == PART_FUNNEL)
			put_funnel(one, part);
		if (part->chart)
			put_chart(one, part->chart, inside);
		if (part->table)
			put_table(one, part->table, part->chart);
	}
	return list;
}

/* Members that only some have: where they are looked for, and their names. */
static const struct {
	const char *where, *names[13];
} optional[] = {
	{ "parts",
	  { "section", "anchor", "heading", "paragraph", "note", "has_cards", "findings", "mail", "funnel", "chart",
	    "table" } },
	{ "table", { "totals" } },
	{ "rows", { "x", "tick", "when" } },
	{ "shown", { "role", "width", "key", "word" } },
};

static void complete(struct value *map, const char *where) {
	for (size_t i = 0; i < sizeof optional / sizeof *optional; i++) {
		if (!text_same(optional[i].where, where))
			continue;
		for (const char *const *name = optional[i].names; *name; name++)
			if (!value_get(map, *name))
				value_put_text(map, *name, NULL);
	}
}

static void complete_all(struct value *value, const char *where) {
	if (value->kind == VALUE_MAP)
		complete(value, where);
	if (value->kind == VALUE_MAP || value->kind == VALUE_LIST)
		for (struct value *child = value->first; child; child = child->next)
			complete_all(child, value->kind == VALUE_MAP ? child->name : where);
}

void document_view(struct value *value) {
	complete_all(value, value->name);
}
