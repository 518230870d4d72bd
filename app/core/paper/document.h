/* A report as a sequence of parts, independent of layout: one model, written as page, PDF and CSV, so that the figures
 * are the same in all of them. Everything lives in the arena it was created in. Texts are UTF-8. */
#ifndef PAPER_DOCUMENT_H
#define PAPER_DOCUMENT_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/choice.h"
#include "core/base/moment.h"
#include "core/base/text.h"
#include "core/formats/value.h"
#include "core/paper/cell.h"

enum part_kind {
	PART_SECTION,
	PART_HEADING,
	PART_TEXT,
	PART_NOTE,
	PART_CARDS,
	PART_TABLE,
	PART_CHART,
	PART_FINDINGS,
	PART_MAIL,
	PART_FUNNEL,
};

/* Meanings with a fixed colour, marker and dash, the same on every page and in the PDF. LOW and HIGH are the edges of
 * a band: the usual range. */
enum role {
	ROLE_OPENS,
	ROLE_CLICKS,
	ROLE_JOINED,
	ROLE_LOST,
	ROLE_OTHER,
	ROLE_PLAIN,
	ROLE_MEAN,
	ROLE_BENCHMARK,
	ROLE_LOW,
	ROLE_HIGH,
	ROLE_COUNT
};
extern const char *const role_names[ROLE_COUNT];

/* A figure of a strip: label, value, change, and a third line. */
struct card {
	const char *label;
	struct cell value;
	const char *note;    /* for CSV: formula and whatever else must be known */
	struct cell change;  /* "↑ 0.30 pp"; text NULL for none */
	const char *than;    /* after it: "vs 2.73 %"; or NULL */
	const char *line;    /* the third line: "Usual 2.4–3.1 %"; or NULL */
	const char *verdict; /* before it: "Above" or "Below", only outside the usual range; or NULL */
	const char *side;    /* of the verdict: "good", "bad" or NULL */
	const char *formula; /* behind ⓘ; or NULL */
};

struct column {
	const char *label;
	bool numeric;
	bool whole;             /* its texts are never cut: addresses */
	bool name;              /* it names the rows: people see it first */
	const char *under;      /* people see it below the next column's text, followed by this word ("clicked"); or NULL */
	const char *unit;       /* of its numbers: in CSV in its head, for people in the cells; or NULL */
	const char *role;       /* of role_names: the colour of its bars; or NULL */
	int key;                /* 1 or 2: what a narrow screen shows of a row, above or below; else 0 */
	const char *one, *many; /* of a second key figure that is a count: "person", "people"; or NULL */
};

struct table {
	const char *name, *caption; /* name: of the file and the element; a-z and '-' */
	const struct column *columns;
	int column_count, row_count, room;
	struct cell *cells;  /* row_count × column_count, row by row */
	struct cell *totals; /* a totals row at the end, or NULL */
	bool only_csv;       /* for machines: neither drawn nor shown */
};

/* Lines over points (LINE), growth over hours (STEPS), columns above and below zero (STACKED; a series of role
 * ROLE_MEAN is drawn as a line over them). */
enum chart_kind { CHART_LINE, CHART_STEPS, CHART_STACKED, CHART_KIND_COUNT };

struct series {
	const char *label;
	enum role role;
	const double *values; /* one per point; NaN is a gap */
};

/* Where a point of a chart lies, and what is said of it. */
struct point {
	const char *name;  /* of its row in the table */
	const char *plain; /* that in CSV; NULL: the same */
	const char *tick;  /* on the axis */
	const char *when;  /* "27 Oct 2026, 10:00 UTC", beside the name; or NULL */
	struct moment at;  /* for LINE: its place; MOMENT_NONE: one after the other */
	double hours;      /* for STEPS: its place */
};

struct chart {
	const char *name, *title, *unit, *finding; /* unit: of the values, including their denominator */
	const char *about;                         /* whose it is, if others have the same title; or NULL */
	const char *mark;                          /* written after each value: "%"; or NULL */
	enum chart_kind kind;
	int decimals, count, series_count;
	const struct point *points;
	bool scattered; /* LINE: no line joins the points, as of campaigns of several lists */
	bool told;      /* its numbers stand in another table of the document, so paper needs none below it */
	struct series series[6];
};

/* The email of a campaign as it looks in an inbox. */
struct mail_view {
	const char *title; /* "Best email"; or NULL */
	const char *from, *subject, *day, *figure;
};

/* A step of a funnel: "Opened", 399, "32.4 % of delivered". */
struct stage {
	const char *label;
	struct cell count, share;
	double part; /* of the first one, 0 to 1 */
	enum role role;
};

struct part {
	enum part_kind kind;
	const char *text;         /* for a section, heading, text or note; else a caption, or NULL */
	const struct card *cards; /* `text` is then their caption in CSV */
	int card_count;
	struct strings findings; /* sentences */
	const struct mail_view *mail;
	const struct stage *stages;
	int stage_count;
	struct table *table; /* for a chart: its numbers */
	const struct chart *chart;
	struct part *next;
};

enum paper { PAPER_A4, PAPER_LETTER, PAPER_COUNT };
extern const struct choices paper_names;

struct document {
	struct arena *arena;
	const char *title, *partner, *period, *compared, *prepared_by, *note; /* NULL or "" for none, except title */
	const char *kicker;   /* above the title: "Campaign report"; or NULL */
	const char *lead;     /* below it: "1 Sep – 15 Nov 2026 · compared with 17 Jun – 31 Aug 2026"; or NULL */
	const char *scope;    /* "7 campaigns to ACME members · figures as of 26 Nov 2026, 09:02 UTC"; or NULL */
	const char *footnote; /* short definitions at the foot of the first page; or NULL */
	const char *check_code, *check_at; /* at its end: the code, and the address where a copy is checked; or NULL */
	struct moment made_at, data_at;    /* data_at: when the figures were read */
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
/* `title` is that of the list. */
void document_findings(struct document *document, const char *title, const struct strings *findings);
void document_mail(struct document *document, const struct mail_view *mail);
void document_funnel(struct document *document, const char *title, const struct stage *stages, int count);

/* Adds a table, to be filled by table_row. `columns` is not copied. */
struct table *document_table(struct document *document, const char *name, const char *caption,
                             const struct column *columns, int count);
/* Which column names the rows: the first one unless it says so. */
int table_name_column(const struct table *table);

/* What people see below the text of that column in a row: the text of a column under it, or the cell's own second line;
 * or NULL. */
const char *table_below(const struct table *table, const struct cell *cells, int column, struct arena *arena);

/* Adds a row of column_count cells, whose texts are not copied. */
void table_row(struct document *document, struct table *table, const struct cell *cells);

/* The value of a series with its decimals and unit: "4.08 %". */
const char *chart_text(const struct chart *chart, double value, struct arena *arena);

/* The series that are the edges of a band, or NULL. */
const struct series *chart_series(const struct chart *chart, enum role role);

/* What the legend says of a series, NULL if another entry speaks for it: series of one role share an entry, and so do
 * the edges of a band. */
const char *chart_legend(const struct chart *chart, int series, struct arena *arena);
/* Pure. Has a series of this role a mark at each point? The others are lines only. */
bool chart_has_marks(enum role role);

/* Adds a chart, followed by a table of its numbers. */
void document_chart(struct document *document, const struct chart *chart);

/* The head of the document, and its parts as a list, for JSON and (after document_view) for
 * views/reports/report_parts.mustache. */
struct value *document_head_value(const struct document *document, struct arena *arena);
struct value *document_to_value(const struct document *document, struct arena *arena);

/* Makes template data of it, in place and whether it was just made or read from JSON: what a part lacks is null. */
void document_view(struct value *value);

/* All tables and cards as CSV, one after another, each preceded by its caption; plain numbers, ISO times. */
void document_to_csv(struct document *document, struct buf *out);

#endif
