/* Making reports that were asked for. */
#ifndef REPORTS_JOB_H
#define REPORTS_JOB_H

#include "reports/report.h"

/* Makes the oldest queued report, or one whose worker died. *worked tells whether there was one. */
bool report_turn(struct store *store, const char *worker, bool *worked, struct error *err) MUST_CHECK;

#endif
