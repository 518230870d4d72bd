/* What a report is asked for: the fields of a form or of JSON. */
#ifndef REPORTS_REQUEST_H
#define REPORTS_REQUEST_H

#include "core/fields/field.h"
#include "core/paper/document.h"
#include "reports/block.h"

/* What the previous period is: the same length before, a year before, or none. */
extern const struct choices report_compares;
enum report_compare { REPORT_PREVIOUS, REPORT_YEAR, REPORT_ALONE, REPORT_COMPARE_COUNT };

struct report_period {
	struct moment from, to; /* [from, to); both absent: all of time */
};
extern const struct record_type report_period_record;

/* What is asked for, as form or JSON. `partner` is an id or a name. In a form the period comes as in addresses
 * (core/formats/period.h). */
struct report_request {
	unsigned template, compare, paper;
	const char *title, *partner, *list, *note;
	struct report_period period;
	struct strings campaigns, blocks; /* ids; names of blocks, for the custom template */
	struct moment as_of;
};
extern const struct record_type report_request_record;

/* Pure. INVALID names what is wrong. The partner must have been found already. */
bool report_check(const struct report_request *request, struct moment now, struct error *err) MUST_CHECK;

/* As people read them, in the order of the enums. */
extern const char *const report_template_labels[TEMPLATE_COUNT], *const report_compare_labels[REPORT_COMPARE_COUNT],
																	 *const paper_labels[PAPER_COUNT];

/* Adds the options of a form to `view`: name, and in each { key, label, chosen }. */
void report_put_options(struct value *view, const char *name, const struct choices *choices, const char *const *labels,
                        int chosen);

/* The period in words: "1 Oct 2026 – 31 Oct 2026 (UTC)". */
char *report_period_text(const struct report_period *period, struct arena *arena);

#endif
