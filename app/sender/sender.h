/* The main loop of telltale-sender: claims blocks of campaigns and sends them; runs jobs in between. */
#ifndef SENDER_SENDER_H
#define SENDER_SENDER_H

#include "core/jobs/jobs.h"

/* As worker_main (core/cli/worker.h). `kinds` are its other jobs. */
int sender_main(const struct job_kind *const *kinds, int kind_count, int count, char *const *words);

#endif
