/* Importing suppressions. */
#include "console/suppression_import.h"

#include <string.h>

#include "audience/contacts/own.h"
#include "audience/contacts/suppressing.h"
#include "audience/import/address.h"
#include "audience/import/clean.h"
#include "audience/import/mapping.h"

enum { AT_ONCE = 500, PROBLEMS = 50 };

static const struct field problem_fields[] = {
	FIELD(struct suppression_problem, line),
	FIELD(struct suppression_problem, value),
	FIELD(struct suppression_problem, why),
};
static const struct record_type problem_record = RECORD_TYPE("SuppressionProblem", struct suppression_problem,
                                                             problem_fields);

static const struct field import_fields[] = {
	FIELD(struct suppression_import, rows),
	FIELD(struct suppression_import, suppressed, .doc = "Rows whose address or number is suppressed now"),
	FIELD(struct suppression_import, known, .doc = "Of these: suppressed for the same reason before"),
	FIELD(struct suppression_import, rejected),
	FIELD_LIST(struct suppression_import, problems, problem_record, .doc = "The first rows that were rejected"),
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
	const struct suppression_entry *like;
	struct suppression_entry *entries; /* of the rows that wait */
	int count;
	struct arena *arena, *piece; /* piece: lives until the rows that wait are written */
	struct suppression_import *done;
	struct error *err;
	bool failed;
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

static bool write_waiting(struct importing *work) {
	struct strings keys = { arena_array(work->piece, const char *, work->count + 1), work->count };
	struct suppression *rows;
	int count;
	for (int i = 0; i < work->count; i++)
		keys.items[i] = work->entries[i].key;
	if (!suppression_find(work->store, &keys, work->piece, &rows, &count, work->err) ||
	    !contact_suppress(work->store, work->entries, work->count, work->piece, work->err))
		return false;
	for (int i = 0; i < work->count; i++) {
		const struct suppression *row = suppression_of(rows, count, work->entries[i].key);
		bool is_known = false;
		for (; row && row < rows + count && text_same(row->key, work->entries[i].key); row++)
			is_known = is_known || row->reason == work->entries[i].reason;
		work->done->known += is_known;
	}
	work->done->suppressed += work->count;
	work->count = 0;
	arena_reset(work->piece);
	return true;
}

static const char *cell(const struct rows_row *row, int column) {
	return column >= 0 && column < row->cells.count ? row->cells.items[column] : "";
}

static bool reject(struct importing *work, const struct rows_row *row, const char *value, const char *why) {
	struct suppression_problem *problems = work->done->problems.items;
	if (work->done->problems.count < PROBLEMS)
		problems[work->done->problems.count++] = (struct suppression_problem){ row->place.line,
			                                                                   clean_short(work->arena, value),
			                                                                   arena_copy(work->arena, why) };
	work->done->rejected++;
	return true;
}

/* The key of the row; NULL, and why. */
static const char *key_of(struct importing *work, const struct rows_row *row, const char **value, const char **why) {
	struct address address;
	struct error err = ERROR_INIT;
	const char *phone = NULL;
	*value = cell(row, work->columns.email);
	if (*text_trim(work->piece, *value)) {
		*why = address_read(work->piece, *value, &address);
		return *why ? NULL : address.key;
	}
	*value = cell(row, work->columns.phone);
	if (!*text_trim(work->piece, *value)) {
		*why = "There is neither an address nor a phone number";
		return NULL;
	}
	*why = own_phone(*value, "phone", work->piece, &phone, &err) ? NULL : arena_copy(work->piece, err.text);
	return phone;
}

/* The reason that the row itself names. */
static bool read_reason(const struct importing *work, const struct rows_row *row, unsigned *reason) {
	const char *text = text_trim(work->piece, cell(row, work->columns.reason));
	int choice;
	for (int i = 0; *text && i < SUPPRESSION_REASON_COUNT; i++)
		if (strcmp(clean_key(work->piece, suppression_reason_labels[i]), clean_key(work->piece, text)) == 0) {
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

static bool take_row(void *context, const struct rows_row *row) {
	struct importing *work = context;
	struct suppression_entry entry = *work->like;
	const char *value = "", *why = NULL, *words;
	work->done->rows++;
	if (row->fault)
		return reject(work, row, "", rows_fault_told(work->piece, row, work->format));
	entry.key = key_of(work, row, &value, &why);
	if (!entry.key)
		return reject(work, row, value, why);
	if (!read_reason(work, row, &entry.reason))
		return reject(work, row, cell(row, work->columns.reason),
		              "The reason is not complained, bounced, manual or unsubscribed");
	words = text_trim(work->piece, cell(row, work->columns.evidence));
	if (*words)
		entry.evidence = arena_print(work->piece, "%s (%s)",
		                             text_drawable(work->piece, arena_print(work->piece, "%.380s", words)),
		                             entry.evidence);
	entry.key = arena_copy(work->piece, entry.key);
	work->entries[work->count++] = entry;
	work->failed = work->count == AT_ONCE && !write_waiting(work);
	return !work->failed;
}

bool suppression_import_file(struct store *store, const char *bytes, size_t size, const struct suppression_entry *like,
                             struct arena *arena, struct suppression_import *done, struct error *err) {
	ARENA_AUTO piece = arena_new();
	struct layout layout;
	*done = (struct suppression_import){ .problems = { arena_array(arena, struct suppression_problem, PROBLEMS), 0 } };
	if (!layout_read(arena, bytes, size < IMPORT_PIECE ? size : IMPORT_PIECE, size <= IMPORT_PIECE,
	                 &(struct layout_choice){ 0 }, &layout, err))
		return error_field(err, "file", "%s", arena_copy(arena, err->text));
	struct importing work = { .store = store,
		                      .format = &layout.format,
		                      .like = like,
		                      .entries = arena_array(arena, struct suppression_entry, AT_ONCE),
		                      .arena = arena,
		                      .piece = piece,
		                      .done = done,
		                      .err = err };
	if (layout.doubt)
		return error_field(err, "file", "%s", layout.doubt);
	if (!find_columns(&layout, arena, &work.columns, err))
		return false;
	struct row_reader *rows = rows_open(arena, &layout.format, &layout.first, take_row, &work, err);
	size_t from = (size_t)layout.first.offset;
	return rows && rows_feed(rows, bytes + from, size - from, err) && !work.failed &&
	       (rows_stopped(rows) || rows_finish(rows, err)) && write_waiting(&work);
}
