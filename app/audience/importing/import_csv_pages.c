/* What an import did to its rows, as CSV. */
#include <inttypes.h>
#include <stdlib.h>

#include "audience/import/report.h"
#include "audience/importing/import_pages.h"
#include "audience/importing/import_view_pages.h"
#include "audience/importing/line.h"
#include "core/formats/csv.h"

static int64_t row_of(const char *cursor) {
	return cursor ? strtoll(cursor, NULL, 10) : 0;
}

static bool next_lines(struct exchange *x, const struct import *import, const char *cursor, struct import_line **lines,
                       int *count, const char **next, struct error *err) {
	if (!import_line_list(x->store, import->id, row_of(cursor), 0, CSV_PIECE_ROWS, x->arena, lines, count, err))
		return false;
	*next = *count == CSV_PIECE_ROWS ? arena_print(x->arena, "%" PRId64, (*lines)[*count - 1].row) : NULL;
	return true;
}

/* Those that can be mended and imported again. */
static bool rejected_piece(struct exchange *x, const void *state, const char *cursor, const char **next,
                           struct error *err) {
	struct import_line *lines;
	int count;
	if (!next_lines(x, state, cursor, &lines, &count, next, err))
		return false;
	const struct import *import = state;
	const struct header header = { .names = { NULL, import->columns.count } };
	for (int i = 0; i < count; i++) {
		struct rows_row row = { .place = { .row = lines[i].row }, .cells = lines[i].cells };
		if (lines[i].outcome == IMPORT_REJECTED)
			report_row(&x->body, &header, &row, lines[i].reason);
	}
	return true;
}

static const char *file_name(const struct exchange *x, const struct import *import, const char *what) {
	return arena_print(x->arena, "import-%s-%s.csv", text_of_iso_day(x->arena, import->created_at), what);
}

static bool give_rejected(struct exchange *x, struct error *err) {
	struct import *import = arena_new_of(x->arena, struct import);
	if (!import_of_address(x, import, err))
		return false;
	const struct import_stored_column *columns = import->columns.items;
	struct header header = { .names = { arena_array(x->arena, const char *, import->columns.count + 1), 0 } };
	for (int i = 0; i < import->columns.count; i++)
		header.names.items[header.names.count++] = columns[i].name;
	report_head(&x->body, &header);
	return reply_csv_stream(x, file_name(x, import, "rejected"), rejected_piece, import, err);
}

static const char *outcome_told(const struct import_line *line, struct arena *arena) {
	static const char *const undone[LINE_UNDONE_COUNT] = { "", ", removed again", ", put back", ", kept" };
	return arena_print(arena, "%s%s", choice_name(&import_outcomes, (int)line->outcome), undone[line->undone]);
}

static bool report_piece(struct exchange *x, const void *state, const char *cursor, const char **next,
                         struct error *err) {
	struct import_line *lines;
	int count;
	if (!next_lines(x, state, cursor, &lines, &count, next, err))
		return false;
	for (int i = 0; i < count; i++) {
		buf_print(&x->body, "%" PRId64, lines[i].row);
		csv_cell(&x->body, lines[i].who, false);
		csv_cell(&x->body, outcome_told(&lines[i], x->arena), false);
		csv_cell(&x->body, lines[i].kept_why ? lines[i].kept_why : lines[i].reason, false);
		csv_end(&x->body);
	}
	return true;
}

static bool give_report(struct exchange *x, struct error *err) {
	struct import *import = arena_new_of(x->arena, struct import);
	if (!import_of_address(x, import, err))
		return false;
	buf_text_add(&x->body, "row,contact,outcome,note\r\n");
	return reply_csv_stream(x, file_name(x, import, "report"), report_piece, import, err);
}

const struct route import_csv_routes[] = {
	{ "GET", "/contacts/imports/:import_id/rejected.csv", GUARD_SIGNED_IN, give_rejected, .download = true },
	{ "GET", "/contacts/imports/:import_id/report.csv", GUARD_SIGNED_IN, give_report, .download = true },
	{ "GET", "/api/contacts/import/:import_id/rejected.csv", GUARD_SIGNED_IN, give_rejected, .download = true },
	{ "GET", "/api/contacts/import/:import_id/report.csv", GUARD_SIGNED_IN, give_report, .download = true },
	{ 0 },
};
