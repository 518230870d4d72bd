/* Imports as they are stored. */
#include "audience/importing/import.h"

#include <string.h>

#include "core/jobs/queue.h"

static const char IMPORTS[] = "imports";

static const char *const header_names[] = { "guessed", "there", "not" };
static const struct choices header_choices = CHOICES(header_names);

const char *const import_state_labels[IMPORT_STATE_COUNT] = {
	"Waiting for you", "Being checked", "Waiting for you", "Waiting",      "Running", "Done",
	"Failed",          "Stopped",       "Not imported",    "Being undone", "Undone",
};

static const struct field column_fields[] = {
	FIELD(struct import_stored_column, name),
	FIELD(struct import_stored_column, field),
	FIELD(struct import_stored_column, target, .choices = &import_targets),
	FIELD(struct import_stored_column, type, .choices = &import_types),
	FIELD(struct import_stored_column, order, .choices = &date_orders),
	FIELD(struct import_stored_column, is_new),
	FIELD(struct import_stored_column, by_hand),
	FIELD(struct import_stored_column, decimal),
	FIELD(struct import_stored_column, samples),
	FIELD(struct import_stored_column, told),
};
static const struct record_type column_record = RECORD_TYPE("ImportColumn", struct import_stored_column, column_fields);

static const struct field counts_fields[] = {
	FIELD(struct import_counts, created), FIELD(struct import_counts, updated),  FIELD(struct import_counts, unchanged),
	FIELD(struct import_counts, skipped), FIELD(struct import_counts, rejected),
};
static const struct record_type counts_record = RECORD_TYPE("ImportCounts", struct import_counts, counts_fields);

static const struct field place_fields[] = {
	FIELD(struct import_place, offset),
	FIELD(struct import_place, row),
	FIELD(struct import_place, line),
};
static const struct record_type place_record = RECORD_TYPE("ImportPlace", struct import_place, place_fields);

static const struct field shown_fields[] = {
	FIELD(struct import_shown, row),  FIELD(struct import_shown, who),
	FIELD(struct import_shown, name), FIELD(struct import_shown, why),
	FIELD(struct import_shown, told), FIELD(struct import_shown, outcome, .choices = &import_outcomes),
};
static const struct record_type shown_record = RECORD_TYPE("ImportShown", struct import_shown, shown_fields);

static const struct field import_fields[] = {
	FIELD(struct import, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct import, name),
	FIELD(struct import, state, .choices = &import_states),
	FIELD(struct import, created_by),
	FIELD(struct import, problem),
	FIELD(struct import, created_at),
	FIELD(struct import, started_at),
	FIELD(struct import, ended_at),
	FIELD(struct import, undone_at),
	FIELD(struct import, bytes),
	FIELD(struct import, pieces),
	FIELD(struct import, sha256),
	FIELD(struct import, charset),
	FIELD(struct import, charset_told),
	FIELD(struct import, separator),
	FIELD(struct import, preset),
	FIELD(struct import, header, .choices = &header_choices),
	FIELD(struct import, has_header),
	FIELD(struct import, column_count),
	FIELD_RECORD(struct import, first, place_record),
	FIELD_LIST(struct import, columns, column_record),
	FIELD(struct import, known, .choices = &import_knowns),
	FIELD(struct import, resubscribe),
	FIELD(struct import, list_id, .flags = FIELD_ID),
	FIELD(struct import, list_name),
	FIELD(struct import, consent_source),
	FIELD(struct import, country),
	FIELD(struct import, tags),
	FIELD(struct import, rows),
	FIELD(struct import, looked_at),
	FIELD_RECORD(struct import, counts, counts_record),
	FIELD_RECORD(struct import, expected, counts_record),
	FIELD(struct import, repeated),
	FIELD(struct import, bad_domains),
	FIELD_LIST(struct import, shown, shown_record, .flags = FIELD_LARGE),
	FIELD_RECORD(struct import, at, place_record),
	FIELD(struct import, undo_row),
	FIELD(struct import, removed),
	FIELD(struct import, restored),
	FIELD(struct import, kept),
	FIELD(struct import, fence),
};
const struct record_type import_record = RECORD_TYPE("Import", struct import, import_fields);

void import_put_mapping(struct import *import, const struct import_mapping *mapping, struct arena *arena) {
	struct import_stored_column *columns = arena_array(arena, struct import_stored_column, mapping->count + 1);
	const struct import_stored_column *before = import->columns.items;
	for (int i = 0; i < mapping->count; i++) {
		const struct import_column *column = &mapping->columns[i];
		columns[i] = (struct import_stored_column){ .name = column->name,
			                                        .field = column->field,
			                                        .target = column->target,
			                                        .type = column->type,
			                                        .order = column->order,
			                                        .is_new = column->is_new };
		columns[i].decimal = column->decimal ? arena_print(arena, "%c", column->decimal) : NULL;
		columns[i].samples = (struct strings){ arena_array(arena, const char *, IMPORT_SAMPLES), 0 };
		for (int k = 0; k < column->sample_count; k++)
			columns[i].samples.items[columns[i].samples.count++] = column->samples[k];
		columns[i].by_hand = before && i < import->columns.count && before[i].by_hand;
		columns[i].told = before && i < import->columns.count ? before[i].told : NULL;
	}
	import->columns = (struct rows){ columns, mapping->count };
	import->preset = mapping->preset;
}

void import_get_mapping(const struct import *import, struct import_mapping *mapping) {
	const struct import_stored_column *columns = import->columns.items;
	*mapping = (struct import_mapping){ .preset = import->preset };
	for (int i = 0; i < import->columns.count && i < IMPORT_COLUMNS_MAX; i++) {
		struct import_column *column = &mapping->columns[mapping->count++];
		*column = (struct import_column){ .name = columns[i].name ? columns[i].name : "",
			                              .target = (enum import_target)columns[i].target,
			                              .field = columns[i].field,
			                              .type = (enum import_type)columns[i].type,
			                              .is_new = columns[i].is_new,
			                              .order = (enum date_order)columns[i].order,
			                              .decimal = columns[i].decimal ? *columns[i].decimal : '\0' };
		for (int k = 0; k < columns[i].samples.count && k < IMPORT_SAMPLES; k++)
			column->samples[column->sample_count++] = columns[i].samples.items[k];
	}
}

struct rows_format import_format(const struct import *import) {
	const struct import_stored_column *columns = import->columns.items;
	const char *names[IMPORT_COLUMNS_MAX];
	struct strings all = { names, 0 };
	for (int i = 0; i < import->columns.count && i < IMPORT_COLUMNS_MAX; i++)
		names[all.count++] = columns[i].name;
	return (struct rows_format){ import->charset, import->separator ? *import->separator : ',',
		                         (int)import->column_count, header_named(&all) };
}

struct rows_place import_place(const struct import_place *place) {
	return (struct rows_place){ place->offset, place->row, place->line };
}

bool import_find(struct store *store, const char *id, struct arena *arena, struct import *import, bool *found,
                 struct error *err) {
	return store_find(store, IMPORTS, FILTER(by_id(id)), NULL, &import_record, arena, import, found, err);
}

bool import_list(struct store *store, int limit, struct arena *arena, struct import **imports, int *count,
                 struct error *err) {
	return store_list(store, IMPORTS, &everything, SORT(desc("_id")), limit, &import_record, arena, (void **)imports,
	                  count, err);
}

bool import_same(struct store *store, const struct import *import, struct arena *arena, const char **id,
                 struct error *err) {
	struct import *same;
	int count;
	*id = NULL;
	if (!store_list(store, IMPORTS,
	                FILTER(eq_text("sha256", import->sha256), ne_id("_id", import->id),
	                       in_texts("state", TEXTS("queued", "running", "done", "failed", "stopped"))),
	                SORT(desc("_id")), 1, &import_record, arena, (void **)&same, &count, err))
		return false;
	*id = count ? same[0].id : NULL;
	return true;
}

bool import_insert(struct store *store, const struct import *import, struct error *err) {
	bool was_there;
	return store_create(store, IMPORTS, &import_record, import, import->id, &was_there, err);
}

/* All states to which the step leads: one, whatever it began from, but for stopping. */
static bool try_step(struct store *store, const struct import *import, enum import_step step,
                     const struct members *with, struct condition more, struct arena *arena, bool *taken,
                     struct error *err) {
	*taken = false;
	for (int to = 0; to < IMPORT_STATE_COUNT && !*taken; to++) {
		struct strings from = import_before(step, (enum import_state)to, arena);
		if (from.count == 0)
			continue;
		const struct update *update = UPDATE(set_choice("state", &import_states, (unsigned)to),
		                                     with ? set_record(&import_record, import, with) : no_edit());
		if (!store_update(store, IMPORTS, FILTER(by_id(import->id), in_texts("state", &from), more), update, taken,
		                  err))
			return false;
	}
	return true;
}

static const char *refused_told(enum import_step step) {
	switch (step) {
	case STEP_UNDO:
		return "This import cannot be undone now";
	case STEP_STOP:
		return "This import has ended already";
	default:
		return "This import has gone on meanwhile. Look at it again";
	}
}

bool import_step(struct store *store, const struct import *import, enum import_step step, const struct members *with,
                 struct arena *arena, struct error *err) {
	bool taken;
	return try_step(store, import, step, with, anything(), arena, &taken, err) &&
	       (taken || error_set(err, ERROR_CONFLICT, "%s", refused_told(step)));
}

bool import_save_reading(struct store *store, const struct import *import, struct error *err) {
	bool matched;
	const struct members *reading = ONLY("charset", "charset_told", "separator", "preset", "header", "has_header",
	                                     "column_count", "first", "at", "columns", "rows", "problem");
	return store_update(store, IMPORTS, FILTER(by_id(import->id), eq_choice("state", &import_states, IMPORT_MAPPING)),
	                    UPDATE(set_record(&import_record, import, reading)), &matched, err) &&
	       (matched || error_set(err, ERROR_CONFLICT, "%s", refused_told(STEP_CHECK)));
}

bool import_step_held(struct store *store, const struct import *import, enum import_step step,
                      const struct members *with, int64_t fence, struct arena *arena, bool *taken, struct error *err) {
	return try_step(store, import, step, with, eq_count("fence", fence), arena, taken, err);
}

bool import_save_progress(struct store *store, const struct import *import, int64_t fence, bool *running,
                          struct error *err) {
	bool held;
	const struct members *progress = ONLY("looked_at", "counts", "bad_domains", "at", "rows", "columns", "undo_row",
	                                      "removed", "restored", "kept");
	const struct update *update = UPDATE(set_record(&import_record, import, progress));
	struct condition mine = eq_count("fence", fence);
	if (!store_update(store, IMPORTS,
	                  FILTER(by_id(import->id), mine, eq_choice("state", &import_states, import->state)), update,
	                  running, err))
		return false;
	if (*running)
		return true;
	if (!store_update(store, IMPORTS, FILTER(by_id(import->id), mine),
	                  UPDATE(set_record(&import_record, import, ONLY("looked_at", "counts", "bad_domains"))), &held,
	                  err))
		return false;
	return held || error_set(err, ERROR_CONFLICT, "another process has taken import %s", import->id);
}

void import_clear_people(struct import *import) {
	struct import_stored_column *columns = import->columns.items;
	for (int i = 0; i < import->columns.count; i++) {
		columns[i].samples.count = 0;
		columns[i].told = NULL;
	}
	import->shown.count = 0;
}

bool import_ask_job(struct store *store, const char *id, enum import_state state, struct arena *arena,
                    struct error *err) {
	const char *kind = state == IMPORT_CHECKING ? IMPORT_CHECK_JOB : IMPORT_JOB, *job;
	const char *what = state == IMPORT_UNDOING ? "undo import" : kind;
	bool already;
	const struct job_request request = { kind, arena_print(arena, "%s %s", what, id), id, 0 };
	return queue_ask(store, &request, arena, &job, &already, err);
}
