/* The job of a file of suppressions: a batch a turn, kept in between, so that others go on beside it. */
#include "console/suppression_import_job.h"

#include "console/suppression_import.h"

static bool find_open(struct job_run *run, struct suppression_import *import, bool *open, struct error *err) {
	struct error why = ERROR_INIT;
	*open = suppression_import_need(run->store, run->job.subject, run->arena, import, &why);
	if (!*open && why.kind != ERROR_MISSING) {
		*err = why;
		return false;
	}
	*open = *open && (import->state == SUPPRESSIONS_QUEUED || import->state == SUPPRESSIONS_RUNNING);
	if (!*open)
		return true;
	import->fence = run->holder.fence;
	return job_admit(run, "suppression_imports", import->id, err);
}

static bool save(struct job_run *run, const struct suppression_import *import, bool *stopped, struct error *err) {
	bool held;
	return suppression_import_save(run->store, import, stopped, &held, err) &&
	       (held || error_set(err, ERROR_CONFLICT, "another process has taken import %s", import->id));
}

/* What was read is kept, also if the rest cannot be. */
static bool end(struct job_run *run, struct suppression_import *import, const char *problem, struct error *err) {
	import->state = problem ? SUPPRESSIONS_FAILED : SUPPRESSIONS_DONE;
	import->problem = problem;
	import->ended_at = job_now(run);
	bool stopped;
	return save(run, import, &stopped, err);
}

static bool go_on(struct job_run *run, struct error *err) {
	struct suppression_import *import = run->state, next;
	struct error why = ERROR_INIT;
	bool over = false, stopped;
	if (!job_beat(run, NULL, err))
		return false;
	next = *import;
	if (!suppression_import_batch(run->store, &next, run->arena, &over, &why)) {
		if (why.kind == ERROR_INVALID || why.kind == ERROR_TOO_LARGE)
			return end(run, &next, arena_copy(run->arena, why.text), err);
		*err = why;
		return false;
	}
	next.state = SUPPRESSIONS_RUNNING;
	if (over)
		return end(run, &next, NULL, err);
	if (!save(run, &next, &stopped, err) || stopped)
		return stopped;
	*import = next;
	job_go_on(run);
	return true;
}

static bool begin(struct job_run *run, struct error *err) {
	struct suppression_import *import = arena_new_of(run->arena, struct suppression_import);
	bool open;
	if (!find_open(run, import, &open, err) || !open)
		return !open;
	run->state = import;
	job_keep(run);
	return true;
}

static bool give_up(struct job_run *run, const char *why, struct error *err) {
	struct suppression_import import;
	bool open;
	if (!find_open(run, &import, &open, err) || !open)
		return !open;
	return end(run, &import, text_same(why, JOB_DIED) ? "The program that imports was ended several times" : why, err);
}

const struct job_kind suppression_import_job = {
	.name = SUPPRESSION_IMPORT_JOB,
	.run = begin,
	.go_on = go_on,
	.give_up = give_up,
	.adopt = suppression_imports_adopt,
	.lease_ms = 60 * SECOND_MS,
	.attempts_max = 20,
	.priority = 2,
	.lane = "suppressions",
	.backoff = { SECOND_MS, 30 * SECOND_MS },
};
