/* Importing suppressions. */
#include "console/suppression_import.h"

#include <string.h>

#include "audience/contacts/own.h"
#include "audience/contacts/suppressing.h"
#include "audience/import/address.h"
#include "audience/import/clean.h"
#include "audience/import/mapping.h"
#include "core/jobs/queue.h"

enum { AT_ONCE = 500, PROBLEMS = 50, WAITING_MAX = 20, KEPT_DAYS = 30 };

static const char IMPORTS[] = "suppression_imports";

/* It has not ended. */
#define IS_OPEN in_texts("state", TEXTS("queued", "running"))

static const struct field problem_fields[] = {
	FIELD(struct suppression_problem, line),
	FIELD(struct suppression_problem, value),
	FIELD(struct suppression_problem, why),
};
static const struct record_type problem_record = RECORD_TYPE("SuppressionProblem", struct suppression_problem,
                                                             problem_fields);

static const char *const state_names[SUPPRESSIONS_STATES] = { "queued", "running", "done", "failed", "stopped" };
static const struct choices states = CHOICES(state_names);

static const struct field import_fields[] = {
	FIELD(struct suppression_import, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct suppression_import, name, .doc = "Of the file"),
	FIELD(struct suppression_import, state, .choices = &states),
	FIELD(struct suppression_import, reason, .choices = &suppression_reasons, .doc = "Of rows that name none"),
	FIELD(struct suppression_import, problem, .doc = "Why it failed"),
	FIELD(struct suppression_import, created_by),
	FIELD(struct suppression_import, created_at),
	FIELD(struct suppression_import, ended_at),
	FIELD(struct suppression_import, expires_at, .doc = "When this is deleted"),
	FIELD(struct suppression_import, bytes),
	FIELD(struct suppression_import, rows, .doc = "Read so far"),
	FIELD(struct suppression_import, suppressed, .doc = "Rows whose address or number is suppressed now"),
	FIELD(struct suppression_import, known, .doc = "Of these: suppressed for the same reason before"),
	FIELD(struct suppression_import, rejected),
	FIELD_LIST(struct suppression_import, problems, problem_record, .doc = "The first rows that were rejected"),
	FIELD(struct suppression_import, file, .flags = FIELD_PRIVATE | FIELD_LARGE),
	FIELD(struct suppression_import, offset, .flags = FIELD_PRIVATE),
	FIELD(struct suppression_import, row, .flags = FIELD_PRIVATE),
	FIELD(struct suppression_import, line, .flags = FIELD_PRIVATE),
	FIELD(struct suppression_import, fence, .flags = FIELD_PRIVATE),
};
const struct record_type suppression_import_record = RECORD_TYPE("SuppressionImport", struct suppression_import,
                                                                 import_fields);

/* The columns, -1 if there is none. */
struct columns {
	int email, phone, reason, evidence;
};

struct importing {
	struct store *store;
	const struct rows_format *format;
	struct columns columns;
	struct suppression_entry like;
	struct suppression_entry *entries; /* of the rows of the batch */
	int count, looked_at;
	struct arena *arena, *kept; /* of the batch; of the problems */
	struct suppression_import *import;
	struct rows problems; /* those of before, and room for more */
};

static int column_of(const struct import_mapping *mapping, enum import_target target) {
	for (int i = 0; i < mapping->count; i++)
		if (mapping->columns[i].target == target)
			return i;
	return -1;
}

static int column_named(const struct layout *layout, const char *key) {
	for (int i = 0; i < layout->header.keys.count; i++)
		if (text_same(layout->header.keys.items[i], key))
			return i;
	return -1;
}

static bool find_columns(const struct layout *layout, struct arena *arena, struct columns *columns, struct error *err) {
	struct import_mapping *mapping = arena_new_of(arena, struct import_mapping);
	mapping_guess(arena, layout, NULL, 0, mapping);
	columns->email = column_of(mapping, TARGET_EMAIL);
	columns->phone = column_of(mapping, TARGET_PHONE);
	columns->reason = column_named(layout, "reason");
	columns->evidence = column_named(layout, "evidence");
	return columns->email >= 0 || columns->phone >= 0 ||
	       error_field(err, "file", "No column has email addresses or phone numbers");
}

/* What this import itself has written, before a crash, was not known before it. */
static bool was_known(const struct importing *work, const struct suppression *rows, int count,
                      const struct suppression_entry *entry) {
	const struct suppression *row = suppression_of(rows, count, entry->key);
	for (; row && row < rows + count && text_same(row->key, entry->key); row++) {
		const struct suppression_note *first = row->history.items;
		if (row->reason == entry->reason && (row->history.count == 0 || first->at.ms != work->like.at.ms))
			return true;
	}
	return false;
}

static bool write_batch(struct importing *work, struct error *err) {
	struct strings keys = { arena_array(work->arena, const char *, work->count + 1), work->count };
	struct suppression *rows;
	int count;
	for (int i = 0; i < work->count; i++)
		keys.items[i] = work->entries[i].key;
	if (!suppression_find(work->store, &keys, work->arena, &rows, &count, err) ||
	    !contact_suppress(work->store, work->entries, work->count, work->arena, err))
		return false;
	for (int i = 0; i < work->count; i++)
		work->import->known += was_known(work, rows, count, &work->entries[i]);
	work->import->suppressed += work->count;
	return true;
}

static const char *cell(const struct rows_row *row, int column) {
	return column >= 0 && column < row->cells.count ? row->cells.items[column] : "";
}

static bool reject(struct importing *work, const struct rows_row *row, const char *value, const char *why) {
	struct suppression_problem *problems = work->problems.items;
	if (work->problems.count < PROBLEMS)
		problems[work->problems.count++] = (struct suppression_problem){ row->place.line,
			                                                             clean_short(work->kept, value),
			                                                             arena_copy(work->kept, why) };
	work->import->rejected++;
	return true;
}

/* The key of the row; NULL, and why. */
static const char *key_of(struct importing *work, const struct rows_row *row, const char **value, const char **why) {
	struct address address;
	struct error err = ERROR_INIT;
	const char *phone = NULL;
	*value = cell(row, work->columns.email);
	if (*text_trim(work->arena, *value)) {
		*why = address_read(work->arena, *value, &address);
		return *why ? NULL : address.key;
	}
	*value = cell(row, work->columns.phone);
	if (!*text_trim(work->arena, *value)) {
		*why = "There is neither an address nor a phone number";
		return NULL;
	}
	*why = own_phone(*value, "phone", work->arena, &phone, &err) ? NULL : arena_copy(work->arena, err.text);
	return phone;
}

/* The reason that the row itself names. */
static bool read_reason(const struct importing *work, const struct rows_row *row, unsigned *reason) {
	const char *text = text_trim(work->arena, cell(row, work->columns.reason));
	int choice;
	for (int i = 0; *text && i < SUPPRESSION_REASON_COUNT; i++)
		if (strcmp(clean_key(work->arena, suppression_reason_labels[i]), clean_key(work->arena, text)) == 0) {
			*reason = (unsigned)i;
			return i != SUPPRESSION_ERASED;
		}
	if (!*text)
		return true;
	if (!choice_find(&suppression_reasons, text, &choice) || choice == SUPPRESSION_ERASED)
		return false;
	*reason = (unsigned)choice;
	return true;
}

static bool take_entry(struct importing *work, const struct rows_row *row) {
	struct suppression_entry entry = work->like;
	const char *value = "", *why = NULL, *words;
	if (row->fault)
		return reject(work, row, "", rows_fault_told(work->arena, row, work->format));
	entry.key = key_of(work, row, &value, &why);
	if (!entry.key)
		return reject(work, row, value, why);
	if (!read_reason(work, row, &entry.reason))
		return reject(work, row, cell(row, work->columns.reason),
		              "The reason is not complained, bounced, manual or unsubscribed");
	words = text_trim(work->arena, cell(row, work->columns.evidence));
	if (*words)
		entry.evidence = arena_print(work->arena, "%s (%s)",
		                             text_drawable(work->arena, arena_print(work->arena, "%.380s", words)),
		                             entry.evidence);
	entry.key = arena_copy(work->arena, entry.key);
	work->entries[work->count++] = entry;
	return true;
}

static bool take_row(void *context, const struct rows_row *row) {
	struct importing *work = context;
	(void)take_entry(work, row);
	work->import->rows++;
	work->import->offset = row->next.offset;
	work->import->row = row->next.row;
	work->import->line = row->next.line;
	return ++work->looked_at < AT_ONCE;
}

/* --- the file --- */

static bool read_layout(const struct suppression_import *import, struct arena *arena, struct layout *layout,
                        struct columns *columns, struct error *err) {
	size_t size = import->file.size;
	if (!layout_read(arena, (const char *)import->file.data, size < IMPORT_PIECE ? size : IMPORT_PIECE,
	                 size <= IMPORT_PIECE, &(struct layout_choice){ 0 }, layout, err))
		return error_field(err, "file", "%s", arena_copy(arena, err->text));
	if (layout->doubt)
		return error_field(err, "file", "%s", layout->doubt);
	return find_columns(layout, arena, columns, err);
}

static struct suppression_entry entry_like(const struct suppression_import *import, struct arena *arena) {
	return (struct suppression_entry){ .reason = import->reason,
		                               .evidence = arena_print(arena, "Imported from %.100s",
		                                                       import->name ? import->name : "a file"),
		                               .source = SUPPRESSED_BY_FILE,
		                               .by = import->created_by,
		                               .at = import->created_at };
}

static struct rows with_room(const struct rows *problems, struct arena *arena) {
	struct rows all = { arena_array(arena, struct suppression_problem, PROBLEMS), 0 };
	struct suppression_problem *items = all.items;
	for (; all.count < problems->count && all.count < PROBLEMS; all.count++)
		items[all.count] = ((const struct suppression_problem *)problems->items)[all.count];
	return all;
}

bool suppression_import_batch(struct store *store, struct suppression_import *import, struct arena *kept, bool *over,
                              struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct layout layout;
	struct importing work = { .store = store,
		                      .format = &layout.format,
		                      .like = entry_like(import, arena),
		                      .entries = arena_array(arena, struct suppression_entry, AT_ONCE),
		                      .arena = arena,
		                      .kept = kept,
		                      .import = import,
		                      .problems = with_room(&import->problems, kept) };
	if (!read_layout(import, arena, &layout, &work.columns, err))
		return false;
	const struct rows_place begin = { import->offset, import->row, import->line };
	struct row_reader *rows = rows_open(arena, &layout.format, begin.row ? &begin : &layout.first, take_row, &work,
	                                    err);
	size_t from = (size_t)(begin.row ? begin.offset : layout.first.offset);
	struct error why = ERROR_INIT;
	if (!rows || !rows_feed(rows, (const char *)import->file.data + from, import->file.size - from, err))
		return false;
	*over = !rows_stopped(rows);
	bool fine = !*over || rows_finish(rows, &why);
	import->problems = work.problems;
	return write_batch(&work, err) && (fine || (*err = why, false));
}

/* --- asking --- */

static bool ask_job(struct store *store, const char *id, struct arena *arena, struct error *err) {
	const struct job_request request = { SUPPRESSION_IMPORT_JOB, arena_print(arena, "suppressions %s", id), id, 0 };
	const char *job;
	bool already;
	return queue_ask(store, &request, arena, &job, &already, err);
}

bool suppression_import_ask(struct store *store, struct suppression_import *import, struct arena *arena,
                            struct error *err) {
	struct layout layout;
	struct columns columns;
	int64_t waiting;
	bool was_there;
	if (!read_layout(import, arena, &layout, &columns, err) ||
	    !store_count_most(store, IMPORTS, FILTER(IS_OPEN), WAITING_MAX, &waiting, err))
		return false;
	if (waiting >= WAITING_MAX)
		return error_wait(err, ERROR_BUSY, MINUTE_MS, "%d files wait to be imported. Try again in a few minutes",
		                  WAITING_MAX);
	import->state = SUPPRESSIONS_QUEUED;
	import->bytes = (int64_t)import->file.size;
	import->ended_at = MOMENT_NONE;
	import->expires_at = moment_add(import->created_at, KEPT_DAYS * DAY_MS);
	return store_create(store, IMPORTS, &suppression_import_record, import, import->id, &was_there, err) &&
	       ask_job(store, import->id, arena, err);
}

bool suppression_import_need(struct store *store, const char *id, struct arena *arena,
                             struct suppression_import *import, struct error *err) {
	bool found = false;
	if (store_is_id(id) &&
	    !store_find(store, IMPORTS, FILTER(by_id(id)), NULL, &suppression_import_record, arena, import, &found, err))
		return false;
	return found || error_set(err, ERROR_MISSING, "no import of suppressions %.60s", id);
}

bool suppression_import_stop(struct store *store, const char *id, struct moment now, struct arena *arena,
                             struct suppression_import *import, struct error *err) {
	bool stopped;
	if (!suppression_import_need(store, id, arena, import, err) ||
	    !store_update(store, IMPORTS, FILTER(by_id(import->id), IS_OPEN),
	                  UPDATE(set_choice("state", &states, SUPPRESSIONS_STOPPED), set_moment("ended_at", now),
	                         unset("file")),
	                  &stopped, err))
		return false;
	if (!stopped)
		return error_set(err, ERROR_CONFLICT, "This import is over already");
	return suppression_import_need(store, id, arena, import, err);
}

bool suppression_import_save(struct store *store, const struct suppression_import *import, bool *stopped, bool *held,
                             struct error *err) {
	bool over = import->state == SUPPRESSIONS_DONE || import->state == SUPPRESSIONS_FAILED;
	*stopped = false;
	if (!store_update(store, IMPORTS, FILTER(by_id(import->id), eq_count("fence", import->fence), IS_OPEN),
	                  UPDATE(set_record(&suppression_import_record, import,
	                                    ONLY("state", "problem", "ended_at", "rows", "suppressed", "known", "rejected",
	                                         "problems", "offset", "row", "line")),
	                         over ? unset("file") : no_edit()),
	                  held, err))
		return false;
	if (*held)
		return true;
	if (!store_update(store, IMPORTS,
	                  FILTER(by_id(import->id), eq_count("fence", import->fence),
	                         eq_choice("state", &states, SUPPRESSIONS_STOPPED)),
	                  UPDATE(set_record(&suppression_import_record, import,
	                                    ONLY("rows", "suppressed", "known", "rejected", "problems"))),
	                  stopped, err))
		return false;
	*held = *stopped;
	return true;
}

bool suppression_imports_adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct suppression_import *open;
	int count;
	(void)context;
	if (!store_list(store, IMPORTS, FILTER(IS_OPEN), NULL, WAITING_MAX, &suppression_import_record, arena,
	                (void **)&open, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!ask_job(store, open[i].id, arena, err))
			return false;
	return true;
}

bool suppression_imports_forget(struct store *store, struct error *err) {
	return store_update_all(store, IMPORTS, FILTER(is_present("problems")), UPDATE(unset("problems")), err);
}
