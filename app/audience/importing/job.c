/* The jobs of imports. A run does one batch a turn and is kept in between, so that others go on beside it. */
#include "audience/importing/job.h"

#include <unistd.h>

#include "audience/fields/definition.h"
#include "audience/import/survey.h"
#include "audience/importing/domains.h"
#include "audience/importing/line.h"
#include "audience/importing/undoing.h"
#include "core/process/settings.h"
#include "core/store/clock.h"
#include "core/store/version.h"

enum { BUMP_MS = 3000, NAP_MS = 50, WAITING_DAYS = 7, WORKED_AT_ONCE = 100 };

static const char IMPORTS[] = "imports";

enum phase { PHASE_SURVEY, PHASE_DOMAINS, PHASE_RECALL, PHASE_ROWS, PHASE_UNDO };

struct running {
	struct import_work work;
	enum phase phase;
	struct import_survey survey;
	struct row_reader *reader; /* of the survey */
	struct import_place recalled;
	int64_t bumped_ms;
};

static bool survey_row(void *context, const struct rows_row *row) {
	struct running *running = context;
	survey_add(&running->survey, row);
	if (running->work.domains)
		import_domains_add(running->work.domains, &running->work.mapping, row);
	return true;
}

static bool lose(struct job_run *run, struct error *err) {
	return error_set(err, ERROR_CONFLICT, "another process has taken import %s", run->job.subject);
}

static bool step(struct job_run *run, struct running *running, enum import_step step, const struct members *with,
                 struct error *err) {
	bool taken;
	return import_step_held(run->store, &running->work.import, step, with, run->holder.fence, run->arena, &taken,
	                        err) &&
	       (taken || lose(run, err));
}

static bool drop_file(struct store *store, const char *id, struct error *err) {
	bool matched;
	return import_file_drop(store, id, err) &&
	       store_update(store, IMPORTS, FILTER(by_id(id)), UPDATE(set_count("pieces", 0)), &matched, err);
}

/* The order of day and month that somebody has chosen counts where the values tell none. */
static void end_survey(struct running *running) {
	struct import_work *work = &running->work;
	struct import_mapping before = work->mapping;
	const struct import_stored_column *columns = work->import.columns.items;
	survey_settle(&running->survey, &work->mapping);
	for (int i = 0; i < before.count; i++) {
		if (!columns[i].by_hand)
			continue;
		if (work->mapping.columns[i].order == DATE_UNKNOWN)
			work->mapping.columns[i].order = before.columns[i].order;
		if (!work->mapping.columns[i].decimal)
			work->mapping.columns[i].decimal = before.columns[i].decimal;
	}
	work->import.rows = running->survey.rows;
	import_put_mapping(&work->import, &work->mapping, work->arena);
	pieces_seek(work->file, 0);
	running->phase = work->domains ? PHASE_DOMAINS : PHASE_ROWS;
	running->reader = NULL;
}

/* A piece of the file. */
static bool survey(struct job_run *run, struct running *running, struct error *err) {
	struct import_work *work = &running->work;
	const struct rows_place first = import_place(&work->import.first);
	const char *bytes;
	size_t size;
	if (!running->reader) {
		running->reader = rows_open(run->arena, &work->format, &first, survey_row, running, err);
		pieces_seek(work->file, first.offset);
	}
	if (!running->reader || !pieces_read(work->file, &bytes, &size, err))
		return false;
	if (size > 0)
		return rows_feed(running->reader, bytes, size, err);
	if (!rows_finish(running->reader, err))
		return false;
	end_survey(running);
	return !work->domains || import_domains_ask(work->domains, run->store, job_now(run), err);
}

/* Their look-ups are another job of this program, which has its turns in between. */
static bool wait_for_domains(struct job_run *run, struct running *running, struct error *err) {
	bool waits;
	if (!import_domains_wait(running->work.domains, run->store, &waits, err))
		return false;
	if (waits)
		(void)usleep(NAP_MS * 1000);
	else
		running->phase = PHASE_ROWS;
	return true;
}

static bool bump(struct job_run *run, struct running *running, bool now, struct error *err) {
	if (!now && monotonic_ms() - running->bumped_ms < BUMP_MS)
		return true;
	running->bumped_ms = monotonic_ms();
	return version_bump(run->store, REALM_PEOPLE, err);
}

static void tell_columns(struct import_work *work) {
	struct import_stored_column *columns = work->import.columns.items;
	for (int i = 0; i < work->import.columns.count; i++)
		columns[i].told = tally_told(work->arena, work->tally, &work->mapping, i,
		                             work->import.country ? work->import.country : "");
}

static bool end_check(struct job_run *run, struct running *running, struct error *err) {
	tell_columns(&running->work);
	running->work.import.problem = NULL;
	return step(run, running, STEP_CHECKED,
	            ONLY("expected", "repeated", "bad_domains", "shown", "columns", "rows", "looked_at", "problem"), err);
}

static bool end_import(struct job_run *run, struct running *running, struct error *err) {
	running->work.import.ended_at = job_now(run);
	import_clear_people(&running->work.import);
	return step(run, running, STEP_FINISH,
	            ONLY("ended_at", "looked_at", "counts", "bad_domains", "at", "columns", "shown"), err) &&
	       drop_file(run->store, running->work.import.id, err) && bump(run, running, true, err);
}

static bool end_undo(struct job_run *run, struct running *running, struct error *err) {
	running->work.import.undone_at = job_now(run);
	return step(run, running, STEP_RESTORED, ONLY("undone_at", "removed", "restored", "kept"), err) &&
	       drop_file(run->store, running->work.import.id, err) && bump(run, running, true, err);
}

/* One batch. *over: nothing is left, or somebody has stopped it. */
static bool do_rows(struct job_run *run, struct running *running, struct arena *arena, bool *over, struct error *err) {
	struct import_work *work = &running->work;
	bool going = true;
	if (!import_batch(work, arena, err))
		return false;
	if (!work->writes) {
		*over = work->ended;
		return !*over || end_check(run, running, err);
	}
	if (!import_save_progress(run->store, &work->import, run->holder.fence, &going, err) ||
	    !bump(run, running, !going, err))
		return false;
	*over = work->ended || !going;
	return !work->ended || !going || end_import(run, running, err);
}

static bool do_undo(struct job_run *run, struct running *running, struct arena *arena, bool *over, struct error *err) {
	bool going;
	return import_undo_batch(&running->work, arena, over, err) &&
	       import_save_progress(run->store, &running->work.import, run->holder.fence, &going, err) &&
	       bump(run, running, false, err) && (!*over || end_undo(run, running, err));
}

static bool recall(struct running *running, struct arena *arena, struct error *err) {
	bool done;
	if (!import_recall(&running->work, &running->recalled, running->work.import.at.row, arena, &done, err))
		return false;
	if (done)
		running->phase = PHASE_ROWS;
	return true;
}

static bool go_on(struct job_run *run, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct running *running = run->state;
	bool over = false, fine = false;
	if (!job_beat(run, NULL, err))
		return false;
	running->work.now = job_now(run);
	running->work.reading.now = running->work.now;
	switch (running->phase) {
	case PHASE_SURVEY:
		fine = survey(run, running, err);
		break;
	case PHASE_DOMAINS:
		fine = wait_for_domains(run, running, err);
		break;
	case PHASE_RECALL:
		fine = recall(running, arena, err);
		break;
	case PHASE_ROWS:
		fine = do_rows(run, running, arena, &over, err);
		break;
	case PHASE_UNDO:
		fine = do_undo(run, running, arena, &over, err);
		break;
	}
	if (fine && !over && !run->cancelled && !run->jobs->closing)
		job_keep(run);
	else if (fine && !over && run->jobs->closing)
		job_again(run, 0);
	return fine;
}

/* The job's import, if it is still in a state that the job is for. */
static bool find_open(struct job_run *run, struct import *import, bool *open, struct error *err) {
	bool check = text_same(run->kind->name, IMPORT_CHECK_JOB);
	if (!import_find(run->store, run->job.subject, run->arena, import, open, err))
		return false;
	*open = *open && import_is_worked((enum import_state)import->state) && (import->state == IMPORT_CHECKING) == check;
	return !*open || job_admit(run, IMPORTS, import->id, err);
}

static void begin_counting(struct import *import, struct arena *arena) {
	import->expected = (struct import_counts){ 0 };
	import->repeated = import->bad_domains = 0;
	import->looked_at = 0;
	import->at = import->first;
	import->shown = (struct rows){ arena_array(arena, struct import_shown, IMPORT_SHOWN_ROWS + 1), 0 };
}

static void begin_rows(struct job_run *run, struct running *running) {
	struct import_work *work = &running->work;
	struct import *import = &work->import;
	work->writes = import->state != IMPORT_CHECKING;
	if (!work->writes) {
		begin_counting(import, run->arena);
		work->tally = arena_new_of(run->arena, struct import_tally);
	} else if (import->state == IMPORT_QUEUED && !moment_is_set(import->started_at)) {
		import->at = import->first;
		import->counts = (struct import_counts){ 0 };
		import->looked_at = import->bad_domains = 0;
		import->started_at = run->now;
	}
	running->recalled = import->first;
	work->resumed = work->writes;
	bool surveyed = import->rows != COUNT_NONE && work->writes;
	running->phase = !surveyed ? PHASE_SURVEY : import->at.row > import->first.row ? PHASE_RECALL : PHASE_ROWS;
	import_work_begin(work, run->arena);
	if (((const struct settings *)run->context)->validate_domains)
		work->domains = import_domains_new(run->arena);
}

static bool begin(struct job_run *run, struct error *err) {
	struct running *running = arena_new_of(run->arena, struct running);
	struct import *import = &running->work.import;
	bool open;
	if (!find_open(run, import, &open, err) || !open)
		return !open;
	run->state = running;
	running->work.store = run->store;
	running->work.now = run->now;
	if (import->state == IMPORT_UNDOING) {
		running->phase = PHASE_UNDO;
		running->work.arena = run->arena;
	} else {
		begin_rows(run, running);
		if (!definition_list(run->store, run->arena, &running->work.definitions, err))
			return false;
	}
	if (running->work.writes &&
	    !step(run, running, STEP_RUN, ONLY("started_at", "at", "counts", "bad_domains", "looked_at"), err))
		return false;
	if (running->work.writes)
		import->state = IMPORT_RUNNING;
	job_keep(run);
	return true;
}

static bool give_up(struct job_run *run, const char *why, struct error *err) {
	struct import import;
	bool open, taken;
	if (!find_open(run, &import, &open, err) || !open || import.state == IMPORT_UNDOING)
		return !open || import.state == IMPORT_UNDOING;
	import.problem = text_same(why, JOB_DIED) ? "The program that imports was ended several times" : why;
	import.ended_at = run->now;
	enum import_step step = import.state == IMPORT_CHECKING ? STEP_REFUSE : STEP_FAIL;
	return import_step_held(run->store, &import, step, ONLY("problem", "ended_at"), run->holder.fence, run->arena,
	                        &taken, err);
}

static bool ask_all(struct store *store, struct arena *arena, struct error *err) {
	struct import *open;
	int count;
	bool fine = store_list(store, IMPORTS, FILTER(in_texts("state", TEXTS("checking", "queued", "running", "undoing"))),
	                       SORT(asc("_id")), WORKED_AT_ONCE, &import_record, arena, (void **)&open, &count, err);
	for (int i = 0; fine && i < count; i++)
		fine = import_ask_job(store, open[i].id, (enum import_state)open[i].state, arena, err);
	return fine;
}

/* Files that nobody has decided about for a week, or that a crash has left. */
static bool drop_files(struct store *store, struct moment now, struct arena *arena, struct error *err) {
	struct import *old;
	int count;
	const struct filter *ended = FILTER(gt_count("pieces", 0),
	                                    in_texts("state", TEXTS("done", "stopped", "dropped", "undone")));
	const struct filter *waiting = FILTER(in_texts("state", TEXTS("mapping", "checked", "failed")),
	                                      lt_moment("created_at", moment_add(now, -WAITING_DAYS * DAY_MS)));
	if (!store_list(store, IMPORTS, waiting, NULL, WORKED_AT_ONCE, &import_record, arena, (void **)&old, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		import_clear_people(&old[i]);
		if (!import_step(store, &old[i], STEP_STOP, ONLY("columns", "shown"), arena, err))
			return false;
	}
	if (!store_list(store, IMPORTS, ended, NULL, WORKED_AT_ONCE, &import_record, arena, (void **)&old, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!drop_file(store, old[i].id, err))
			return false;
	return import_file_drop_lost(store, moment_add(now, -DAY_MS), err);
}

static bool adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct moment now;
	(void)context;
	return store_now(store, &now, err) && ask_all(store, arena, err) && drop_files(store, now, arena, err) &&
	       import_line_drop_old(store, moment_add(now, -(IMPORT_UNDO_DAYS + 1) * DAY_MS), err);
}

const struct job_kind import_check_job = {
	.name = IMPORT_CHECK_JOB,
	.run = begin,
	.go_on = go_on,
	.give_up = give_up,
	.lease_ms = 60 * SECOND_MS,
	.attempts_max = 5,
	.priority = 2,
	.backoff = { SECOND_MS, 30 * SECOND_MS },
};

const struct job_kind import_job = {
	.name = IMPORT_JOB,
	.run = begin,
	.go_on = go_on,
	.give_up = give_up,
	.adopt = adopt,
	.lease_ms = 60 * SECOND_MS,
	.attempts_max = 20,
	.priority = 1,
	.lane = "import",
	.backoff = { SECOND_MS, 30 * SECOND_MS },
};
