/* What imports keep of people who are erased. */
#include "audience/importing/forget.h"

#include <string.h>

#include "audience/contacts/contact.h"
#include "audience/importing/batch.h"
#include "audience/importing/line.h"
#include "audience/importing/read.h"
#include "audience/suppression/suppression.h"
#include "core/base/log.h"

static const char IMPORTS[] = "imports";

enum { WAITING_MAX = 1000, AT_ONCE = 20, LINES_AT_ONCE = 500, LEASE_MS = 60000 };

/* Files that nobody has decided about, or that may fail and then wait. */
#define WAITING in_texts("state", TEXTS("mapping", "checking", "checked", "failed", "queued", "running"))

/* Its lines of rows that did not say who they are may name somebody in any cell. */
#define HAS_LINES gt_count("counts.rejected", 0)

/* An import whose lines, and file if that waits, are to be looked through. */
struct asked {
	const char *id;
	struct moment forget_at; /* when somebody was erased last; absent: they name nobody who was */
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
	int64_t line; /* row of the last line that was looked at */
	bool lines_ended;
};

static bool ask(struct store *store, const char *import_id, struct arena *arena, struct error *err) {
	const char *id;
	bool already;
	const struct job_request request = { import_forget_job.name, arena_print(arena, "import_forget %s", import_id),
		                                 import_id, 0 };
	return queue_ask(store, &request, arena, &id, &already, err);
}

/* Files that wait first: what they say of somebody may still be imported. */
static bool ask_some(struct store *store, int limit, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct asked *asked;
	int count;
	bool fine = store_list(store, IMPORTS, FILTER(is_present("forget_at")), SORT(desc("pieces"), asc("_id")), limit,
	                       &asked_record, arena, (void **)&asked, &count, err);
	for (int i = 0; fine && i < count; i++)
		fine = ask(store, asked[i].id, arena, err);
	return fine;
}

static bool adopt(struct store *store, void *context, struct error *err) {
	(void)context;
	return ask_some(store, WAITING_MAX, err);
}

bool import_forget(struct store *store, const struct strings *ids, const struct strings *keys, struct moment now,
                   struct error *err) {
	return import_line_forget(store, ids, keys, err) &&
	       (keys->count == 0 ||
	        (store_update_all(store, IMPORTS, FILTER(ANY_OF(ALL_OF(WAITING, gt_count("pieces", 0)), HAS_LINES)),
	                          UPDATE(set_moment("forget_at", now)), err) &&
	         ask_some(store, AT_ONCE, err)));
}

/* --- lines --- */

/* The addresses and numbers in a cell. */
static void add_named(struct strings *keys, const char *cell, struct arena *arena) {
	static const char between[] = " \t\r\n,;:<>()[]\"'|/";
	for (const char *at = cell + strspn(cell, between); *at; at += strspn(at, between)) {
		size_t size = strcspn(at, between);
		const char *end = at + size;
		while (size > 1 && at[size - 1] == '.')
			size--;
		const char *word = arena_copy_bytes(arena, at, size), *key = *word == '+' ? word : contact_norm(arena, word);
		if (key && strpbrk(word, "@+"))
			keys->items[keys->count++] = key;
		at = end;
	}
}

static int most_named(const struct import_line *line) {
	int count = 0;
	for (int i = 0; i < line->cells.count; i++)
		for (const char *at = line->cells.items[i]; *at; at++)
			count += *at == '@' || *at == '+';
	return count;
}

/* Does a row that did not say who it is name somebody who was erased? */
static bool line_names_erased(struct store *store, const struct import_line *line, bool *named, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct strings keys = { arena_array(arena, const char *, most_named(line) + 1), 0 };
	struct suppression *rows;
	int count;
	*named = false;
	for (int i = 0; i < line->cells.count; i++)
		add_named(&keys, line->cells.items[i], arena);
	if (keys.count == 0)
		return true;
	if (!suppression_find(store, &keys, arena, &rows, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		*named |= rows[i].reason == SUPPRESSION_ERASED;
	return true;
}

/* The next lines of the import. */
static bool look_at_lines(struct looking *looking, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct store *store = looking->work.store;
	struct strings gone = { arena_array(arena, const char *, LINES_AT_ONCE), 0 };
	struct import_line *lines;
	int count;
	if (!import_line_list(store, looking->work.import.id, looking->line, 0, LINES_AT_ONCE, arena, &lines, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		bool named = false;
		if (!lines[i].key && !line_names_erased(store, &lines[i], &named, err))
			return false;
		if (named)
			gone.items[gone.count++] = lines[i].id;
		looking->line = lines[i].row;
	}
	looking->lines_ended = count < LINES_AT_ONCE;
	return import_line_drop(store, &gone, err);
}

/* --- the file --- */

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

static bool waits(const struct import *import) {
	return import->pieces > 0 && (import->state == IMPORT_MAPPING || import->state == IMPORT_CHECKING ||
	                              import->state == IMPORT_CHECKED || import->state == IMPORT_FAILED);
}

/* A part of it. *over: that was all. */
static bool look_on(struct job_run *run, struct looking *looking, bool *over, struct error *err) {
	struct import *import = &looking->work.import;
	bool named = false;
	if (!looking->lines_ended) {
		bool fine = look_at_lines(looking, err);
		*over = looking->lines_ended && !waits(import);
		return fine;
	}
	if (!look(looking, &named, err) || (named && !drop(run, import, err)))
		return false;
	*over = named || looking->work.ended;
	return true;
}

static bool go_on(struct job_run *run, struct error *err) {
	struct looking *looking = run->state;
	bool over;
	if (!job_beat(run, NULL, err) || !look_on(run, looking, &over, err))
		return false;
	if (over)
		return end(run, looking->work.import.id, looking->asked_at, err);
	if (run->jobs->closing)
		job_again(run, 0);
	else if (!run->cancelled)
		job_keep(run);
	return true;
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
