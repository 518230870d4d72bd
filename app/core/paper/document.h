/* A report as a sequence of parts without a look: one model, written as page, PDF and CSV, so that a figure is the same
 * in all of them. Everything lives in the arena of its maker. Texts are UTF-8; numbers in cells are text already. */
#ifndef PAPER_DOCUMENT_H
#define PAPER_DOCUMENT_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/choice.h"
#include "core/base/moment.h"
#include "core/formats/value.h"

enum part_kind { PART_SECTION, PART_HEADING, PART_TEXT, PART_NOTE, PART_CARDS, PART_TABLE, PART_CHART };

/* What a colour and mark stands for, the same on every page and in the PDF. */
enum role { ROLE_OPENS, ROLE_CLICKS, ROLE_JOINED, ROLE_LOST, ROLE_OTHER, ROLE_PLAIN, ROLE_USUAL, ROLE_COUNT };
extern const char *const role_names[ROLE_COUNT];

struct card {
	const char *label, *value, *note;
	const char *change, *verdict; /* "▲ 0.30 pp" and better or worse; NULL for none */
};

struct column {
	const char *label;
	bool numeric;
};

struct table {
	const char *name, *caption; /* name: of the file and the element, a-z and '-' */
	const struct column *columns;
	int column_count, row_count, room;
	const char **cells;  /* row_count × column_count, row after row; NULL is an empty cell */
	const char **totals; /* a last row, or NULL */
};

/* Lines over labels (LINE), growth over hours (STEPS, the labels are the hours), horizontal bars (BARS), columns above
 * and below zero (STACKED, the series of role ROLE_USUAL as a line over them). */
enum chart_kind { CHART_LINE, CHART_STEPS, CHART_BARS, CHART_STACKED, CHART_KIND_COUNT };
extern const char *const chart_names[CHART_KIND_COUNT];

struct series {
	const char *label;
	enum role role;
	const double *values; /* one a point; NaN is a gap */
};

struct chart {
	const char *name, *title, *unit, *finding; /* unit: of the values, with its denominator */
	enum chart_kind kind;
	int decimals, count, series_count;
	const char **labels;
	double *positions; /* of STEPS: hours; else NULL */
	struct series series[6];
};

struct part {
	enum part_kind kind;
	const char *text; /* of a section, heading, text or note */
	const struct card *cards;
	int card_count;
	struct table *table; /* of a chart, too: its numbers */
	const struct chart *chart;
	struct part *next;
};

enum paper { PAPER_A4, PAPER_LETTER, PAPER_COUNT };
extern const struct choices paper_names;

struct document {
	struct arena *arena;
	const char *title, *partner, *period, *compared, *prepared_by, *note; /* NULL or "" for none, but the title */
	const char *id;                                                       /* printed on every page */
	struct moment made_at, data_at;                                       /* data_at: of the figures */
	enum paper paper;
	const char *logo; /* PNG bytes, checked by logo_check; NULL for none */
	size_t logo_size;
	struct part *first, *last;
};

struct document *document_new(struct arena *arena, const char *title);

void document_section(struct document *document, const char *title); /* in the outline, on a new page where it helps */
void document_heading(struct document *document, const char *text);
void document_text(struct document *document, const char *text);
void document_note(struct document *document, const char *text); /* small and grey */
void document_cards(struct document *document, const struct card *cards, int count);

/* Adds a table; fill it by table_row. `columns` is not copied. */
struct table *document_table(struct document *document, const char *name, const char *caption,
                             const struct column *columns, int count);
/* A row of column_count texts, which are not copied. */
void table_row(struct document *document, struct table *table, const char *const *cells);

/* Adds a chart and, under it, the table of its numbers. */
void document_chart(struct document *document, const struct chart *chart);

/* As JSON has it: a list of parts. */
struct value *document_to_value(const struct document *document, struct arena *arena);

/* The same as template data, for views/reports/report_parts.mustache: what a part is not, and the totals that a table
 * has not, are null. */
struct value *document_to_view(const struct document *document, struct arena *arena);

/* All tables as CSV, one after the other, each headed by its caption. */
void document_to_csv(const struct document *document, struct buf *out);

#endif
