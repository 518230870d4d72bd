/* Recording hits, also while the database is away: then they wait on this machine's disk, and a job of
 * telltale-audience stores them. */
#ifndef ANSWERING_RECORDING_H
#define ANSWERING_RECORDING_H

#include "answering/hit.h"
#include "answering/spool.h"
#include "core/jobs/jobs.h"
#include "core/process/settings.h"

enum { HITS_SPOOL_BYTES = 16 * 1024 * 1024 };

/* Where this machine keeps them. */
struct spool hits_spool(const struct settings *settings, struct arena *arena);

/* Stores the hit, or lets it wait. Never fails: what cannot be recorded is logged, and whoever came is
 * answered all the same. */
void hit_record_it(struct store *store, const struct hit *hit, const struct settings *settings, struct arena *arena);

/* Pure. A hit as a line of the spool, and back. False: it is none. */
const char *hit_line(const struct hit *hit, struct arena *arena);
bool hit_of_line(const char *line, struct arena *arena, struct hit *hit);

/* Stores what waits on the machine on which it runs. */
extern const struct job_kind hits_job;

#endif
