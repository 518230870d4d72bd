/* Running jobs: a program lists the kinds of work that it runs and takes turns.
 *
 *   static const struct job_kind *const kinds[] = { &report_job, &delivery_job };
 *   jobs_open(&jobs, store, kinds, 2, &settings);
 *   while (!master_should_stop()) { jobs_plan(&jobs, &err) && jobs_turn(&jobs, &worked, &err); … }
 *
 * A turn requeues the jobs of holders that are gone, claims the most urgent due job, and runs it under a lease. A job
 * may be started more than once: after a crash the next holder finds the progress so far in the document that the job
 * is about, and resumes from there.
 *
 * A run that waits for something outside, such as a mail server, can be kept: its job stays held, it is resumed at each
 * turn, and other jobs run in between. */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "core/jobs/owner.h"
#include "core/jobs/queue.h"

struct jobs;
struct job_run;

/* One kind of work. */
struct job_kind {
	const char *name;

	/* Runs a job, or a part of it. True: done, with run->result, or to be resumed if job_again was called. False:
	 * UNAVAILABLE, LIMITED, CONFLICT and FAULT are retried after a wait of at least the error's `retry_ms`; other
	 * errors give up the job at once. */
	bool (*run)(struct job_run *run, struct error *err);

	/* Resumes a run that was kept (job_keep), at each turn: like `run`, but waits for at most run->patience_ms. NULL if
	 * this kind keeps no runs. */
	bool (*go_on)(struct job_run *run, struct error *err);

	/* Records in the document that the job will not be tried again, because of `why`. May be called more than once.
	 * NULL: nothing to record. */
	bool (*give_up)(struct job_run *run, const char *why, struct error *err);

	/* Called at each turn: queues the jobs that are due by this machine's clock. NULL: none. */
	bool (*plan)(struct store *store, struct moment now, void *context, struct error *err);

	/* Called at the first turn and occasionally thereafter: queues jobs for documents that wait without one, after a
	 * crash between two writes or because an older version wrote them. NULL: none. */
	bool (*adopt)(struct store *store, void *context, struct error *err);

	int64_t lease_ms;     /* must exceed the longest time between two calls of job_beat */
	int64_t attempts_max; /* 0: no limit */
	int priority;         /* higher is taken first */
	const char *lane;     /* at most one job per lane is held at a time; NULL: no limit */
	struct job_backoff backoff;
};

enum { JOB_KINDS_MAX = 24, JOBS_KEPT_MAX = 12, JOBS_IDLE_MAX = 60 };

struct jobs {
	struct store *store;
	void *context; /* shared by the program's kinds */
	const struct job_kind *kinds[JOB_KINDS_MAX];
	int count;
	char owner[OWNER_TEXT];
	int64_t adopted_ms; /* monotonic */
	bool adopted;
	struct job_run *kept;
	int kept_count, idle_count; /* idle ones are among the kept */
	bool closing;               /* the program is ending: kept runs start nothing new */
	struct moment seen;         /* the database's time at seen_ms; has_seen */
	int64_t seen_ms;            /* monotonic */
	int64_t reaped_ms;          /* monotonic: when it last looked for holders that are gone; 0: never */
	int64_t stepped_ms; /* monotonic: when its clock was found to have been set last, or this process began to look */
	bool has_seen;
};

/* A running job. */
struct job_run {
	struct store *store;
	void *context;
	struct jobs *jobs;
	const struct job_kind *kind;
	struct arena *arena; /* freed after the run, a kept one's when it is over */
	struct job job;
	struct job_holder holder;
	struct moment now;   /* the database's time when run or go_on was called */
	int64_t now_ms;      /* monotonic, then */
	int64_t extended_ms; /* monotonic */
	bool lost;           /* somebody else has the job: write nothing more */
	bool cancelled;      /* cancellation was requested: return at a convenient point */
	const char *result;
	bool again;
	int64_t again_ms;
	bool keeps;          /* job_keep was called */
	bool idles;          /* job_idle was, too */
	void *state;         /* the kind's own, for go_on; lives in the arena */
	int64_t patience_ms; /* how long go_on may wait */
	struct job_run *next;
};

/* Call it in the process that runs the jobs, after fork. The kinds are constant. */
void jobs_open(struct jobs *jobs, struct store *store, const struct job_kind *const *kinds, int count, void *context);

/* One turn: resumes the kept runs, then claims a job. *worked tells whether there was anything to do. A job's error is
 * recorded in the job and then returned, for the log. */
bool jobs_turn(struct jobs *jobs, bool *worked, struct error *err) MUST_CHECK;

/* The program is ending: gives kept runs up to `ms` to finish; what is left then is for other processes. */
bool jobs_close(struct jobs *jobs, int64_t ms, struct error *err) MUST_CHECK;

/* Queues what is due and what waits without a job. Programs that only run jobs on the side leave it to the others. */
bool jobs_plan(struct jobs *jobs, struct error *err) MUST_CHECK;

/* Renews the lease, and those of the program's kept runs: writes when a sixth of it has passed or when there is
 * progress to report (NULL: none). CONFLICT, with run->lost set, if somebody else has the job. */
bool job_beat(struct job_run *run, const char *progress, struct error *err) MUST_CHECK;

/* The time by the database's clock. */
struct moment job_now(const struct job_run *run);

/* Admits the run to its document (see queue_admit). CONFLICT if a later holder has been there or the document is
 * gone. */
bool job_admit(struct job_run *run, const char *collection, const char *id, struct error *err) MUST_CHECK;

/* The job is to be resumed after a time; not a failure. */
void job_again(struct job_run *run, int64_t wait_ms);

/* The run is not over: keep it, and call its kind's go_on at the next turn. A program keeps at most JOBS_KEPT_MAX. */
void job_keep(struct job_run *run);

/* The same for a run that waits for somebody who may take long and costs next to nothing meanwhile: up to JOBS_IDLE_MAX
 * of these are kept beside those others, so that what can be done does not wait for them. */
void job_idle(struct job_run *run);

/* The same; or, if the program is about to end, the job goes back to the queue. */
void job_go_on(struct job_run *run);

/* Is a more urgent job of the same program waiting? */
bool job_is_outranked(struct job_run *run, bool *outranked, struct error *err) MUST_CHECK;

/* For work outside the queue that must have a kind's lane to itself, under the same kind of lease: inserts a job that
 * is held from the start and ends with its holder. CONFLICT while the lane is taken; waits for a lease's time if it
 * only seems to have ended. `kind` needs a name, a lane and a
 * lease; run->arena must be set. */
bool jobs_hold(struct jobs *jobs, const struct job_kind *kind, struct job_run *run, struct error *err) MUST_CHECK;
bool jobs_let_go(struct job_run *run, struct error *err) MUST_CHECK;

#endif
