/* The collection `jobs`. */
#include "core/jobs/queue.h"

#include <string.h>

#include "core/jobs/owner.h"
#include "core/store/clock.h"

static const char JOBS[] = "jobs";

enum { TRIES = 20 };

static bool fits(const char *name) {
	return !name || strlen(name) <= JOB_NAME_BYTES;
}

/* Does not cut a character in two. */
static const char *cut(struct arena *arena, const char *words) {
	if (!words || strlen(words) <= JOB_WORDS_BYTES)
		return words;
	size_t size = JOB_WORDS_BYTES;
	while (size && ((unsigned char)words[size] & 0xc0) == 0x80)
		size--;
	return arena_copy_bytes(arena, words, size);
}

static struct job small(const struct job *job, struct arena *arena) {
	struct job out = *job;
	out.progress = cut(arena, job->progress);
	out.problem = cut(arena, job->problem);
	out.result = cut(arena, job->result);
	return out;
}

bool queue_insert(struct store *store, const struct job *job, bool *won, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct job document = small(job, arena);
	bool was_there;
	if (!fits(job->kind) || !fits(job->key) || !fits(job->lane))
		return error_set(err, ERROR_FAULT, "a name of a job is longer than %d bytes", JOB_NAME_BYTES);
	if (!store_insert_once(store, JOBS, &job_record, &document, &was_there, err))
		return false;
	*won = !was_there;
	return true;
}

/* A key or lane that another job holds is an outcome, not an error. */
bool queue_write(struct store *store, struct job *job, bool *won, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct job document = small(job, arena);
	struct error why = ERROR_INIT;
	bool fine = store_update(store, JOBS, FILTER(by_id(job->id), eq_count("rev", job->rev)),
	                         UPDATE(set_record(&job_record, &document, NULL), add_count("rev", 1)), won, &why);
	*won = fine && *won;
	job->rev += *won;
	if (fine || why.kind == ERROR_CONFLICT)
		return true;
	*err = why;
	return false;
}

static bool list(struct store *store, enum job_state state, struct condition kinds, int limit, struct arena *arena,
                 struct job **jobs, int *count, struct moment *now, struct error *err) {
	return store_list_now(store, JOBS, FILTER(eq_choice("state", &job_states, state), kinds),
	                      SORT(asc("due_at"), asc("_id")), limit, &job_record, arena, (void **)jobs, count, now, err);
}

bool queue_list(struct store *store, enum job_state state, const char *kind, int limit, struct arena *arena,
                struct job **jobs, int *count, struct moment *now, struct error *err) {
	return list(store, state, kind ? eq_text("kind", kind) : anything(), limit, arena, jobs, count, now, err);
}

bool queue_list_kinds(struct store *store, const struct strings *kinds, int limit, struct arena *arena,
                      struct job **jobs, int *count, struct moment *now, struct error *err) {
	return list(store, JOB_QUEUED, in_texts("kind", kinds), limit, arena, jobs, count, now, err);
}

bool queue_find(struct store *store, const char *id, struct arena *arena, struct job *job, bool *found,
                struct moment *now, struct error *err) {
	return store_find_now(store, JOBS, FILTER(by_id(id)), &job_record, arena, job, found, now, err);
}

bool queue_find_key(struct store *store, const char *key, struct arena *arena, struct job *job, bool *found,
                    struct moment *now, struct error *err) {
	return store_find_now(store, JOBS, FILTER(eq_text("key", key)), &job_record, arena, job, found, now, err);
}

static struct job new_job(const struct job_request *request, struct moment now, struct arena *arena) {
	struct job job;
	record_clear(&job_record, &job);
	job.id = store_new_id(arena);
	job.kind = request->kind;
	job.key = request->key;
	job.subject = request->subject;
	job.state = JOB_QUEUED;
	job.rev = 1;
	job.fence = job.attempts = 0;
	job.wait_ms = request->delay_ms;
	job.asked_at = now;
	job.due_at = moment_add(now, request->delay_ms);
	return job;
}

/* What a job that is held does now may have been decided before. False in *noted: it is held no more. */
static bool note_once_more(struct store *store, const struct job_request *request, const struct job *known,
                           struct arena *arena, bool *noted, struct error *err) {
	const struct job_change change = { .verb = JOB_ONCE_MORE, .wait_ms = request->delay_ms };
	struct job job;
	bool is_noted = known->again_ms != COUNT_NONE; /* by somebody before: a run that begins later sees both */
	*noted = !request->once_more || known->state != JOB_HELD || known->tied || is_noted;
	return *noted || queue_change(store, known->id, &change, arena, &job, noted, err);
}

/* The unique index on `key` admits one job. Looking first spares the database inserts that collide, which it may see as
 * a deadlock. If the other job ends between the insert and the next look, try again. */
bool queue_ask(struct store *store, const struct job_request *request, struct arena *arena, const char **id,
               bool *already, struct error *err) {
	struct moment now, ignored;
	if (!store_now(store, &now, err))
		return false;
	for (int tries = 0; tries < TRIES; tries++) {
		struct job job;
		bool won = false;
		*already = false;
		if (request->key && !queue_find_key(store, request->key, arena, &job, already, &ignored, err))
			return false;
		if (*already && !note_once_more(store, request, &job, arena, &won, err))
			return false;
		if (!*already) {
			job = new_job(request, now, arena);
			if (!queue_insert(store, &job, &won, err))
				return false;
		}
		*id = job.id;
		if (won)
			return true;
	}
	return error_set(err, ERROR_CONFLICT, "jobs of %s end as fast as they are requested. Try again", request->kind);
}

bool queue_ask_held(struct store *store, const struct job_request *request, const char *owner, int64_t lease_ms,
                    const char *lane, struct arena *arena, struct job *job, bool *won, struct error *err) {
	struct moment now;
	if (!store_now(store, &now, err))
		return false;
	*job = new_job(request, now, arena);
	job->tied = true;
	(void)job_claim(job, owner, lease_ms, lane, now);
	return queue_insert(store, job, won, err);
}

bool queue_change(struct store *store, const char *id, const struct job_change *change, struct arena *arena,
                  struct job *job, bool *changed, struct error *err) {
	for (int tries = 0; tries < TRIES; tries++) {
		struct moment now;
		bool found, won;
		if (!queue_find(store, id, arena, job, &found, &now, err))
			return false;
		*changed = found && job_change(job, change, now);
		if (!*changed)
			return true;
		if (!queue_write(store, job, &won, err) || won)
			return won;
	}
	return error_set(err, ERROR_UNAVAILABLE, "job %s changes too fast: try again", id);
}

bool queue_cancel(struct store *store, const char *key, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct moment now;
	struct job job;
	bool found, changed;
	if (!queue_find_key(store, key, arena, &job, &found, &now, err))
		return false;
	return !found ||
	       queue_change(store, job.id, &(struct job_change){ .verb = JOB_CANCEL }, arena, &job, &changed, err);
}

bool queue_hasten(struct store *store, const char *key, struct error *err) {
	bool matched;
	return store_update(store, JOBS, FILTER(eq_text("key", key), eq_choice("state", &job_states, JOB_QUEUED)),
	                    UPDATE(set_now("due_at"), set_count("wait_ms", 0), add_count("rev", 1)), &matched, err);
}

bool queue_is_held(struct store *store, const char *key, bool *held, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct moment now;
	struct job job;
	if (!queue_find_key(store, key, arena, &job, held, &now, err))
		return false;
	*held = *held && job.state == JOB_HELD && lease_counts(job.lease_until, job.lease_ms, now) &&
	        !owner_is_gone(job.owner);
	return true;
}

bool queue_admit(struct store *store, const char *collection, const char *id, int64_t fence, bool *admitted,
                 struct error *err) {
	return store_update(store, collection, FILTER(by_id(id), NONE_OF(gt_count("fence", fence))),
	                    UPDATE(set_count("fence", fence)), admitted, err);
}

bool queue_raise(struct store *store, const char *id, int64_t fence, struct job_holder *holder, bool *won,
                 struct error *err) {
	*won = false;
	for (int tries = 0; !*won && tries < TRIES; tries++) {
		ARENA_AUTO arena = arena_new();
		struct moment now;
		struct job job;
		bool found;
		if (!queue_find(store, id, arena, &job, &found, &now, err))
			return false;
		if (!found || !job_is_held_by(&job, holder))
			return true;
		job.fence = fence;
		if (!queue_write(store, &job, won, err))
			return false;
	}
	if (*won)
		holder->fence = fence;
	return true;
}
