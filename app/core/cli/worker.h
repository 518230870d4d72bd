/* A program that carries out jobs (core/jobs/jobs.h): a table, and worker_main as its main. */
#ifndef CLI_WORKER_H
#define CLI_WORKER_H

#include "core/jobs/jobs.h"

struct worker {
	const char *name, *about; /* about: a sentence for --help */
	const struct job_kind *const *kinds;
	int count;
	int pause_ms; /* after a look that found no job */
	bool (*begin)(struct store *store,
	              struct error *err); /* once, before the first job; a failure is logged. NULL: none */
};

/* Reads the settings, which are the context of the kinds, opens the store, and works until SIGTERM. The exit status: 0,
 * 1 when it cannot begin, which stderr explains, or 2 for words that it does not know. */
int worker_main(const struct worker *worker, int count, char *const *words);

#endif
