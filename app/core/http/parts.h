/* Data for the parts of pages (views/parts): fields, filters in use, tabs, pagers. Nothing here fails; texts that are
 * passed in must live as long as the view. */
#ifndef HTTP_PARTS_H
#define HTTP_PARTS_H

#include "core/http/exchange.h"

/* form.NAME { name, value, wrong }: a field with its value and the message about it, if there is one; none if `x` is
 * NULL. */
void part_field(const struct exchange *x, struct value *view, const char *name, const char *value);

/* part_field with what was typed, else with what is stored; and what is saved of it for the notice of a form that came
 * too late (put_late). `late` NULL: there is no such notice. */
void part_control(struct exchange *x, struct value *view, struct value *late, const char *name, const char *label,
                  const char *stored);

/* part_field for a select: the list to which its options are added (put_choice). */
struct value *part_select(const struct exchange *x, struct value *view, const char *name);

/* A select of time zones: form.NAME.groups { label, options }: first those in use, with what their clocks are called,
 * then all others by continent. */
void part_zones(const struct exchange *x, struct value *view, const char *name, const char *chosen);

/* part_field for each of these parameters with its value in the query string; `names` ends with NULL. */
void part_query_fields(const struct exchange *x, struct value *view, const char *const *names);

/* An entry of `chips`, a filter in use, with the address of the page without it. Does nothing if `value` is empty. Also
 * sets has_chips, chip_count and clear. */
void part_chip(const struct exchange *x, struct value *view, const char *param, const char *name, const char *value);

/* The same for a day that stands in the address, as people write it. */
void part_chip_day(const struct exchange *x, struct value *view, const char *param, const char *name);

/* Begins `chips`: no filter is in use. `clear` is the address without any. */
void part_chips(struct value *view, const char *clear);

/* An entry of `tabs`. `count` may be NULL. */
void part_tab(struct value *view, const char *label, const char *address, const char *count, bool current);

/* `pager`: "51–100 of 128 campaigns", or "of more than 1,000 contacts", and links to the pages around this one
 * (?page=), with gaps between what does not follow on each other. NULL without rows. */
struct part_pages {
	int page;               /* from 1 */
	int rows;               /* of a page */
	int64_t matched;        /* rows of all pages */
	const char *one, *many; /* "campaign", "campaigns" */
	bool more;              /* there are more than `matched`: pages after the last one of these are reached by Next */
	bool has_next;          /* of more: a page comes after this one */
};
void part_pager(const struct exchange *x, struct value *view, const struct part_pages *pages);

/* The parameter page=: from 1, default 1. INVALID names it. */
bool part_page(const struct exchange *x, int *page, struct error *err) MUST_CHECK;

/* What is behind the ⓘ of a figure: names and words. */
enum { PART_TIP_ROWS = 10 };
struct part_tip {
	const char *rows[PART_TIP_ROWS + 1][2]; /* ended by a NULL name */
	int count;
};
/* Does nothing without words, or if it is full. */
void part_tip_add(struct part_tip *tip, const char *name, const char *words);

/* A figure in a strip: label, value, change, usual. Any of its texts but label and value may be NULL. */
struct part_stat {
	const char *label, *value;
	const char *more;                   /* the value takes long: it is fetched from there */
	const char *address;                /* the label is a link there */
	bool current;                       /* it is the one that the chart below plots */
	const char *change, *change_rest;   /* "↑ 0.24 pp", "vs 3.08 %" */
	const char *change_kind;            /* "good" or "bad" outside chance, else NULL */
	const char *note;                   /* a second line where there is no change */
	const char *verdict, *verdict_kind; /* "Above", "good" or "bad"; only outside the usual range */
	const char *usual;                  /* "Usual 2.4–3.6 %", after a verdict "usual 2.4–3.6 %" */
	const char *const (*tip)[2];        /* what is behind ⓘ: name and words, ended by a NULL name */
};
void part_stat(struct value *view, const struct part_stat *stat);

/* row.NAME, for parts/count: a count, or where it is fetched from beside the page if it is COUNT_NONE. `more` may be
 * NULL. */
void part_count(struct value *row, const char *name, int64_t count, const char *more);

/* The class of a bar's width, "w0" to "w100": the share of `value` in `greatest`, at least "w1" if there is any.
 * "w0" for NaN or without a greatest.
 */
const char *part_width(struct arena *arena, double value, double greatest);

#endif
