#ifndef REPORTS_REPORT_PAGES_H
#define REPORTS_REPORT_PAGES_H

#include "core/http/exchange.h"
#include "reports/link.h"

/* Adds a report to the rows of a table: what is stored of it and what pages say of it. */
struct value *report_put_row(const struct exchange *x, struct value *rows, const struct report *report);

/* The same for a link. */
struct value *report_put_link(const struct exchange *x, struct value *rows, const struct report_link *link);

extern const struct route report_routes[];

#endif
