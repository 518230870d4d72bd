/* telltale-report: makes reports that were asked for or are due, one after the other. */
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

static void turn(struct store *store, const struct settings *settings, const char *worker) {
	struct error err = ERROR_INIT;
	bool made = true, moved = true;
	while ((made || moved) && !master_should_stop()) {
		if (!report_turn(store, worker, &made, &err)) {
			log_failure("making a report", &err);
			return;
		}
		if (!schedule_turn(store, settings, worker, &moved, &err)) {
			log_failure("a scheduled report", &err);
			return;
		}
	}
}

int main(int count, char **words) {
	int status;
	if (!program_begins(count, words, "Makes and mails the reports that are asked for or due.", &status))
		return status;
	struct settings settings;
	struct error err = ERROR_INIT;
	struct store *store = NULL;
	char folder[512], host[64] = "host", worker[100];
	if (!settings_read(&settings, &err) ||
	    !(store = store_open(settings.mongodb_uri, settings.mongodb_db, "telltale-report", PATIENCE_MS, &err)) ||
	    (snprintf(folder, sizeof folder, "%s/migrations", settings.root), !migrate_check(store, folder, &err))) {
		(void)fprintf(stderr, "telltale-report: %s\n", err.text);
		store_close(store);
		return 1;
	}
	(void)gethostname(host, sizeof host - 1);
	(void)snprintf(worker, sizeof worker, "%s:%d", host, (int)getpid());
	master_catch_signals();
	log_info("startup");
	while (!master_should_stop()) {
		turn(store, &settings, worker);
		(void)usleep(TICK_US);
	}
	store_close(store);
	return 0;
}
