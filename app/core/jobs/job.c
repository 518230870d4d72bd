/* The state machine of a job. */
#include "core/jobs/job.h"

static const char *const state_names[] = {
	[JOB_UNKNOWN] = "unknown", [JOB_QUEUED] = "queued", [JOB_HELD] = "held",
	[JOB_DONE] = "done",       [JOB_DEAD] = "dead",     [JOB_CANCELLED] = "cancelled",
};
_Static_assert(sizeof state_names / sizeof *state_names == JOB_STATE_COUNT, "a name a state");
const struct choices job_states = CHOICES(state_names);

static const struct field job_fields[] = {
	FIELD(struct job, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct job, kind),
	FIELD(struct job, key),
	FIELD(struct job, subject, .flags = FIELD_ID),
	FIELD(struct job, lane),
	FIELD(struct job, owner),
	FIELD(struct job, progress),
	FIELD(struct job, problem),
	FIELD(struct job, result),
	FIELD(struct job, state, .choices = &job_states),
	FIELD(struct job, cancel),
	FIELD(struct job, tied),
	FIELD(struct job, rev, .flags = FIELD_REVISION),
	FIELD(struct job, fence),
	FIELD(struct job, attempts),
	FIELD(struct job, lease_ms),
	FIELD(struct job, wait_ms),
	FIELD(struct job, again_ms),
	FIELD(struct job, asked_at),
	FIELD(struct job, due_at),
	FIELD(struct job, lease_until),
	FIELD(struct job, ended_at),
	FIELD(struct job, expires_at),
};
const struct record_type job_record = RECORD_TYPE("Job", struct job, job_fields);

/* SplitMix64 (Steele, Lea, Flood 2014): one step spreads adjacent seeds over the whole range. */
static uint64_t scatter(uint64_t seed) {
	uint64_t z = seed + UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

int64_t job_wait(const struct job_backoff *backoff, int64_t attempts, uint64_t seed) {
	int64_t wait = backoff->first_ms;
	for (int64_t i = 1; i < attempts && wait < backoff->greatest_ms; i++)
		wait *= 2;
	if (wait > backoff->greatest_ms)
		wait = backoff->greatest_ms;
	return wait - (int64_t)(scatter(seed) % (uint64_t)(wait / 2 + 1));
}

uint64_t job_seed(const struct job *job) {
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (const char *at = job->id ? job->id : ""; *at; at++)
		hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
	return hash + (uint64_t)job->attempts;
}

bool job_is_due(const struct job *job, struct moment now) {
	return job->state == JOB_QUEUED && !lease_counts(job->due_at, job->wait_ms, now);
}

bool job_has_ended(const struct job *job) {
	return job->state == JOB_DONE || job->state == JOB_DEAD || job->state == JOB_CANCELLED;
}

bool job_is_held_by(const struct job *job, const struct job_holder *holder) {
	return job->state == JOB_HELD && job->fence == holder->fence && text_same(job->owner, holder->owner);
}

bool job_is_spent(const struct job *job, int64_t attempts_max) {
	return job->cancel || (attempts_max > 0 && job->attempts > attempts_max);
}

bool job_claim(struct job *job, const char *owner, int64_t lease_ms, const char *lane, struct moment now) {
	if (!job_is_due(job, now))
		return false;
	job->state = JOB_HELD;
	job->owner = owner;
	job->lane = lane;
	job->lease_ms = lease_ms;
	job->lease_until = moment_add(now, lease_ms);
	job->fence = job->fence < now.ms ? now.ms : job->fence + 1;
	job->again_ms = COUNT_NONE; /* this run sees whatever was asked before */
	job->attempts++;
	return true;
}

static void let_go(struct job *job) {
	job->owner = job->lane = NULL;
	job->lease_until = MOMENT_NONE;
}

static void put_back(struct job *job, int64_t wait_ms, struct moment now) {
	let_go(job);
	job->state = JOB_QUEUED;
	job->wait_ms = job->cancel ? 0 : wait_ms;
	job->due_at = moment_add(now, job->wait_ms);
}

static void end(struct job *job, enum job_state state, struct moment now) {
	let_go(job);
	job->state = state;
	job->key = NULL;
	job->ended_at = now;
	job->expires_at = moment_add(now, JOB_KEPT_MS);
}

bool job_lapse(struct job *job, bool holder_is_gone, struct moment now) {
	if (job->state != JOB_HELD || (!holder_is_gone && lease_counts(job->lease_until, job->lease_ms, now)))
		return false;
	job->problem = JOB_DIED;
	if (job->tied)
		end(job, JOB_DEAD, now);
	else
		put_back(job, 0, now);
	return true;
}

static void extend(struct job *job, const struct job_change *change, struct moment now) {
	job->lease_until = moment_add(now, job->lease_ms);
	if (change->words)
		job->progress = change->words;
}

/* Asked for again meanwhile, it begins anew; else, or if it is to be cancelled, it ends. */
static void end_or_begin(struct job *job, enum job_state state, struct moment now) {
	if (job->again_ms == COUNT_NONE || job->cancel) {
		end(job, state, now);
		return;
	}
	job->attempts = 0;
	put_back(job, job->again_ms, now);
}

static void finish(struct job *job, const struct job_change *change, struct moment now) {
	job->result = change->words;
	job->problem = NULL;
	end_or_begin(job, JOB_DONE, now);
}

static void release(struct job *job, const struct job_change *change, struct moment now) {
	job->attempts = 0;
	job->problem = NULL;
	put_back(job, change->wait_ms, now);
}

static void retry(struct job *job, const struct job_change *change, struct moment now) {
	job->problem = change->words;
	put_back(job, change->wait_ms, now);
}

static void give_up(struct job *job, const struct job_change *change, struct moment now) {
	job->problem = change->words;
	end_or_begin(job, job->cancel ? JOB_CANCELLED : JOB_DEAD, now);
}

/* Once a job has been claimed, only a holder may end it, because only a holder cleans up. */
static void cancel(struct job *job, const struct job_change *change, struct moment now) {
	(void)change;
	job->cancel = true;
	if (job->fence == 0)
		end(job, JOB_CANCELLED, now);
	else if (job->state == JOB_QUEUED)
		put_back(job, 0, now);
}

static void once_more(struct job *job, const struct job_change *change, struct moment now) {
	(void)now;
	job->again_ms = change->wait_ms;
}

static void (*const verbs[])(struct job *, const struct job_change *, struct moment) = {
	[JOB_EXTEND] = extend,   [JOB_FINISH] = finish, [JOB_RELEASE] = release,     [JOB_RETRY] = retry,
	[JOB_GIVE_UP] = give_up, [JOB_CANCEL] = cancel, [JOB_ONCE_MORE] = once_more,
};
_Static_assert(sizeof verbs / sizeof *verbs == JOB_VERB_COUNT, "a function a verb");

static bool may_change(const struct job *job, const struct job_change *change) {
	if (change->verb == JOB_CANCEL)
		return job->state == JOB_QUEUED || job->state == JOB_HELD;
	if (change->verb == JOB_ONCE_MORE)
		return job->state == JOB_HELD && !job->tied;
	return job_is_held_by(job, &change->holder);
}

bool job_change(struct job *job, const struct job_change *change, struct moment now) {
	bool may = may_change(job, change);
	if (may)
		verbs[change->verb](job, change, now);
	return may;
}
