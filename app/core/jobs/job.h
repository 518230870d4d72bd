/* The state machine of a job, without storage: which transitions are allowed, what they do, when a lease is valid.
 *
 *   queued ──claim──> held ──finish──> done
 *     ^ │               │ └─give up──> dead, or cancelled, if that was requested
 *     │ │               └─finish, give up, if it was asked for meanwhile──> queued
 *     │ └──cancel─┐     │
 *     │           v     └─release, retry, lapse (its holder died)──> queued
 *     │       cancelled, if never claimed; else its next holder ends it
 *     └────────────────────────────────────────────────────────────────┘
 *
 * Every transition is a pure function of the job as read and the database's time of that read. If allowed, it modifies
 * the job and returns true. core/jobs/queue.h stores the result on condition that nobody has changed the job in
 * between, so the guarantees of these functions hold for any number of processes.
 *
 * A holder is identified by an owner (core/jobs/owner.h) and a fence, a number that each claim of the job raises: by
 * one, or to the clock's milliseconds, so that it also increases across jobs about the same document. Every transition
 * by a holder checks both, so a holder that has lost its lease changes nothing. The fence also keeps it from writing to
 * the document that the job is about (queue_admit). */
#ifndef JOBS_JOB_H
#define JOBS_JOB_H

#include "core/base/lease.h"
#include "core/fields/field.h"

enum job_state { JOB_UNKNOWN, JOB_QUEUED, JOB_HELD, JOB_DONE, JOB_DEAD, JOB_CANCELLED, JOB_STATE_COUNT };
extern const struct choices job_states;

/* Size limits of a job's texts: longer names are refused, longer words truncated. This keeps documents below 1.5 kB:
 * the embedded server loses larger ones when several processes claim them. */
enum { JOB_NAME_BYTES = 100, JOB_WORDS_BYTES = 200 };

/* How long ended jobs are kept for inspection. */
#define JOB_KEPT_MS (7 * DAY_MS)

struct job {
	const char *id, *kind;
	const char *key;     /* unique among jobs that have not ended; NULL: not unique */
	const char *subject; /* id of the run, report or delivery that it is about */
	const char *lane;    /* unique among held jobs; NULL: not unique */
	const char *owner, *progress, *problem, *result;
	unsigned state;
	bool cancel;      /* cancellation was requested */
	bool tied;        /* ends with its holder; nobody takes it over */
	int64_t rev;      /* incremented by each change */
	int64_t fence;    /* raised by each claim; 0: never claimed */
	int64_t attempts; /* claims since it was last released without a failure */
	int64_t lease_ms;
	int64_t wait_ms;  /* from entering the queue to due_at */
	int64_t again_ms; /* it was asked for while it was held: what comes after its end; COUNT_NONE: it was not */
	struct moment asked_at, due_at, lease_until, ended_at, expires_at;
};
extern const struct record_type job_record;

struct job_holder {
	const char *owner;
	int64_t fence;
};

/* The wait after a failure. */
struct job_backoff {
	int64_t first_ms, greatest_ms;
};

/* first · 2^(attempts − 1), at most the greatest, minus up to half of it, depending on the seed. attempts ≥ 1. */
int64_t job_wait(const struct job_backoff *backoff, int64_t attempts, uint64_t seed);
/* The seed of a job's next wait: varies with job and attempt but is deterministic (FNV-1a of the id). */
uint64_t job_seed(const struct job *job);

/* Is the job queued and its wait over? Follows core/base/lease.h. */
bool job_is_due(const struct job *job, struct moment now);
bool job_has_ended(const struct job *job);
bool job_is_held_by(const struct job *job, const struct job_holder *holder);

/* Should it be given up: cancelled, or claimed more than `attempts_max` times (0: no limit)? */
bool job_is_spent(const struct job *job, int64_t attempts_max);

/* Claims a queued job that is due. `lane` may be NULL. */
bool job_claim(struct job *job, const char *owner, int64_t lease_ms, const char *lane, struct moment now);

/* Takes a job from a holder that is gone or whose lease has expired; its problem is then JOB_DIED. */
#define JOB_DIED "its worker died"
bool job_lapse(struct job *job, bool holder_is_gone, struct moment now);

/* Transitions by a holder; CANCEL and ONCE_MORE may come from anybody. */
enum job_verb {
	JOB_EXTEND,    /* renews the lease; words: the progress, NULL leaves it unchanged */
	JOB_FINISH,    /* words: the result, or NULL */
	JOB_RELEASE,   /* returns it to the queue, to be resumed after wait_ms; not a failure, resets the attempts */
	JOB_RETRY,     /* returns it to the queue after a failure; words: what failed */
	JOB_GIVE_UP,   /* gives it up for good; words: why */
	JOB_CANCEL,    /* ends it, or tells its holder to */
	JOB_ONCE_MORE, /* what it does may have come too early for what was asked now: it goes back to the queue, for
	                  wait_ms, instead of ending */
	JOB_VERB_COUNT,
};

struct job_change {
	enum job_verb verb;
	struct job_holder holder;
	int64_t wait_ms;
	const char *words;
};

/* False, with the job unchanged, if this holder does not hold it (or, for CANCEL, if it has ended; for ONCE_MORE, if
 * nobody holds it, or it ends with its holder). */
bool job_change(struct job *job, const struct job_change *change, struct moment now);

#endif
