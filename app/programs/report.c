/* telltale-report: makes reports that were requested or are due, one after another. */
#include <stdio.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/cli/program.h"
#include "core/process/master.h"
#include "core/process/settings.h"
#include "core/store/migrate.h"
#include "reports/job.h"
#include "reports/schedule.h"

enum { PATIENCE_MS = 20000, TICK_US = 300000 };

static const struct job_kind *const kinds[] = { &report_job, &delivery_job };

/* Runs jobs until there are none. */
static void turn(struct jobs *jobs) {
	struct error err = ERROR_INIT;
	bool worked = true;
	while (worked && !master_should_stop())
		if (!jobs_plan(jobs, &err) || !jobs_turn(jobs, &worked, &err)) {
			log_failure("carrying out jobs", &err);
			return;
		}
}

int main(int count, char **words) {
	int status;
	if (!program_begins(count, words, "Makes and mails the reports that are asked for or due.", &status))
		return status;
	struct settings settings;
	struct error err = ERROR_INIT;
	struct store *store = NULL;
	struct jobs jobs;
	char folder[512];
	if (!settings_read(&settings, &err) ||
	    !(store = store_open(settings.mongodb_uri, settings.mongodb_db, "telltale-report", PATIENCE_MS, &err)) ||
	    (snprintf(folder, sizeof folder, "%s/migrations", settings.root), !migrate_check(store, folder, &err))) {
		(void)fprintf(stderr, "telltale-report: %s\n", err.text);
		store_close(store);
		return 1;
	}
	jobs_open(&jobs, store, kinds, sizeof kinds / sizeof *kinds, &settings);
	master_catch_signals();
	log_info("startup");
	while (!master_should_stop()) {
		turn(&jobs);
		(void)usleep(TICK_US);
	}
	store_close(store);
	return 0;
}
