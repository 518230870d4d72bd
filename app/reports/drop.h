/* Deleting reports. */
#ifndef REPORTS_DROP_H
#define REPORTS_DROP_H

#include "reports/report.h"

/* Deletes a report with its files and links. CONFLICT while it is being made. */
bool report_drop(struct store *store, const char *id, struct error *err) MUST_CHECK;

#endif
