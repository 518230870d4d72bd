/* The main loop of worker programs. */
#include "core/cli/worker.h"

#include <stdio.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/cli/program.h"
#include "core/process/master.h"
#include "core/process/settings.h"
#include "core/store/migrate.h"

enum { PATIENCE_MS = 20000, FAREWELL_MS = 10000 };

static bool open_store(const struct worker *worker, struct settings *settings, struct store **store,
                       struct error *err) {
	char folder[512];
	*store = NULL;
	if (!settings_read(settings, err) ||
	    !(*store = store_open(settings->mongodb_uri, settings->mongodb_db, worker->name, PATIENCE_MS, err)))
		return false;
	(void)snprintf(folder, sizeof folder, "%s/migrations", settings->root);
	return migrate_check(*store, folder, err);
}

/* The logs of those programs of a home that do not turn them over themselves. */
static void cut_logs(const struct settings *settings) {
	static const char *const names[] = { "log/nginx.log", "log/ferretdb.log", "log/demo.log",
		                                 "database/srv/run/postgres.log" };
	char path[512];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", settings->home, names[i]);
		log_cut(path, settings->log_max_bytes, (int)settings->log_backup_count);
	}
}

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

static void work(const struct worker *worker, struct store *store, struct settings *settings) {
	struct error err = ERROR_INIT;
	struct jobs jobs;
	jobs_open(&jobs, store, worker->kinds, worker->count, settings);
	master_catch_signals();
	log_info("startup");
	if (worker->begin && !worker->begin(store, &err))
		log_failure("startup", &err);
	while (!master_should_stop()) {
		turn(&jobs);
		cut_logs(settings);
		(void)usleep((useconds_t)worker->pause_ms * 1000);
	}
	if (!jobs_close(&jobs, FAREWELL_MS, &err))
		log_failure("ending jobs", &err);
}

int worker_main(const struct worker *worker, int count, char *const *words) {
	int status;
	struct settings settings;
	struct error err = ERROR_INIT;
	struct store *store;
	if (!program_begins(count, words, worker->about, &status))
		return status;
	bool opened = open_store(worker, &settings, &store, &err);
	if (opened)
		work(worker, store, &settings);
	else
		error_print(worker->name, &err);
	store_close(store);
	return opened ? 0 : 1;
}
