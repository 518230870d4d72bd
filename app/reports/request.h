/* Report requests, from a form or JSON. */
#ifndef REPORTS_REQUEST_H
#define REPORTS_REQUEST_H

#include "core/fields/field.h"
#include "core/paper/document.h"
#include "reports/block.h"

/* The period to compare with: of the same length just before, a year before, or none. */
extern const struct choices report_compares;
enum report_compare { REPORT_PREVIOUS, REPORT_YEAR, REPORT_ALONE, REPORT_COMPARE_COUNT };

struct report_period {
	struct moment from, to; /* [from, to); both absent: all of time */
};
extern const struct record_type report_period_record;

/* The request. `partner` is an id or a name. In a form, the period is given as in URLs (core/formats/period.h). */
struct report_request {
	unsigned template, compare, paper;
	const char *title, *partner, *list, *note;
	struct report_period period;
	struct strings campaigns, blocks; /* ids; block names, for the custom template */
	struct moment as_of;
	/* Not part of a request from outside. */
	const char *organisation; /* who prepares it; NULL or "" for nobody */
	const char *period_name;  /* as in core/formats/period.h, which says what the period is compared with; or NULL */
	const char *zone;         /* whose days the period is made of; NULL is UTC */
};
extern const struct record_type report_request_record;

/* Pure. INVALID says what is wrong. Does not check that the partner exists. */
bool report_check(const struct report_request *request, struct moment now, struct error *err) MUST_CHECK;

/* Labels for display, in the order of the enums. */
extern const char *const report_template_labels[TEMPLATE_COUNT], *const report_compare_labels[REPORT_COMPARE_COUNT],
																	 *const paper_labels[PAPER_COUNT];

/* Adds the options of a select to `view` under `name`, each { key, label, chosen }. */
void report_put_options(struct value *view, const char *name, const struct choices *choices, const char *const *labels,
                        int chosen);

/* The period as text, in days of the zone (NULL: UTC): "1 – 31 Oct 2026 (Europe/Berlin)". */
char *report_period_text(const struct report_period *period, const char *zone, struct arena *arena);

/* A day of local time without its year: "1 Sep". */
char *report_day(struct moment wall, struct arena *arena);

/* The same for a title, without the zone: "October 2026", "1 Sep – 15 Nov 2026", "all campaigns so far". */
char *report_span(const struct report_period *period, const char *zone, struct arena *arena);

#endif
