/* The stored jobs: the collection `jobs`, one small document a job, for every kind of work and every process.
 *
 * Why a collection of its own and not a part of the document that the job is about: claimed documents have to be small
 * (a report may name 500 campaigns, a run keeps 100 gaps), one query finds the work of all kinds, and pages read their
 * own documents without a word about leases. The price is that two documents change one after the other: whoever asks
 * for work stores its own document first and then the job, and a kind's `adopt` (core/jobs/jobs.h) asks again for what
 * a crash between the two has left without one. A job names its document in `subject`; the document keeps the fence of
 * its last holder.
 *
 * A change reads a job together with the database's clock (core/store/clock.h), lets a pure function decide
 * (core/jobs/job.h), and writes the whole under the condition that `rev` is as it was read. So no clock but the
 * database's decides anything, no filter has to know the time, and two who change one job cannot both succeed. */
#ifndef JOBS_QUEUE_H
#define JOBS_QUEUE_H

#include "core/jobs/job.h"
#include "core/store/store.h"

struct job_request {
	const char *kind, *key, *subject;
	int64_t delay_ms;
};

/* Asks for a job. Where one with the same key has not ended yet, that one holds: *already. *id is the job's. FAULT when
 * a name is longer than JOB_NAME_BYTES. */
bool queue_ask(struct store *store, const struct job_request *request, struct arena *arena, const char **id,
               bool *already, struct error *err) MUST_CHECK;

/* The same for a job that is held from the beginning and ends with its holder. *won is false when its key or lane is
 * another job's. */
bool queue_ask_held(struct store *store, const struct job_request *request, const char *owner, int64_t lease_ms,
                    const char *lane, struct arena *arena, struct job *job, bool *won, struct error *err) MUST_CHECK;

/* Stores a job that is new or was changed since it was read. *won is false when another process has changed it in
 * between, or when its key or lane is another job's. Its rev rises when it was won. */
bool queue_insert(struct store *store, const struct job *job, bool *won, struct error *err) MUST_CHECK;
bool queue_write(struct store *store, struct job *job, bool *won, struct error *err) MUST_CHECK;

/* Up to `limit` jobs of a state, the longest due first; `kind` NULL: of all kinds. *now: see store_list_now. */
bool queue_list(struct store *store, enum job_state state, const char *kind, int limit, struct arena *arena,
                struct job **jobs, int *count, struct moment *now, struct error *err) MUST_CHECK;

/* By its id; of a key, the one that has not ended. *job keeps to the arena. *now: see store_list_now. */
bool queue_find(struct store *store, const char *id, struct arena *arena, struct job *job, bool *found,
                struct moment *now, struct error *err) MUST_CHECK;
bool queue_find_key(struct store *store, const char *key, struct arena *arena, struct job *job, bool *found,
                    struct moment *now, struct error *err) MUST_CHECK;

/* Applies a change to a stored job, again and again while others change it, too. *changed is false when the change is
 * not possible; *job is what is stored then. */
bool queue_change(struct store *store, const char *id, const struct job_change *change, struct arena *arena,
                  struct job *job, bool *changed, struct error *err) MUST_CHECK;

/* Ends the job of this key, or asks its holder to; nothing where there is none. */
bool queue_cancel(struct store *store, const char *key, struct error *err) MUST_CHECK;

/* Is the job of this key held, by somebody who is not gone, under a lease that counts? */
bool queue_is_held(struct store *store, const char *key, bool *held, struct error *err) MUST_CHECK;

/* A holder comes to the document that its job is about: writes its fence there, unless a later holder's stands there
 * already (*admitted: false). All it writes there afterwards is under the condition eq_count("fence", fence). */
bool queue_admit(struct store *store, const char *collection, const char *id, int64_t fence, bool *admitted,
                 struct error *err) MUST_CHECK;

#endif
