/* What imports keep of people who are erased. */
#include "audience/importing/forget.h"

#include "audience/importing/batch.h"
#include "audience/importing/line.h"
#include "audience/importing/read.h"
#include "audience/suppression/suppression.h"
#include "core/base/log.h"

static const char IMPORTS[] = "imports";

enum { WAITING_MAX = 1000, LEASE_MS = 60000 };

/* Files that nobody has decided about, or that may fail and then wait. */
#define WAITING in_texts("state", TEXTS("mapping", "checking", "checked", "failed", "queued", "running"))

/* An import whose file is to be looked through. */
struct asked {
	const char *id;
	struct moment forget_at; /* when somebody was erased last; absent: its file names nobody who was */
};
static const struct field asked_fields[] = {
	FIELD(struct asked, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct asked, forget_at),
};
static const struct record_type asked_record = RECORD_TYPE("AskedImport", struct asked, asked_fields);

struct looking {
	struct import_work work;
	struct import_place place;
	struct moment asked_at;
};

static bool ask(struct store *store, const char *import_id, struct arena *arena, struct error *err) {
	const char *id;
	bool already;
	const struct job_request request = { import_forget_job.name, arena_print(arena, "import_forget %s", import_id),
		                                 import_id, 0 };
	return queue_ask(store, &request, arena, &id, &already, err);
}

static bool adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct asked *asked;
	int count;
	bool fine = store_list(store, IMPORTS, FILTER(is_present("forget_at")), SORT(asc("_id")), WAITING_MAX,
	                       &asked_record, arena, (void **)&asked, &count, err);
	(void)context;
	for (int i = 0; fine && i < count; i++)
		fine = ask(store, asked[i].id, arena, err);
	return fine;
}

bool import_forget(struct store *store, const struct strings *ids, const struct strings *keys, struct moment now,
                   struct error *err) {
	return import_line_forget(store, ids, keys, err) &&
	       (keys->count == 0 || (store_update_all(store, IMPORTS, FILTER(WAITING, gt_count("pieces", 0)),
	                                              UPDATE(set_moment("forget_at", now)), err) &&
	                             adopt(store, NULL, err)));
}

/* Was somebody of this part of the file erased after it was uploaded? */
static bool names_erased(struct looking *looking, const struct batch *batch, bool *named, struct error *err) {
	struct strings keys = { arena_array(batch->arena, const char *, 2 * batch->count + 1), 0 };
	struct suppression *rows;
	int count;
	for (int i = 0; i < batch->count; i++) {
		const struct batch_row *row = &batch->rows[i];
		if (row->identity)
			keys.items[keys.count++] = row->identity;
		if (row->row.texts[MEMBER_PHONE])
			keys.items[keys.count++] = row->row.texts[MEMBER_PHONE];
	}
	if (!suppression_find(looking->work.store, &keys, batch->arena, &rows, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		*named |= rows[i].reason == SUPPRESSION_ERASED && rows[i].at.ms >= looking->work.import.created_at.ms;
	return true;
}

/* A part of the file. One that cannot be read to its end is taken to name them. */
static bool look(struct looking *looking, bool *named, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct batch *batch = arena_new_of(arena, struct batch);
	batch->arena = arena;
	batch->limit = IMPORT_BATCH;
	if (!import_read(&looking->work, &looking->place, batch, err)) {
		*named = err->kind == ERROR_INVALID || err->kind == ERROR_TOO_LARGE || err->kind == ERROR_MISSING;
		return *named;
	}
	looking->place = batch->next;
	return names_erased(looking, batch, named, err);
}

static bool drop(struct job_run *run, struct import *import, struct error *err) {
	import->problem = "Somebody who is named in the file was erased. Upload it again without them";
	import->ended_at = job_now(run);
	import_clear_people(import);
	run->result = "dropped";
	return import_step(run->store, import, STEP_STOP, ONLY("problem", "ended_at", "columns", "shown"), run->arena,
	                   err) &&
	       import_file_drop(run->store, import->id, err);
}

/* Unless somebody was erased meanwhile: then the file is looked through once more. */
static bool end(struct job_run *run, const char *id, struct moment asked_at, struct error *err) {
	bool matched;
	if (!store_update(run->store, IMPORTS, FILTER(by_id(id), eq_moment("forget_at", asked_at)),
	                  UPDATE(unset("forget_at")), &matched, err))
		return false;
	if (!matched)
		job_again(run, 0);
	return true;
}

static bool go_on(struct job_run *run, struct error *err) {
	struct looking *looking = run->state;
	struct import *import = &looking->work.import;
	bool named = false;
	if (!job_beat(run, NULL, err) || !look(looking, &named, err))
		return false;
	if (named && !drop(run, import, err))
		return false;
	if (named || looking->work.ended)
		return end(run, import->id, looking->asked_at, err);
	if (run->jobs->closing)
		job_again(run, 0);
	else if (!run->cancelled)
		job_keep(run);
	return true;
}

static bool waits(const struct import *import) {
	return import->state == IMPORT_MAPPING || import->state == IMPORT_CHECKING || import->state == IMPORT_CHECKED ||
	       import->state == IMPORT_FAILED;
}

/* One that is imported by now leaves them out, and its file goes with the last row. */
static bool begin(struct job_run *run, struct error *err) {
	struct looking *looking = arena_new_of(run->arena, struct looking);
	struct import *import = &looking->work.import;
	struct asked asked;
	bool found, is_asked;
	if (!import_find(run->store, run->job.subject, run->arena, import, &found, err) ||
	    !store_find(run->store, IMPORTS, FILTER(by_id(run->job.subject), is_present("forget_at")), NULL, &asked_record,
	                run->arena, &asked, &is_asked, err))
		return false;
	if (!found || !is_asked)
		return true;
	if (import->state == IMPORT_QUEUED || import->state == IMPORT_RUNNING) /* until it is known how it ends */
		return true;
	if (!waits(import))
		return end(run, import->id, asked.forget_at, err);
	run->state = looking;
	looking->asked_at = asked.forget_at;
	looking->place = import->first;
	looking->work.store = run->store;
	looking->work.now = run->now;
	import_work_begin(&looking->work, run->arena);
	job_keep(run);
	return true;
}

const struct job_kind import_forget_job = {
	.name = "import_forget",
	.run = begin,
	.go_on = go_on,
	.adopt = adopt,
	.lease_ms = LEASE_MS,
	.priority = 3,
	.backoff = { SECOND_MS, LEASE_MS },
};
