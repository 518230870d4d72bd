/* PDF writer internals, private to its files. Lengths are points, y grows downwards. */
#ifndef PAPER_SHEET_H
#define PAPER_SHEET_H

#include <pango/pangocairo.h>

#include "core/paper/document.h"

struct colour {
	double r, g, b;
};
#define HEX(value) { ((value) >> 16 & 255) / 255.0, ((value) >> 8 & 255) / 255.0, ((value) & 255) / 255.0 }

struct face {
	double size;
	bool bold;
	struct colour colour;
};

struct entry { /* in the outline */
	const char *text;
	int page, level;
	double y;
};

/* Text layout, with a cache; see typeset.c. */
struct typeset {
	PangoContext *context;
	PangoFontDescription *fonts[2]; /* normal, bold */
	PangoAttrList *figures;         /* tabular figures; no hyphens where a word breaks */
	GHashTable *shapes;             /* a set of struct shape */
};

struct sheet {
	const struct document *document;
	cairo_surface_t *surface;
	cairo_t *cr;
	struct typeset *set;
	double paper_width, paper_height, left, top, width, bottom;
	double foot; /* what the footnote takes of the first page */
	double y;
	int page, total;
	bool inside;     /* under a heading, whose tables need no caption */
	bool only_first; /* nothing is drawn after the first page */
	bool counting;   /* the first of two passes, which finds the number of pages and the outline */
	struct entry *entries;
	int entry_count, entry_room;
};

extern const struct colour colour_text, colour_muted, colour_line, colour_accent, colour_shade;
extern const struct face face_small, face_body, face_label, face_heading, face_muted, face_strong;

void sheet_colour(struct sheet *sheet, const struct colour *colour);

/* The colour of a metric. */
const struct colour *role_colour(enum role role);

/* False in the counting pass; check it before drawing directly. */
static inline bool sheet_draws(const struct sheet *sheet) {
	return !sheet->counting;
}

struct typeset *typeset_new(void);
void typeset_free(struct typeset *set);

/* A new layout; the caller unreferences it. */
PangoLayout *typeset_layout(struct typeset *set, const char *text, const struct face *face, double width, int lines,
                            PangoAlignment align);

/* The width of the text on one line. */
double text_width(struct sheet *sheet, const char *text, const struct face *face);

/* Height of the text in `width`, at most `lines` lines (then an ellipsis). */
double text_height(struct sheet *sheet, const char *text, const struct face *face, double width, int lines);

/* Draws the text with its upper left corner at x, y; returns the height. */
double text_draw(struct sheet *sheet, const char *text, const struct face *face, double x, double y, double width,
                 int lines, PangoAlignment align);

/* Appends to a struct buf, for cairo. */
cairo_status_t sheet_write(void *buf, const unsigned char *data, unsigned int length);

/* Decodes a PNG into a new surface, in an error state if damaged. */
cairo_surface_t *png_surface(const char *bytes, size_t size);

/* Begins a structure element (ISO 32000-1, 14.8.4), ended by sheet_end on the same page. */
void sheet_tag(struct sheet *sheet, const char *name);
void sheet_end(struct sheet *sheet, const char *name);

#define MM (72 / 25.4)

/* A rule across the page. */
void sheet_rule(struct sheet *sheet, double y);

/* Starts a page with footer and, after the first, header. sheet_next_page ends the previous page first. */
void sheet_begin_page(struct sheet *sheet);
void sheet_next_page(struct sheet *sheet);

/* Starts a new page unless this much room is left. */
void sheet_need(struct sheet *sheet, double height);

/* Draws the table from y on, over as many pages as needed. */
void table_draw(struct sheet *sheet, const struct table *table);

/* Draws the chart at y with its title, on one page, of which it needs chart_height. */
void chart_draw(struct sheet *sheet, const struct chart *chart);
double chart_height(const struct chart *chart);

/* The head of the first page: logo, who prepared it, title, period; and its footnote. The logo is drawn before, outside
 * all tags, as cairo 1.16 needs it: logo_draw returns its height. */
double logo_draw(struct sheet *sheet, double y);
void cover_draw(struct sheet *sheet, double logo);

/* Draws a text line by line, over as many pages as needed. */
void paragraph_draw(struct sheet *sheet, const char *text, const struct face *face);

/* The strip of figures; findings and an email or a funnel beside it. Of `part` and the next one they draw as many as
 * they return. */
void cards_draw(struct sheet *sheet, const struct card *cards, int count);
int beside_draw(struct sheet *sheet, const struct part *part);
double beside_height(struct sheet *sheet, const struct part *part);

/* The page on which a section of that title begins, 0 for none. */
int section_page(const struct sheet *sheet, const char *title);

/* Pure. A round step, 1, 2, 2.5 or 5 times a power of ten, such that about `count` steps cover the range. */
double chart_step(double range, int count);

#endif
