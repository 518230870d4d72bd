/* A report as a sequence of parts, independent of layout: one model, written as page, PDF and CSV, so that the figures
 * are the same in all of them. Everything lives in the arena it was created in. Texts are UTF-8. */
#ifndef PAPER_DOCUMENT_H
#define PAPER_DOCUMENT_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/choice.h"
#include "core/base/moment.h"
#include "core/formats/value.h"
#include "core/paper/cell.h"

enum part_kind { PART_SECTION, PART_HEADING, PART_TEXT, PART_NOTE, PART_CARDS, PART_TABLE, PART_CHART };

/* Meanings with a fixed colour and marker, the same on every page and in the PDF. */
enum role { ROLE_OPENS, ROLE_CLICKS, ROLE_JOINED, ROLE_LOST, ROLE_OTHER, ROLE_PLAIN, ROLE_USUAL, ROLE_COUNT };
extern const char *const role_names[ROLE_COUNT];

struct card {
	const char *label;
	struct cell value;
	const char *note;
	struct cell change; /* "▲ 0.30 pp"; text NULL for none */
};

struct column {
	const char *label;
	bool numeric;
	bool whole; /* its texts are never cut: addresses */
};

struct table {
	const char *name, *caption; /* name: of the file and the element; a-z and '-' */
	const struct column *columns;
	int column_count, row_count, room;
	struct cell *cells;  /* row_count × column_count, row by row */
	struct cell *totals; /* a totals row at the end, or NULL */
	bool only_csv;       /* for machines: neither drawn nor shown */
};

/* Lines over labels (LINE), growth over hours (STEPS; the labels are hours), horizontal bars (BARS), columns above and
 * below zero (STACKED; a series of role ROLE_USUAL is drawn as a line over them). */
enum chart_kind { CHART_LINE, CHART_STEPS, CHART_BARS, CHART_STACKED, CHART_KIND_COUNT };
extern const char *const chart_names[CHART_KIND_COUNT];

struct series {
	const char *label;
	enum role role;
	const double *values; /* one per point; NaN is a gap */
};

struct chart {
	const char *name, *title, *unit, *finding; /* unit: of the values, including their denominator */
	enum chart_kind kind;
	int decimals, count, series_count;
	const char **labels;
	double *positions; /* for STEPS: hours; else NULL */
	struct series series[6];
};

struct part {
	enum part_kind kind;
	const char *text;         /* for a section, heading, text or note */
	const struct card *cards; /* `text` is then their caption in CSV */
	int card_count;
	struct table *table; /* for a chart: its numbers */
	const struct chart *chart;
	struct part *next;
};

enum paper { PAPER_A4, PAPER_LETTER, PAPER_COUNT };
extern const struct choices paper_names;

struct document {
	struct arena *arena;
	const char *title, *partner, *period, *compared, *prepared_by, *note; /* NULL or "" for none, except title */
	const char *id;                                                       /* printed on every page */
	struct moment made_at, data_at;                                       /* data_at: when the figures were read */
	enum paper paper;
	const char *logo; /* PNG bytes, checked by logo_read; or NULL */
	size_t logo_size;
	struct part *first, *last;
};

struct document *document_new(struct arena *arena, const char *title);

void document_section(struct document *document, const char *title); /* in the outline, on a new page where sensible */
void document_heading(struct document *document, const char *text);
void document_text(struct document *document, const char *text);
void document_note(struct document *document, const char *text); /* in small grey type */
void document_cards(struct document *document, const char *caption, const struct card *cards, int count);

/* Adds a table, to be filled by table_row. `columns` is not copied. */
struct table *document_table(struct document *document, const char *name, const char *caption,
                             const struct column *columns, int count);
/* Adds a row of column_count cells, whose texts are not copied. */
void table_row(struct document *document, struct table *table, const struct cell *cells);

/* Adds a chart, followed by a table of its numbers. */
void document_chart(struct document *document, const struct chart *chart);

/* For JSON: a list of parts. */
struct value *document_to_value(const struct document *document, struct arena *arena);

/* As template data, for views/reports/report_parts.mustache: members that do not apply to a part, and missing totals,
 * are null. */
struct value *document_to_view(const struct document *document, struct arena *arena);

/* All tables and cards as CSV, one after another, each preceded by its caption; plain numbers, ISO times. */
void document_to_csv(struct document *document, struct buf *out);

#endif
