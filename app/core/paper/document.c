/* Building a document, and output as template data and CSV. */
#include "core/paper/document.h"

#include <math.h>
#include <string.h>

#include "core/base/choice.h"
#include "core/formats/csv.h"

const char *const role_names[ROLE_COUNT] = {
	[ROLE_OPENS] = "opens", [ROLE_CLICKS] = "clicks", [ROLE_JOINED] = "joined", [ROLE_LOST] = "lost",
	[ROLE_OTHER] = "c5",    [ROLE_PLAIN] = "c6",      [ROLE_USUAL] = "mean",
};
const char *const chart_names[CHART_KIND_COUNT] = {
	[CHART_LINE] = "line",
	[CHART_STEPS] = "steps",
	[CHART_BARS] = "bars",
	[CHART_STACKED] = "stacked",
};
static const char *const papers[] = { [PAPER_A4] = "a4", [PAPER_LETTER] = "letter" };
const struct choices paper_names = CHOICES(papers);

struct document *document_new(struct arena *arena, const char *title) {
	struct document *document = arena_new_of(arena, struct document);
	document->arena = arena;
	document->title = title;
	document->made_at = document->data_at = MOMENT_NONE;
	return document;
}

static struct part *add_part(struct document *document, enum part_kind kind, const char *text) {
	struct part *part = arena_new_of(document->arena, struct part);
	part->kind = kind;
	part->text = text;
	if (document->last)
		document->last->next = part;
	else
		document->first = part;
	document->last = part;
	return part;
}

void document_section(struct document *document, const char *title) {
	(void)add_part(document, PART_SECTION, title);
}

void document_heading(struct document *document, const char *text) {
	(void)add_part(document, PART_HEADING, text);
}

void document_text(struct document *document, const char *text) {
	(void)add_part(document, PART_TEXT, text);
}

void document_note(struct document *document, const char *text) {
	(void)add_part(document, PART_NOTE, text);
}

void document_cards(struct document *document, const char *caption, const struct card *cards, int count) {
	struct part *part = add_part(document, PART_CARDS, caption);
	part->cards = cards;
	part->card_count = count;
}

struct table *document_table(struct document *document, const char *name, const char *caption,
                             const struct column *columns, int count) {
	struct part *part = add_part(document, PART_TABLE, NULL);
	part->table = arena_new_of(document->arena, struct table);
	*part->table = (struct table){ .name = name, .caption = caption, .columns = columns, .column_count = count };
	return part->table;
}

void table_row(struct document *document, struct table *table, const struct cell *cells) {
	size_t width = (size_t)table->column_count;
	if (table->row_count == table->room) {
		int room = table->room ? 2 * table->room : 16;
		struct cell *more = arena_array(document->arena, struct cell, room * table->column_count);
		if (table->row_count)
			memcpy(more, table->cells, sizeof *more * (size_t)table->row_count * width);
		table->cells = more;
		table->room = room;
	}
	memcpy(table->cells + (size_t)table->row_count * width, cells, sizeof *cells * width);
	table->row_count++;
}

/* A chart's numbers as a table: one row per point, one column per series. */
static struct table *table_of(struct document *document, const struct chart *chart) {
	struct arena *arena = document->arena;
	struct column *columns = arena_array(arena, struct column, chart->series_count + 1);
	struct table *table = arena_new_of(arena, struct table);
	struct cell *cells = arena_array(arena, struct cell, chart->series_count + 1);
	columns[0] = (struct column){ chart->kind == CHART_STEPS ? "Hours since sending" : "", chart->kind == CHART_STEPS };
	for (int s = 0; s < chart->series_count; s++)
		columns[s + 1] = (struct column){ chart->series[s].label, true };
	*table = (struct table){ .name = chart->name,
		                     .caption = arena_print(arena, "%s, %s", chart->title, chart->unit),
		                     .columns = columns,
		                     .column_count = chart->series_count + 1 };
	for (int i = 0; i < chart->count; i++) {
		cells[0] = cell_text(chart->labels[i]);
		for (int s = 0; s < chart->series_count; s++)
			cells[s + 1] = cell_number(arena, chart->series[s].values[i], chart->decimals, NULL);
		table_row(document, table, cells);
	}
	return table;
}

void document_chart(struct document *document, const struct chart *chart) {
	struct part *part = add_part(document, PART_CHART, NULL);
	part->chart = chart;
	part->table = table_of(document, chart);
}

static void put_cells(struct value *row, const struct table *table, const struct cell *cells) {
	struct value *list = value_put(row, "cells", value_list(row->arena));
	for (int i = 0; i < table->column_count; i++) {
		struct value *cell = value_push(list, value_map(row->arena));
		value_put_text(cell, "text", cells[i].text ? cells[i].text : "");
		if (cells[i].plain)
			value_put_text(cell, "plain", cells[i].plain);
		value_put_bool(cell, "numeric", table->columns[i].numeric);
		value_put_bool(cell, "first", i == 0);
	}
}

static void put_table(struct value *one, const struct table *table) {
	struct value *view = value_put(one, "table", value_map(one->arena));
	value_put_text(view, "name", table->name);
	value_put_text(view, "caption", table->caption);
	struct value *columns = value_put(view, "columns", value_list(one->arena));
	for (int i = 0; i < table->column_count; i++) {
		struct value *column = value_push(columns, value_map(one->arena));
		value_put_text(column, "label", table->columns[i].label);
		value_put_bool(column, "numeric", table->columns[i].numeric);
	}
	struct value *rows = value_put(view, "rows", value_list(one->arena));
	for (int i = 0; i < table->row_count; i++)
		put_cells(value_push(rows, value_map(one->arena)), table,
		          table->cells + (size_t)i * (size_t)table->column_count);
	if (table->totals)
		put_cells(value_put(view, "totals", value_map(one->arena)), table, table->totals);
}

static void put_chart(struct value *one, const struct chart *chart) {
	struct value *view = value_put(one, "chart", value_map(one->arena));
	BUF_AUTO roles = { 0 };
	value_put_text(view, "kind", chart_names[chart->kind]);
	value_put_text(view, "title", chart->title);
	value_put_text(view, "unit", chart->unit);
	value_put_text(view, "finding", chart->finding);
	value_put_int(view, "points", chart->count);
	for (int i = 0; i < chart->series_count; i++)
		buf_print(&roles, "%s%s", i ? " " : "", role_names[chart->series[i].role]);
	value_put_text(view, "roles", arena_copy(one->arena, buf_text(&roles)));
}

static void put_cards(struct value *one, const struct part *part) {
	struct value *list = value_put(one, "cards", value_list(one->arena));
	value_put_bool(one, "has_cards", true);
	for (const struct card *card = part->cards; card < part->cards + part->card_count; card++) {
		struct value *view = value_push(list, value_map(one->arena));
		value_put_text(view, "label", card->label);
		value_put_text(view, "value", card->value.text);
		value_put_text(view, "note", card->note);
		value_put_text(view, "change", card->change.text);
	}
}

struct value *document_to_value(const struct document *document, struct arena *arena) {
	static const char *const texts[] = {
		[PART_SECTION] = "section", [PART_HEADING] = "heading", [PART_TEXT] = "paragraph", [PART_NOTE] = "note"
	};
	struct value *list = value_list(arena);
	for (const struct part *part = document->first; part; part = part->next) {
		if (part->table && part->table->only_csv)
			continue;
		struct value *one = value_push(list, value_map(arena));
		if (part->kind <= PART_NOTE)
			value_put_text(one, texts[part->kind], part->text);
		if (part->kind == PART_CARDS)
			put_cards(one, part);
		if (part->chart)
			put_chart(one, part->chart);
		if (part->table)
			put_table(one, part->table);
	}
	return list;
}

static void put_null(struct value *map, const char *name) {
	if (!value_get(map, name))
		value_put_text(map, name, NULL);
}

struct value *document_to_view(const struct document *document, struct arena *arena) {
	static const char *const names[] = { "section", "heading", "paragraph", "note", "has_cards", "chart", "table" };
	struct value *list = document_to_value(document, arena);
	for (struct value *part = list->first; part; part = part->next) {
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			put_null(part, names[i]);
		for (struct value *member = part->first; member; member = member->next)
			if (strcmp(member->name, "table") == 0 && member->kind == VALUE_MAP)
				put_null(member, "totals");
	}
	return list;
}

static void write_row(const struct cell *cells, int count, struct buf *out) {
	for (int i = 0; i < count; i++) {
		if (cells[i].plain)
			csv_number(out, cells[i].plain, i == 0);
		else
			csv_cell(out, cells[i].text, i == 0);
	}
	csv_end(out);
}

static void write_table(const struct table *table, struct buf *out) {
	csv_cell(out, table->caption, true);
	csv_end(out);
	for (int i = 0; i < table->column_count; i++)
		csv_cell(out, table->columns[i].label, i == 0);
	csv_end(out);
	for (int i = 0; i < table->row_count; i++)
		write_row(table->cells + (size_t)i * (size_t)table->column_count, table->column_count, out);
	if (table->totals)
		write_row(table->totals, table->column_count, out);
}

static void write_cards(struct document *document, const struct part *part, struct buf *out) {
	static const struct column columns[] = {
		{ .label = "Figure" }, { "Value", true }, { "Change", true }, { .label = "Note" }
	};
	struct table table = { .caption = part->text, .columns = columns, .column_count = 4 };
	for (const struct card *card = part->cards; card < part->cards + part->card_count; card++)
		table_row(document, &table,
		          (const struct cell[]){ cell_text(card->label), card->value, card->change, cell_text(card->note) });
	write_table(&table, out);
}

void document_to_csv(struct document *document, struct buf *out) {
	bool first = true;
	for (const struct part *part = document->first; part; part = part->next) {
		if (!part->table && part->kind != PART_CARDS)
			continue;
		if (!first)
			csv_end(out);
		first = false;
		if (part->table)
			write_table(part->table, out);
		else
			write_cards(document, part, out);
	}
}
