/* The job loop of a program. */
#include "core/jobs/jobs.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "core/store/clock.h"

enum {
	HELD_SEEN = 200,
	CANDIDATES = 8,
	QUEUED_SEEN = 50,
	REAP_MS = SECOND_MS,
	ADOPT_EVERY_MS = 30 * SECOND_MS,
	BEATS = 6, /* per lease */
	PATIENCE_MS = 300,
	STEP_MS = 10 * SECOND_MS,
	STUCK_SECONDS = 300,
	LOOK_US = 500000,
};

void jobs_open(struct jobs *jobs, struct store *store, const struct job_kind *const *kinds, int count, void *context) {
	assert(count <= JOB_KINDS_MAX);
	*jobs = (struct jobs){ .store = store, .context = context, .count = count, .stepped_ms = monotonic_ms() };
	(void)owner_self(jobs->owner);
	for (int i = 0; i < count; i++) {
		int at = i;
		for (; at > 0 && jobs->kinds[at - 1]->priority < kinds[i]->priority; at--)
			jobs->kinds[at] = jobs->kinds[at - 1];
		jobs->kinds[at] = kinds[i];
	}
}

static bool adopt(struct jobs *jobs, struct error *err) {
	int64_t now = monotonic_ms();
	if (jobs->adopted && now - jobs->adopted_ms < ADOPT_EVERY_MS)
		return true;
	for (int i = 0; i < jobs->count; i++)
		if (jobs->kinds[i]->adopt && !jobs->kinds[i]->adopt(jobs->store, jobs->context, err))
			return false;
	jobs->adopted = true;
	jobs->adopted_ms = now;
	return true;
}

bool jobs_plan(struct jobs *jobs, struct error *err) {
	struct moment now = moment_now();
	for (int i = 0; i < jobs->count; i++)
		if (jobs->kinds[i]->plan && !jobs->kinds[i]->plan(jobs->store, now, jobs->context, err))
			return false;
	return adopt(jobs, err);
}

/* Compares the database's clock with ours. When it has been set, all leases seem to have ended at once, or to lie too
 * far ahead, though their holders are at work: these get a lease's time to renew them. So they do when this process
 * begins, which cannot know what happened to the clock before. */
static void watch_clock(struct jobs *jobs, struct moment now) {
	int64_t now_ms = monotonic_ms();
	if (!moment_is_set(now))
		return;
	int64_t step_ms = now.ms - jobs->seen.ms - (now_ms - jobs->seen_ms);
	if (jobs->has_seen && (step_ms > STEP_MS || step_ms < -STEP_MS))
		jobs->stepped_ms = now_ms;
	jobs->has_seen = true;
	jobs->seen = now;
	jobs->seen_ms = now_ms;
}

static bool lease_may_end(const struct jobs *jobs, const struct job *job) {
	return monotonic_ms() - jobs->stepped_ms >= job->lease_ms;
}

/* Requeues the jobs of holders that are gone, of every kind; the others remain in *held. */
static bool reap(struct jobs *jobs, struct arena *arena, struct job **held, int *count, struct error *err) {
	struct moment now;
	int seen;
	if (!jobs->has_seen) {
		if (!store_now(jobs->store, &now, err))
			return false;
		watch_clock(jobs, now);
	}
	if (!queue_list(jobs->store, JOB_HELD, NULL, HELD_SEEN, arena, held, &seen, &now, err))
		return false;
	jobs->reaped_ms = monotonic_ms();
	watch_clock(jobs, now);
	*count = 0;
	for (int i = 0; i < seen; i++) {
		struct job job = (*held)[i];
		bool won = false, is_gone = owner_is_gone(job.owner);
		if ((is_gone || lease_may_end(jobs, &job)) && job_lapse(&job, is_gone, now) &&
		    !queue_write(jobs->store, &job, &won, err))
			return false;
		if (!won)
			(*held)[(*count)++] = (*held)[i];
	}
	return true;
}

static bool lane_is_taken(const char *lane, const struct job *held, int count) {
	for (int i = 0; lane && i < count; i++)
		if (text_same(held[i].lane, lane))
			return true;
	return false;
}

/* What is queued of a program's kinds. */
struct waiting {
	struct job *jobs;
	int count;
	bool is_all; /* there are no others */
};

static bool is_any_due(const struct waiting *waiting, struct moment now) {
	for (int i = 0; i < waiting->count; i++)
		if (job_is_due(&waiting->jobs[i], now))
			return true;
	return false;
}

/* All kinds in one statement: mostly nothing waits. */
static bool look(struct jobs *jobs, struct job_run *run, struct waiting *waiting, struct error *err) {
	struct strings kinds = { arena_array(run->arena, const char *, jobs->count + 1), jobs->count };
	for (int i = 0; i < jobs->count; i++)
		kinds.items[i] = jobs->kinds[i]->name;
	if (!queue_list_kinds(jobs->store, &kinds, QUEUED_SEEN, run->arena, &waiting->jobs, &waiting->count, &run->now,
	                      err))
		return false;
	run->now_ms = monotonic_ms();
	waiting->is_all = waiting->count < QUEUED_SEEN;
	return true;
}

/* Claims the longest due job of a kind that nobody else takes first. */
static bool claim_of(struct jobs *jobs, struct job_run *run, struct waiting waiting, bool *claimed, struct error *err) {
	const struct job_kind *kind = run->kind;
	*claimed = false;
	if (!waiting.is_all && !queue_list(jobs->store, JOB_QUEUED, kind->name, CANDIDATES, run->arena, &waiting.jobs,
	                                   &waiting.count, &run->now, err))
		return false;
	if (!waiting.is_all)
		run->now_ms = monotonic_ms();
	for (int i = 0; i < waiting.count && !*claimed; i++) {
		if (strcmp(waiting.jobs[i].kind, kind->name) != 0)
			continue;
		run->job = waiting.jobs[i];
		if (job_claim(&run->job, jobs->owner, kind->lease_ms, kind->lane, run->now) &&
		    !queue_write(jobs->store, &run->job, claimed, err))
			return false;
	}
	return true;
}

static bool may_keep(const struct jobs *jobs) {
	return jobs->kept_count - jobs->idle_count < JOBS_KEPT_MAX && jobs->idle_count < JOBS_IDLE_MAX;
}

static bool claim(struct jobs *jobs, struct job_run *run, bool *claimed, struct error *err) {
	struct job *held;
	struct waiting waiting;
	int count;
	bool reaps = !jobs->reaped_ms || monotonic_ms() - jobs->reaped_ms >= REAP_MS;
	*claimed = false;
	if ((reaps && !reap(jobs, run->arena, &held, &count, err)) || !look(jobs, run, &waiting, err))
		return false;
	if (waiting.is_all && !is_any_due(&waiting, run->now))
		return true;
	if (!reaps && !reap(jobs, run->arena, &held, &count, err))
		return false;
	for (int i = 0; i < jobs->count && !*claimed; i++) {
		run->kind = jobs->kinds[i];
		if (lane_is_taken(run->kind->lane, held, count) || (run->kind->go_on && !may_keep(jobs)))
			continue;
		if (!claim_of(jobs, run, waiting, claimed, err))
			return false;
	}
	return true;
}

static bool change(struct job_run *run, struct job_change change, struct error *err) {
	bool changed;
	change.holder = run->holder;
	if (!queue_change(run->store, run->job.id, &change, run->arena, &run->job, &changed, err))
		return false;
	run->lost = !changed;
	run->cancelled = changed && run->job.cancel;
	return true;
}

static bool give_up(struct job_run *run, const char *why, struct error *err) {
	if (run->kind->give_up && !run->kind->give_up(run, why, err))
		return run->lost;
	return change(run, (struct job_change){ .verb = JOB_GIVE_UP, .words = why }, err);
}

static bool may_pass(enum error_kind kind) {
	return kind == ERROR_UNAVAILABLE || kind == ERROR_LIMITED || kind == ERROR_CONFLICT || kind == ERROR_FULL ||
	       kind == ERROR_FAULT;
}

static bool after_failure(struct job_run *run, const struct error *why, struct error *err) {
	const struct job_kind *kind = run->kind;
	const char *words = arena_copy(run->arena, why->text);
	bool last = kind->attempts_max > 0 && run->job.attempts >= kind->attempts_max;
	if (last || !may_pass(why->kind))
		return give_up(run, words, err);
	int64_t wait = job_wait(&kind->backoff, run->job.attempts, job_seed(&run->job));
	if (wait < why->retry_ms)
		wait = why->retry_ms;
	return change(run, (struct job_change){ .verb = JOB_RETRY, .wait_ms = wait, .words = words }, err);
}

static bool after_success(struct job_run *run, struct error *err) {
	if (run->keeps)
		return true;
	if (run->cancelled)
		return give_up(run, "it was cancelled", err);
	if (run->again)
		return change(run, (struct job_change){ .verb = JOB_RELEASE, .wait_ms = run->again_ms }, err);
	return change(run, (struct job_change){ .verb = JOB_FINISH, .words = run->result }, err);
}

static const char *why_spent(const struct job_run *run) {
	if (run->job.cancel)
		return "it was cancelled";
	return run->job.problem ? run->job.problem : "it was started too often";
}

/* The job's own error goes to the log, unless somebody else has taken the job: then it is theirs. */
static bool carry_on(struct job_run *run, bool (*part)(struct job_run *, struct error *), struct error *err) {
	struct error why = ERROR_INIT, outcome = ERROR_INIT;
	bool fine = part(run, &why);
	run->keeps &= fine && !run->lost;
	if (run->lost)
		return true;
	bool stored = fine ? after_success(run, &outcome) : after_failure(run, &why, &outcome);
	if (run->lost || (fine && stored))
		return true;
	*err = fine ? outcome : why;
	return error_note(err, "%s %s", run->kind->name, run->job.subject ? run->job.subject : run->job.id);
}

static bool carry_out(struct job_run *run, struct error *err) {
	if (job_is_spent(&run->job, run->kind->attempts_max))
		return give_up(run, why_spent(run), err);
	return carry_on(run, run->kind->run, err);
}

static void begin(struct jobs *jobs, struct job_run *run) {
	run->jobs = jobs;
	run->store = jobs->store;
	run->context = jobs->context;
	run->holder = (struct job_holder){ jobs->owner, run->job.fence };
	run->extended_ms = monotonic_ms();
}

/* A run that is over takes its memory with it. */
static void keep_or_end(struct jobs *jobs, struct job_run *run) {
	if (!run->keeps) {
		arena_free(run->arena);
		return;
	}
	run->next = jobs->kept;
	jobs->kept = run;
	jobs->kept_count++;
	jobs->idle_count += run->idles;
}

/* All of them, each once; the first error ends the turn, the others have theirs at the next one. */
static bool go_on_with_kept(struct jobs *jobs, struct error *err) {
	struct job_run *runs = jobs->kept, *run;
	int64_t patience = PATIENCE_MS / (jobs->kept_count ? jobs->kept_count : 1);
	bool fine = true;
	jobs->kept = NULL;
	jobs->kept_count = jobs->idle_count = 0;
	while ((run = runs)) {
		runs = run->next;
		if (fine) {
			run->keeps = run->idles = false;
			run->patience_ms = patience;
			run->now = job_now(run);
			run->now_ms = monotonic_ms();
			fine = carry_on(run, run->kind->go_on, err);
		}
		keep_or_end(jobs, run);
	}
	return fine;
}

static bool take_one(struct jobs *jobs, bool *worked, struct error *err) {
	struct arena *arena = arena_new();
	struct job_run *run = arena_new_of(arena, struct job_run);
	run->arena = arena;
	bool fine = claim(jobs, run, worked, err);
	if (fine && *worked) {
		begin(jobs, run);
		fine = carry_out(run, err);
	}
	keep_or_end(jobs, run);
	return fine;
}

/* Should anything below wait for ever, as libmongoc did (core/store/store.c), the kernel ends a program that neither
 * turns nor beats for so long, and the keeper starts it again. */
static void prove_life(int64_t lease_ms) {
	int64_t seconds = 2 * lease_ms / SECOND_MS;
	(void)alarm((unsigned)(seconds > STUCK_SECONDS ? seconds : STUCK_SECONDS));
}

bool jobs_turn(struct jobs *jobs, bool *worked, struct error *err) {
	*worked = true;
	prove_life(0);
	if (!go_on_with_kept(jobs, err) || !take_one(jobs, worked, err))
		return false;
	*worked |= jobs->kept_count > 0;
	return true;
}

bool jobs_close(struct jobs *jobs, int64_t ms, struct error *err) {
	int64_t until = monotonic_ms() + ms;
	bool fine = true;
	jobs->closing = true;
	while (fine && jobs->kept && monotonic_ms() < until)
		fine = go_on_with_kept(jobs, err);
	for (struct job_run *run; (run = jobs->kept); arena_free(run->arena))
		jobs->kept = run->next;
	jobs->kept_count = jobs->idle_count = 0;
	return fine;
}

static bool beat(struct job_run *run, const char *progress, struct error *err) {
	int64_t now = monotonic_ms();
	prove_life(run->kind->lease_ms);
	if (!run->lost && !progress && now - run->extended_ms < run->kind->lease_ms / BEATS)
		return true;
	if (!run->lost && !change(run, (struct job_change){ .verb = JOB_EXTEND, .words = progress }, err))
		return false;
	run->extended_ms = now;
	return !run->lost || error_set(err, ERROR_CONFLICT, "another process has taken job %s", run->job.id);
}

/* What goes wrong with another run is found by that one, at its next beat. */
bool job_beat(struct job_run *run, const char *progress, struct error *err) {
	for (struct job_run *kept = run->jobs->kept; kept; kept = kept->next) {
		struct error ignored = ERROR_INIT;
		(void)beat(kept, NULL, &ignored);
	}
	return beat(run, progress, err);
}

void job_keep(struct job_run *run) {
	run->keeps = true;
}

void job_idle(struct job_run *run) {
	run->keeps = run->idles = true;
}

void job_go_on(struct job_run *run) {
	if (run->jobs->closing)
		job_again(run, 0);
	else
		job_keep(run);
}

struct fenced {
	int64_t fence;
};
static const struct field fenced_fields[] = { FIELD(struct fenced, fence) };
static const struct record_type fenced_record = RECORD_TYPE("Fenced", struct fenced, fenced_fields);

/* A fence is the time of a claim, or more. One in the future is of a job before the clock was set back: as long as this
 * job is ours, it gets a higher one. */
static bool outrank(struct job_run *run, const char *collection, const char *id, bool *admitted, struct error *err) {
	struct fenced document;
	struct moment now;
	bool found, won;
	if (!store_find_now(run->store, collection, FILTER(by_id(id)), &fenced_record, run->arena, &document, &found, &now,
	                    err))
		return false;
	if (!found || document.fence <= now.ms)
		return true;
	if (!queue_raise(run->store, run->job.id, document.fence + 1, &run->holder, &won, err))
		return false;
	run->job.fence = run->holder.fence;
	return !won || queue_admit(run->store, collection, id, run->holder.fence, admitted, err);
}

bool job_admit(struct job_run *run, const char *collection, const char *id, struct error *err) {
	bool admitted;
	if (!queue_admit(run->store, collection, id, run->holder.fence, &admitted, err) ||
	    (!admitted && !outrank(run, collection, id, &admitted, err)))
		return false;
	return admitted || error_set(err, ERROR_CONFLICT, "another process has taken job %s", run->job.id);
}

struct moment job_now(const struct job_run *run) {
	return moment_add(run->now, monotonic_ms() - run->now_ms);
}

void job_again(struct job_run *run, int64_t wait_ms) {
	run->again = true;
	run->again_ms = wait_ms;
}

bool job_is_outranked(struct job_run *run, bool *outranked, struct error *err) {
	ARENA_AUTO arena = arena_new();
	*outranked = false;
	for (int i = 0; i < run->jobs->count && !*outranked; i++) {
		const struct job_kind *kind = run->jobs->kinds[i];
		struct moment now;
		struct job *first;
		int count;
		if (kind->priority <= run->kind->priority)
			break;
		if (!queue_list(run->store, JOB_QUEUED, kind->name, 1, arena, &first, &count, &now, err))
			return false;
		*outranked = count > 0 && job_is_due(first, now);
	}
	return true;
}

/* Would the lane be free but for a holder who gets time to renew? */
static bool lane_may_end(const struct jobs *jobs, const char *lane, const struct job *held, int count) {
	for (int i = 0; i < count; i++)
		if (text_same(held[i].lane, lane))
			return !lease_counts(held[i].lease_until, held[i].lease_ms, jobs->seen);
	return false;
}

bool jobs_hold(struct jobs *jobs, const struct job_kind *kind, struct job_run *run, struct error *err) {
	const struct job_request request = { .kind = kind->name };
	struct job *held;
	int count;
	bool won;
	for (;; (void)usleep(LOOK_US)) {
		if (!reap(jobs, run->arena, &held, &count, err))
			return false;
		if (!lane_may_end(jobs, kind->lane, held, count))
			break;
	}
	if (!queue_ask_held(jobs->store, &request, jobs->owner, kind->lease_ms, kind->lane, run->arena, &run->job, &won,
	                    err))
		return false;
	run->kind = kind;
	run->now = run->job.asked_at;
	run->now_ms = monotonic_ms();
	begin(jobs, run);
	return won || error_set(err, ERROR_CONFLICT, "%s is held by another process", kind->lane);
}

bool jobs_let_go(struct job_run *run, struct error *err) {
	return run->lost || change(run, (struct job_change){ .verb = JOB_FINISH }, err);
}
