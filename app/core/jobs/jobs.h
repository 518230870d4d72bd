/* Carrying out jobs: a program lists its kinds of work and takes turns.
 *
 *   static const struct job_kind *const kinds[] = { &report_job, &delivery_job };
 *   jobs_open(&jobs, store, kinds, 2, &settings);
 *   while (!master_should_stop()) { jobs_plan(&jobs, &err) && jobs_turn(&jobs, &worked, &err); … }
 *
 * A turn takes the jobs of holders that are gone back into the queue, claims the most urgent job that is due, and lets
 * its kind carry it out under a lease. A job may be begun more than once: after a crash its next holder finds what the
 * one before has done in the document that the job is about, and goes on from there. */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "core/jobs/owner.h"
#include "core/jobs/queue.h"

struct jobs;
struct job_run;

/* One kind of work. */
struct job_kind {
	const char *name;

	/* Carries out one job, or a part of it. True: done, with run->result, or to be gone on with after job_again. False:
	 * UNAVAILABLE, LIMITED, CONFLICT and FAULT are tried again after a wait, at least error's `retry_ms`; other errors
	 * give the job up at once. */
	bool (*run)(struct job_run *run, struct error *err);

	/* The job will not be tried again, because of `why`: says so in its document. May happen more than once. NULL:
	 * nothing to say. */
	bool (*give_up)(struct job_run *run, const char *why, struct error *err);

	/* Asks for the jobs that this machine's clock makes due; at each turn. NULL: none. */
	bool (*plan)(struct store *store, struct moment now, void *context, struct error *err);

	/* Asks for the jobs of documents that wait without one: left so by a crash between two writes, or by an older
	 * version. At the first turn and then now and then. NULL: none. */
	bool (*adopt)(struct store *store, void *context, struct error *err);

	int64_t lease_ms;     /* longer than the longest time between two calls of job_beat */
	int64_t attempts_max; /* 0: no limit */
	int priority;         /* the higher one is taken first */
	const char *lane;     /* of all kinds in a lane, one job at a time is held; NULL: any number */
	struct job_backoff backoff;
};

enum { JOB_KINDS_MAX = 16 };

struct jobs {
	struct store *store;
	void *context; /* what the program's kinds share */
	const struct job_kind *kinds[JOB_KINDS_MAX];
	int count;
	char owner[OWNER_TEXT];
	int64_t adopted_ms; /* monotonic */
	bool adopted;
};

/* One job that is being carried out. */
struct job_run {
	struct store *store;
	void *context;
	const struct jobs *jobs;
	const struct job_kind *kind;
	struct arena *arena; /* lives as long as the run */
	struct job job;
	struct job_holder holder;
	struct moment now;   /* of this machine's clock when it began */
	int64_t extended_ms; /* monotonic */
	bool lost;           /* somebody else has the job: nothing more may be written */
	bool cancelled;      /* it is to be ended: stop where that is convenient, and return */
	const char *result;
	bool again;
	int64_t again_ms;
};

/* In the process that will work, after a fork. The kinds are constant. */
void jobs_open(struct jobs *jobs, struct store *store, const struct job_kind *const *kinds, int count, void *context);

/* One turn. *worked tells whether there was a job. The error of a job is noted with it and returned after it has been
 * dealt with: it is for the log. */
bool jobs_turn(struct jobs *jobs, bool *worked, struct error *err) MUST_CHECK;

/* Asks for what is due and for what waits without a job; a program that carries out jobs by the way leaves that to
 * those whose work it is. */
bool jobs_plan(struct jobs *jobs, struct error *err) MUST_CHECK;

/* Keeps the lease: writes when a sixth of it has passed, or when there is progress to tell (NULL: none). CONFLICT, and
 * run->lost, when somebody else has the job. */
bool job_beat(struct job_run *run, const char *progress, struct error *err) MUST_CHECK;

/* Admits the run to its document (see queue_admit). CONFLICT when a later holder was there, or the document is gone. */
bool job_admit(struct job_run *run, const char *collection, const char *id, struct error *err) MUST_CHECK;

/* To be gone on with after a time: no failure. */
void job_again(struct job_run *run, int64_t wait_ms);

/* Does a more urgent job of the same program wait? */
bool job_is_outranked(struct job_run *run, bool *outranked, struct error *err) MUST_CHECK;

/* Work outside the queue that has to keep others out of a kind's lane, under a lease like theirs: a job that is held
 * from the beginning and ends with its holder. CONFLICT while the lane is taken. `kind` needs a name, a lane and a
 * lease; run->arena must be set. */
bool jobs_hold(struct jobs *jobs, const struct job_kind *kind, const char *subject, struct job_run *run,
               struct error *err) MUST_CHECK;
bool jobs_let_go(struct job_run *run, struct error *err) MUST_CHECK;

#endif
