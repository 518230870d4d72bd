/* A job as a state machine, without storage: which changes are possible, what they make of the job, when a lease
 * counts.
 *
 *   queued ──claim──> held ──finish──> done
 *     ^ │               │ └─give up──> dead, or cancelled where that was asked for
 *     │ └──cancel─┐     │
 *     │           v     └─release, retry, lapse (its holder died)──> queued
 *     │       cancelled, when it was never begun; else its next holder ends it
 *     └────────────────────────────────────────────────────────────────┘
 *
 * Every change is a pure function of the job as it was read and of the database's clock at that reading; it touches the
 * job only when it is possible, and then tells true. core/jobs/queue.h stores the outcome under the condition that
 * nobody has changed the job in between, so what holds for these functions holds for any number of processes.
 *
 * A holder is an owner (core/jobs/owner.h) and a fence, a number that rises with each claim of the job: by one, or to
 * the milliseconds of the clock, so that it rises over jobs about the same document, too. Every change by a holder asks
 * for both, so one that has lost its lease changes nothing. The fence also keeps it out of the document that the job is
 * about (queue_admit). */
#ifndef JOBS_JOB_H
#define JOBS_JOB_H

#include "core/base/lease.h"
#include "core/fields/field.h"

enum job_state { JOB_UNKNOWN, JOB_QUEUED, JOB_HELD, JOB_DONE, JOB_DEAD, JOB_CANCELLED, JOB_STATE_COUNT };
extern const struct choices job_states;

/* Bytes of a job's texts: names that are longer are refused, words are cut. So a document stays below 1.5 kB: the
 * embedded server loses sight of larger ones when several processes claim them. */
enum { JOB_NAME_BYTES = 100, JOB_WORDS_BYTES = 200 };

/* How long a job that has ended is kept, to be looked at. */
#define JOB_KEPT_MS (7 * DAY_MS)

struct job {
	const char *id, *kind;
	const char *key;     /* no other job that has not ended has the same; NULL: no such rule */
	const char *subject; /* what it is about: the id of a run, a report, a delivery */
	const char *lane;    /* while it is held, no other held job has the same; NULL: no such rule */
	const char *owner, *progress, *problem, *result;
	unsigned state;
	bool cancel;      /* it is to be ended */
	bool tied;        /* it ends with its holder: nobody takes it up */
	int64_t rev;      /* rises with each change */
	int64_t fence;    /* rises with each claim; 0: never begun */
	int64_t attempts; /* claims since it was last given back without a failure */
	int64_t lease_ms;
	int64_t wait_ms; /* from when it was put into the queue to due_at */
	struct moment asked_at, due_at, lease_until, ended_at, expires_at;
};
extern const struct record_type job_record;

struct job_holder {
	const char *owner;
	int64_t fence;
};

/* How long to wait after a failure. */
struct job_backoff {
	int64_t first_ms, greatest_ms;
};

/* first · 2^(attempts − 1), at most the greatest, less up to a half of it, as the seed says. attempts ≥ 1. */
int64_t job_wait(const struct job_backoff *backoff, int64_t attempts, uint64_t seed);
/* The seed of a job's next wait: scattered over jobs and attempts, but always the same for one (FNV-1a of the id). */
uint64_t job_seed(const struct job *job);

/* Has a queued job waited for as long as it should? By the rule of leases (core/base/lease.h). */
bool job_is_due(const struct job *job, struct moment now);
bool job_has_ended(const struct job *job);
bool job_is_held_by(const struct job *job, const struct job_holder *holder);

/* Is it to be given up instead of done: cancelled, or claimed more often than `attempts_max` (0: no limit)? */
bool job_is_spent(const struct job *job, int64_t attempts_max);

/* Takes a queued job of which the time has come. `lane` may be NULL. */
bool job_claim(struct job *job, const char *owner, int64_t lease_ms, const char *lane, struct moment now);

/* Takes a job away from a holder that is gone, or whose lease no longer counts; its problem is JOB_DIED then. */
#define JOB_DIED "its worker died"
bool job_lapse(struct job *job, bool holder_is_gone, struct moment now);

/* What a holder does; CANCEL is anybody's. */
enum job_verb {
	JOB_EXTEND,  /* the lease; words: the progress, NULL leaves it as it is */
	JOB_FINISH,  /* words: the result, may be NULL */
	JOB_RELEASE, /* gives it back, to be gone on with after wait_ms: no failure, the attempts begin anew */
	JOB_RETRY,   /* gives it back after a failure, words: which */
	JOB_GIVE_UP, /* gives it up for good, words: why */
	JOB_CANCEL,  /* ends it, or lets its holder know that it is to end it */
	JOB_VERB_COUNT,
};

struct job_change {
	enum job_verb verb;
	struct job_holder holder;
	int64_t wait_ms;
	const char *words;
};

/* False, and the job as it was, when the job is not held by this holder (or, for CANCEL, has ended). */
bool job_change(struct job *job, const struct job_change *change, struct moment now);

#endif
