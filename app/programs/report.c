/* telltale-report: makes reports that were requested or are due, one after another, and mails them; tries connections,
 * as it has their secrets, and tells webhooks what has happened, as it has theirs. */
#include "connections/trying_job.h"
#include "core/cli/worker.h"
#include "reports/job.h"
#include "reports/schedule.h"
#include "webhooks/delivering.h"

static const struct job_kind *const kinds[] = { &connection_test_job, &report_job, &delivery_job, &webhook_job };

int main(int count, char **words) {
	static const struct worker worker = { "telltale-report",
		                                  "Creates and emails the reports that are requested or due.",
		                                  kinds,
		                                  sizeof kinds / sizeof *kinds,
		                                  300,
		                                  NULL };
	return worker_main(&worker, count, words);
}
