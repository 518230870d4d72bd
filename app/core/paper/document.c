/* Building a document, and output as CSV. */
#include "core/paper/document.h"

#include <string.h>

#include "core/base/choice.h"
#include "core/formats/csv.h"

const char *const role_names[ROLE_COUNT] = {
	[ROLE_OPENS] = "opens", [ROLE_CLICKS] = "clicks", [ROLE_JOINED] = "joined", [ROLE_LOST] = "lost",
	[ROLE_OTHER] = "other", [ROLE_PLAIN] = "sent",    [ROLE_MEAN] = "mean",     [ROLE_BENCHMARK] = "benchmark",
	[ROLE_LOW] = "low",     [ROLE_HIGH] = "high",
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

int table_name_column(const struct table *table) {
	for (int i = 0; i < table->column_count; i++)
		if (table->columns[i].name)
			return i;
	return 0;
}

const char *table_below(const struct table *table, const struct cell *cells, int column, struct arena *arena) {
	const struct column *before = column > 0 ? &table->columns[column - 1] : NULL;
	if (!before || !before->under)
		return cells[column].below;
	const char *text = cells[column - 1].text;
	return text_is_empty(text) ? NULL : arena_print(arena, "%s %s", text, before->under);
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

void document_findings(struct document *document, const char *title, const struct strings *findings) {
	add_part(document, PART_FINDINGS, title)->findings = *findings;
}

void document_mail(struct document *document, const struct mail_view *mail) {
	add_part(document, PART_MAIL, NULL)->mail = mail;
}

void document_funnel(struct document *document, const char *title, const struct stage *stages, int count) {
	struct part *part = add_part(document, PART_FUNNEL, title);
	part->stages = stages;
	part->stage_count = count;
}

const char *chart_text(const struct chart *chart, double value, struct arena *arena) {
	return cell_number(arena, value, chart->decimals, chart->mark).text;
}

const struct series *chart_series(const struct chart *chart, enum role role) {
	for (int s = 0; s < chart->series_count; s++)
		if (chart->series[s].role == role)
			return &chart->series[s];
	return NULL;
}

const char *chart_legend(const struct chart *chart, int series, struct arena *arena) {
	const struct series *one = &chart->series[series], *high = chart_series(chart, ROLE_HIGH);
	const char *words = NULL;
	if (one->role == ROLE_HIGH)
		return NULL;
	if (one->role == ROLE_LOW)
		return high && chart->count ? arena_print(arena, "Usual range %.*f–%s", chart->decimals, one->values[0],
		                                          chart_text(chart, high->values[0], arena))
		                            : NULL;
	for (int s = 0; s < chart->series_count; s++) {
		if (chart->series[s].role != one->role)
			continue;
		if (s < series)
			return NULL;
		words = words ? arena_print(arena, "%s, %s", words, chart->series[s].label) : chart->series[s].label;
	}
	return words;
}

/* A chart's numbers as a table: one row per point, one column per series. */
static struct table *table_of(struct document *document, const struct chart *chart) {
	static const char *const heads[CHART_KIND_COUNT] = {
		[CHART_LINE] = "Campaign", [CHART_STEPS] = "Hours since sending", [CHART_STACKED] = "Week from"
	};
	struct arena *arena = document->arena;
	struct column *columns = arena_array(arena, struct column, chart->series_count + 1);
	struct table *table = arena_new_of(arena, struct table);
	struct cell *cells = arena_array(arena, struct cell, chart->series_count + 1);
	columns[0] = (struct column){ .label = heads[chart->kind] };
	for (int s = 0; s < chart->series_count; s++)
		columns[s + 1] = (struct column){ .label = chart->series[s].label, .numeric = true, .unit = chart->mark };
	*table = (struct table){ .name = chart->name,
		                     .caption = arena_print(arena, "%s%s%s, %s", chart->about ? chart->about : "",
		                                            chart->about ? ": " : "", chart->title, chart->unit),
		                     .columns = columns,
		                     .column_count = chart->series_count + 1 };
	for (int i = 0; i < chart->count; i++) {
		cells[0] = (struct cell){ .text = chart->points[i].name, .plain = chart->points[i].plain };
		for (int s = 0; s < chart->series_count; s++)
			cells[s + 1] = cell_number(arena, chart->series[s].values[i], chart->decimals, chart->mark);
		table_row(document, table, cells);
	}
	return table;
}

void document_chart(struct document *document, const struct chart *chart) {
	struct part *part = add_part(document, PART_CHART, NULL);
	part->chart = chart;
	part->table = table_of(document, chart);
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

/* Cells of CSV are numbers without units, so the head names them. */
static const char *head_of(struct arena *arena, const struct column *column) {
	return column->unit ? arena_print(arena, "%s, %s", column->label, column->unit) : column->label;
}

static void write_table(struct arena *arena, const struct table *table, struct buf *out) {
	csv_cell(out, table->caption, true);
	csv_end(out);
	for (int i = 0; i < table->column_count; i++)
		csv_cell(out, head_of(arena, &table->columns[i]), i == 0);
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
	write_table(document->arena, &table, out);
}

static void write_funnel(struct document *document, const struct part *part, struct buf *out) {
	static const struct column columns[] = { { .label = "Step" }, { "People", true }, { "Of delivered, %", true } };
	struct table table = { .caption = part->text, .columns = columns, .column_count = 3 };
	for (const struct stage *stage = part->stages; stage < part->stages + part->stage_count; stage++)
		table_row(document, &table, (const struct cell[]){ cell_text(stage->label), stage->count, stage->share });
	write_table(document->arena, &table, out);
}

static void write_part(struct document *document, const struct part *part, struct buf *out) {
	if (part->table)
		write_table(document->arena, part->table, out);
	else if (part->kind == PART_CARDS)
		write_cards(document, part, out);
	else
		write_funnel(document, part, out);
}

void document_to_csv(struct document *document, struct buf *out) {
	bool first = true;
	for (const struct part *part = document->first; part; part = part->next) {
		if (!part->table && part->kind != PART_CARDS && part->kind != PART_FUNNEL)
			continue;
		if (!first)
			csv_end(out);
		first = false;
		write_part(document, part, out);
	}
}
