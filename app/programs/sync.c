/* telltale-sync: waits for a run to be requested or due, and executes it. */
#include <stdio.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/cli/program.h"
#include "core/process/master.h"
#include "core/process/settings.h"
#include "core/store/migrate.h"
#include "core/store/version.h"
#include "observing/job.h"

enum { PATIENCE_MS = 20000, TICK_US = 500000 };

static void turn(struct jobs *jobs) {
	struct error err = ERROR_INIT;
	bool worked;
	if (!jobs_plan(jobs, &err) || !jobs_turn(jobs, &worked, &err))
		log_failure("carrying out jobs", &err);
}

int main(int count, char **words) {
	int status;
	if (!program_begins(count, words, "Carries out the syncs that are asked for or due.", &status))
		return status;
	struct settings settings;
	struct error err = ERROR_INIT;
	struct store *store = NULL;
	struct jobs jobs;
	char folder[512];
	if (!settings_read(&settings, &err) ||
	    !(store = store_open(settings.mongodb_uri, settings.mongodb_db, "telltale-sync", PATIENCE_MS, &err)) ||
	    (snprintf(folder, sizeof folder, "%s/migrations", settings.root), !migrate_check(store, folder, &err))) {
		(void)fprintf(stderr, "telltale-sync: %s\n", err.text);
		store_close(store);
		return 1;
	}
	jobs_open(&jobs, store, sync_kinds, SYNC_KINDS, &settings);
	master_catch_signals();
	log_info("startup");
	/* The previous process may have died between its last write and the version bump. */
	if (!version_bump(store, REALM_FIGURES | REALM_LEDGER, &err))
		log_failure("startup", &err);
	while (!master_should_stop()) {
		turn(&jobs);
		(void)usleep(TICK_US);
	}
	store_close(store);
	return 0;
}
