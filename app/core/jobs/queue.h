/* The stored jobs: collection `jobs`, one small document per job, for every kind of work and every process.
 *
 * Why a separate collection, rather than a part of the document that the job is about: claimed documents must be small
 * (a report may name 500 campaigns, a run keeps 100 gaps), one query finds work of all kinds, and pages read their own
 * documents without leases in them. The price is that two documents are written one after the other: whoever asks for
 * work stores its own document first and then the job, and a kind's `adopt` (core/jobs/jobs.h) adds the job that a
 * crash in between left out. `subject` is the id of the document; the document stores the fence of its last holder.
 *
 * A change reads a job and the database's time (core/store/clock.h), lets a pure function decide (core/jobs/job.h), and
 * writes the whole job on condition that `rev` is unchanged. So only the database's clock counts, no filter needs the
 * time, and of two concurrent changes only one succeeds. */
#ifndef JOBS_QUEUE_H
#define JOBS_QUEUE_H

#include "core/jobs/job.h"
#include "core/store/store.h"

struct job_request {
	const char *kind, *key, *subject;
	int64_t delay_ms;
	bool once_more; /* something happened that a run under way may have missed: one that is held runs once more */
};

/* Queues a job. If one with the same key has not ended yet, that one stands and *already is true. *id is the job's id.
 * FAULT if a name is longer than JOB_NAME_BYTES. */
bool queue_ask(struct store *store, const struct job_request *request, struct arena *arena, const char **id,
               bool *already, struct error *err) MUST_CHECK;

/* The same for a job that is held from the start and ends with its holder. *won is false if another job has its key or
 * lane. */
bool queue_ask_held(struct store *store, const struct job_request *request, const char *owner, int64_t lease_ms,
                    const char *lane, struct arena *arena, struct job *job, bool *won, struct error *err) MUST_CHECK;

/* Stores a new job, or one changed since it was read. *won is false if another process has changed it in between, or if
 * another job has its key or lane. If won, its rev is incremented. */
bool queue_insert(struct store *store, const struct job *job, bool *won, struct error *err) MUST_CHECK;
bool queue_write(struct store *store, struct job *job, bool *won, struct error *err) MUST_CHECK;

/* Up to `limit` jobs in a state, longest due first; `kind` NULL: all kinds. *now: see store_list_now. */
bool queue_list(struct store *store, enum job_state state, const char *kind, int limit, struct arena *arena,
                struct job **jobs, int *count, struct moment *now, struct error *err) MUST_CHECK;

/* The queued jobs of some kinds, longest due first. */
bool queue_list_kinds(struct store *store, const struct strings *kinds, int limit, struct arena *arena,
                      struct job **jobs, int *count, struct moment *now, struct error *err) MUST_CHECK;

/* Finds a job by its id, or the job of a key that has not ended. Its texts live in the arena. *now: see
 * store_list_now. */
bool queue_find(struct store *store, const char *id, struct arena *arena, struct job *job, bool *found,
                struct moment *now, struct error *err) MUST_CHECK;
bool queue_find_key(struct store *store, const char *key, struct arena *arena, struct job *job, bool *found,
                    struct moment *now, struct error *err) MUST_CHECK;

/* Applies a change to a stored job, retrying while others change it, too. *changed is false if the change is not
 * allowed; *job is then what is stored. */
bool queue_change(struct store *store, const char *id, const struct job_change *change, struct arena *arena,
                  struct job *job, bool *changed, struct error *err) MUST_CHECK;

/* Ends the job of this key, or tells its holder to; a no-op if there is none. */
bool queue_cancel(struct store *store, const char *key, struct error *err) MUST_CHECK;

/* Makes the job of this key due at once, if it waits in the queue; a no-op for one that is held, or if there is none.
 */
bool queue_hasten(struct store *store, const char *key, struct error *err) MUST_CHECK;

/* Is the job of this key held under a valid lease, by a holder that is not known to be gone? */
bool queue_is_held(struct store *store, const char *key, bool *held, struct error *err) MUST_CHECK;

/* Called by a holder before it writes to the document of its job: stores its fence there, unless a later holder's is
 * there already (*admitted is false). All its writes to the document then require eq_count("fence", fence). */
bool queue_admit(struct store *store, const char *collection, const char *id, int64_t fence, bool *admitted,
                 struct error *err) MUST_CHECK;

/* Gives a job a higher fence, while it is this holder's (*won): its document has one of before the clock was set back.
 * holder->fence is changed, too. */
bool queue_raise(struct store *store, const char *id, int64_t fence, struct job_holder *holder, bool *won,
                 struct error *err) MUST_CHECK;

#endif
