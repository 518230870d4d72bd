/* Worker programs, which run jobs (core/jobs/jobs.h): a table, with worker_main as main. */
#ifndef CLI_WORKER_H
#define CLI_WORKER_H

#include "core/jobs/jobs.h"

struct worker {
	const char *name, *about; /* about: a sentence for --help */
	const struct job_kind *const *kinds;
	int count;
	int pause_ms; /* pause after finding no job */
	bool (*begin)(struct store *store,
	              struct error *err); /* called once before the first job; a failure is logged. NULL: none */
};

/* Reads the settings (the context of the kinds), opens the store, and works until SIGTERM. Returns the exit status: 0;
 * 1 if it cannot start, explained on stderr; 2 for unknown arguments. */
int worker_main(const struct worker *worker, int count, char *const *words);

#endif
