/* The report builder. */
#ifndef REPORTS_BUILDER_PAGES_H
#define REPORTS_BUILDER_PAGES_H

#include "core/http/exchange.h"
#include "reports/compose.h"

extern const struct route builder_routes[];

/* The form with a preview, also after it was refused. */
bool builder_page(struct exchange *x, struct error *err) MUST_CHECK;

/* The report that a request would make now, and its document. */
bool report_preview(struct exchange *x, const struct report_request *asked, struct report *report,
                    struct document **document, struct error *err) MUST_CHECK;

#endif
