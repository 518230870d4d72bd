/* An import as the data of its pages. */
#include "audience/importing/import_view_pages.h"

#include "audience/fields/definition.h"
#include "audience/import/charset.h"
#include "audience/import/undo.h"
#include "audience/importing/asking.h"
#include "core/http/parts.h"
#include "metrics/share.h"

bool import_of_address(struct exchange *x, struct import *import, struct error *err) {
	bool found;
	return import_find(x->store, x->values[0], x->arena, import, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no import %.60s", x->values[0]));
}

static const char *separator_words(const struct import *import, struct arena *arena) {
	for (int i = 0; i < 4; i++)
		if (text_same(import->separator, import_separators[i][1]))
			return arena_print(arena, "%ss", import_separators[i][0]);
	return "";
}

static const char *charset_label(const char *name) {
	for (int i = 0; i < charset_offer_count; i++)
		if (text_same(charset_offers[i].name, name))
			return charset_offers[i].label;
	return name;
}

void import_put_counts(struct value *map, const struct import *import) {
	value_put_int(map, "rows", import->rows == COUNT_NONE ? import->looked_at : import->rows);
	value_put_int(map, "looked_at", import->looked_at);
	value_put_int(map, "created", import->counts.created);
	value_put_int(map, "updated", import->counts.updated);
	value_put_int(map, "unchanged", import->counts.unchanged);
	value_put_int(map, "skipped", import->counts.skipped);
	value_put_int(map, "rejected", import->counts.rejected);
}

/* The colour of a state, as css names it. */
static const char *state_key(enum import_state state) {
	static const char *const keys[IMPORT_STATE_COUNT] = {
		[IMPORT_MAPPING] = "paused",  [IMPORT_CHECKING] = "running", [IMPORT_CHECKED] = "paused",
		[IMPORT_QUEUED] = "queued",   [IMPORT_RUNNING] = "running",  [IMPORT_DONE] = "ready",
		[IMPORT_FAILED] = "failed",   [IMPORT_STOPPED] = "ended",    [IMPORT_DROPPED] = "ended",
		[IMPORT_UNDOING] = "running", [IMPORT_UNDONE] = "ended",
	};
	return keys[state];
}

void import_put(const struct exchange *x, struct value *row, const struct import *import) {
	struct arena *arena = x->arena;
	enum import_state state = (enum import_state)import->state;
	value_put_text(row, "id", import->id);
	value_put_text(row, "name", import->name);
	value_put_text(row, "state", choice_name(&import_states, (int)state));
	value_put_text(row, "state_key", state_key(state));
	value_put_text(row, "state_label", import_state_labels[state]);
	value_put_text(row, "problem", import->problem);
	value_put_text(row, "uploaded", text_of_moment_near(arena, import->created_at, x->now));
	value_put_text(row, "by", import->created_by);
	value_put_text(row, "separator", separator_words(import, arena));
	value_put_text(row, "charset", charset_label(import->charset));
	value_put_text(row, "preset", import->preset);
	value_put_text(row, "list", import->list_name);
	value_put_text(row, "list_id", import->list_id);
	value_put_bool(row, "has_rows", import->rows != COUNT_NONE);
	import_put_counts(row, import);
}

bool import_put_fields(struct exchange *x, struct value *view, struct error *err) {
	struct import_field *fields;
	int count;
	struct value *list = value_put(view, "fields", value_list(x->arena));
	if (!import_fields(x->store, x->arena, &fields, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		put_choice(list, arena_print(x->arena, "field:%s", fields[i].key), fields[i].label, false);
	return true;
}

/* The targets; then the fields that exist; then a new one, called as the column is. */
static void put_targets(struct value *options, const struct import_stored_column *column, const struct value *fields,
                        struct arena *arena) {
	const char *key = text_is_empty(column->field) ? custom_key_of(arena, column->name) : column->field;
	const char *word = text_is_empty(key) ? "" : arena_print(arena, "field:%s", key);
	bool is_field = column->target == TARGET_FIELD, is_known = false;
	for (int i = 0; i < TARGET_COUNT; i++)
		if (i != TARGET_FIELD)
			put_choice(options, import_targets.names[i], import_target_labels[i], column->target == (unsigned)i);
	for (const struct value *one = fields->first; one; one = one->next) {
		bool same = text_same(value_get_text(one, "key"), word);
		put_choice(options, value_get_text(one, "key"), value_get_text(one, "label"), same && is_field);
		is_known = is_known || same;
	}
	if (!is_known && *word)
		put_choice(options, word, arena_print(arena, "New field “%s”", key), is_field);
}

static void put_samples(struct value *row, const struct import_stored_column *column, struct arena *arena) {
	const char *words = strings_join(arena, &column->samples, ", ");
	value_put_text(row, "samples", *words ? words : NULL);
}

static bool has_dates(const struct import_stored_column *column) {
	bool may_be_field = column->target == TARGET_FIELD || column->target == TARGET_IGNORE;
	return column->target == TARGET_CREATED || column->target == TARGET_CONSENT_TIME ||
	       (may_be_field && column->type == IMPORT_TYPE_DATE);
}

/* Asked only where the values do not tell it, or somebody has said it. */
static void put_column(const struct exchange *x, struct value *row, const struct import_stored_column *column,
                       const struct value *fields, int i) {
	struct arena *arena = x->arena;
	bool numbers = column->target == TARGET_FIELD && column->type == IMPORT_TYPE_NUMBER;
	value_put_int(row, "number", i);
	value_put_text(row, "name", text_is_empty(column->name) ? "(no name)" : column->name);
	value_put_text(row, "told", column->told);
	put_samples(row, column, arena);
	put_targets(value_put(row, "targets", value_list(arena)), column, fields, arena);
	value_put_bool(row, "asks_order", has_dates(column) && (column->by_hand || column->order == DATE_UNKNOWN));
	value_put_bool(row, "day_first", column->order == DATE_DAY_FIRST);
	value_put_bool(row, "month_first", column->order == DATE_MONTH_FIRST);
	value_put_bool(row, "asks_decimal", numbers && (column->by_hand || !column->decimal));
	value_put_bool(row, "point", text_same(column->decimal, "."));
	value_put_bool(row, "comma", text_same(column->decimal, ","));
}

static void put_reading(const struct exchange *x, struct value *view, const struct import *import) {
	struct value *charsets = part_select(x, view, "charset"), *separators = part_select(x, view, "separator");
	struct value *headers = part_select(x, view, "header");
	for (int i = 0; i < charset_offer_count; i++)
		put_choice(charsets, charset_offers[i].name, charset_offers[i].label,
		           text_same(charset_offers[i].name, import->charset));
	for (int i = 0; i < 4; i++) {
		char *label = arena_copy(x->arena, import_separators[i][0]);
		text_capitalize(label);
		put_choice(separators, import_separators[i][0], label, text_same(import_separators[i][1], import->separator));
	}
	put_choice(headers, "there", "Names of columns", import->has_header);
	put_choice(headers, "not", "A contact", !import->has_header);
}

void import_put_columns(const struct exchange *x, struct value *view, const struct import *import) {
	const struct import_stored_column *columns = import->columns.items;
	struct value *rows = value_put(view, "columns", value_list(x->arena));
	int recognised = 0;
	bool has_phones = false;
	for (int i = 0; i < import->columns.count; i++) {
		put_column(x, value_push(rows, value_map(x->arena)), &columns[i], value_get(view, "fields"), i);
		recognised += columns[i].target != TARGET_IGNORE;
		has_phones |= columns[i].target == TARGET_PHONE;
	}
	value_put_int(view, "recognised", recognised);
	value_put_text(view, "told_of",
	               import->state == IMPORT_CHECKED
	                   ? "all rows"
	                   : arena_print(x->arena, "the first %s rows at most", text_of_count(x->arena, IMPORT_TOLD_ROWS)));
	value_put_bool(view, "has_phones", has_phones);
	part_field(x, view, "country",
	           exchange_typed(x, "country", import->country ? arena_print(x->arena, "+%s", import->country) : NULL));
	value_put_int(view, "column_count", import->columns.count);
	value_put_text(view, "charset_told", import->charset_told);
	value_put_bool(view, "was_checked", import->state == IMPORT_CHECKED);
	put_reading(x, view, import);
}

void import_put_progress(const struct exchange *x, struct value *view, const struct import *import) {
	enum import_state state = (enum import_state)import->state;
	value_put_bool(view, "checking", state == IMPORT_CHECKING);
	value_put_bool(view, "undoing", state == IMPORT_UNDOING);
	value_put_bool(view, "waiting", state == IMPORT_QUEUED);
	value_put_bool(view, "running", state == IMPORT_RUNNING);
	bool undoes = state == IMPORT_UNDOING;
	int64_t undone = import->removed + import->restored + import->kept,
			changed = import->counts.created + import->counts.updated, of = undoes ? changed : import->rows;
	value_put_text(view, "width",
	               part_width(x->arena, (double)(undoes ? undone : import->looked_at),
	                          of == COUNT_NONE ? 0 : (double)of));
	value_put_text(view, "undone_words",
	               arena_print(x->arena, "%s of %s undone", text_of_count(x->arena, undone),
	                           text_of_counted(x->arena, changed, "contact", "contacts")));
	value_put_bool(view, "measured", undoes || state == IMPORT_RUNNING);
}

static void put_stat(struct value *view, const char *label, struct arena *arena, int64_t count, const char *note) {
	part_stat(view, &(struct part_stat){ .label = label, .value = text_of_count(arena, count), .note = note });
}

/* A section of the page, if there is anything to say. */
static void put_some(struct value *view, const char *name, int64_t count) {
	if (count > 0)
		value_put_int(view, name, count);
	else
		(void)value_put(view, name, value_null(view->arena));
}

void import_put_preview(const struct exchange *x, struct value *view, const struct import *import) {
	static const char *const keys[IMPORT_OUTCOME_COUNT] = { "ok", "running", "draft", "paused", "failed" };
	static const char *const labels[IMPORT_OUTCOME_COUNT] = { "New", "Changed", "Unchanged", "Skipped", "Rejected" };
	const struct import_counts *expected = &import->expected;
	const struct import_shown *shown = import->shown.items;
	struct arena *arena = x->arena;
	int64_t known = expected->updated + expected->unchanged, people = expected->created + expected->updated;
	put_stat(view, "New contacts", arena, expected->created,
	         arena_print(arena, "of %s", text_of_counted(arena, import->rows, "row", "rows")));
	put_stat(view, "Existing", arena, known,
	         arena_print(arena, "%s changed, %s unchanged", text_of_count(arena, expected->updated),
	                     text_of_count(arena, expected->unchanged)));
	put_stat(view, "Skipped", arena, expected->skipped,
	         import->repeated ? arena_print(arena, "%s named twice", text_of_count(arena, import->repeated)) : NULL);
	put_stat(view, "Rejected", arena, expected->rejected, expected->rejected ? "You can download and mend them" : NULL);
	struct value *rows = value_put(view, "shown", value_list(arena));
	for (int i = 0; i < import->shown.count; i++) {
		struct value *row = value_push(rows, value_map(arena));
		value_put_int(row, "row", shown[i].row);
		value_put_text(row, "who", text_is_empty(shown[i].who) ? "(no address)" : shown[i].who);
		value_put_text(row, "name", shown[i].name);
		value_put_text(row, "why", shown[i].why);
		value_put_text(row, "told", text_is_empty(shown[i].told) ? NULL : shown[i].told);
		value_put_text(row, "key", keys[shown[i].outcome]);
		value_put_text(row, "label", labels[shown[i].outcome]);
	}
	value_put_int(view, "shown_count", import->shown.count);
	put_some(view, "bad_domains", import->bad_domains);
	value_put_int(view, "people", people);
	value_put_bool(view, "nobody", people == 0);
	value_put_text(view, "until", text_of_day(arena, moment_add(x->now, IMPORT_UNDO_DAYS * DAY_MS)));
}

static void put_part(struct value *view, const char *label, const char *kind, int64_t count, int64_t of,
                     struct arena *arena) {
	struct value *row = value_push((struct value *)(uintptr_t)value_get(view, "parts"), value_map(arena));
	value_put_text(row, "label", label);
	value_put_text(row, "kind", kind);
	value_put_text(row, "count", text_of_count(arena, count));
	value_put_text(row, "share", of ? share_text(arena, count, of) : NULL);
	value_put_text(row, "width", part_width(arena, (double)count, (double)of));
}

/* "1,873 contacts added, 212 changed". */
static const char *result_told(const struct import *import, struct arena *arena) {
	const struct import_counts *counts = &import->counts;
	const char *added = text_of_counted(arena, counts->created, "contact added", "contacts added");
	return counts->updated ? arena_print(arena, "%s, %s changed", added, text_of_count(arena, counts->updated)) : added;
}

static const char *undone_told(const struct import *import, struct arena *arena) {
	return arena_print(arena, "%s, %s, %s",
	                   text_of_counted(arena, import->removed, "contact removed", "contacts removed"),
	                   text_of_counted(arena, import->restored, "put back as it was", "put back as they were"),
	                   text_of_counted(arena, import->kept, "kept because of later changes",
	                                   "kept because of later changes"));
}

static const char *seconds_told(const struct import *import, struct arena *arena) {
	if (!moment_is_set(import->started_at) || !moment_is_set(import->ended_at))
		return NULL;
	int64_t seconds = (import->ended_at.ms - import->started_at.ms + SECOND_MS - 1) / SECOND_MS;
	return seconds < 120 ? text_of_counted(arena, seconds, "second", "seconds")
	                     : text_of_counted(arena, seconds / 60, "minute", "minutes");
}

void import_put_result(const struct exchange *x, struct value *view, const struct import *import) {
	struct arena *arena = x->arena;
	const struct import_counts *counts = &import->counts;
	enum import_state state = (enum import_state)import->state;
	int64_t of = import->looked_at;
	(void)value_put(view, "parts", value_list(arena));
	put_part(view, "Added", "joined", counts->created, of, arena);
	put_part(view, "Changed", "opens", counts->updated, of, arena);
	put_part(view, "Unchanged", "sent", counts->unchanged, of, arena);
	put_part(view, "Skipped", "sent", counts->skipped, of, arena);
	put_part(view, "Rejected", "lost", counts->rejected, of, arena);
	value_put_bool(view, "done", state == IMPORT_DONE);
	value_put_bool(view, "failed", state == IMPORT_FAILED);
	value_put_bool(view, "stopped", state == IMPORT_STOPPED);
	value_put_bool(view, "dropped", state == IMPORT_DROPPED);
	value_put_bool(view, "undone", state == IMPORT_UNDONE);
	value_put_text(view, "result", result_told(import, arena));
	value_put_text(view, "undone_result", undone_told(import, arena));
	value_put_text(view, "ended", text_of_moment_near(arena, import->ended_at, x->now));
	value_put_text(view, "undone_at", text_of_moment_near(arena, import->undone_at, x->now));
	value_put_text(view, "took", seconds_told(import, arena));
	put_some(view, "bad_domains", import->bad_domains);
	value_put_int(view, "troubled", counts->skipped + counts->rejected);
	put_some(view, "rejected", counts->rejected);
	value_put_int(view, "created", counts->created);
	value_put_int(view, "updated", counts->updated);
	bool open = undo_is_open(import->ended_at, x->now) && counts->created + counts->updated > 0 &&
	            import_after(state, STEP_UNDO) == IMPORT_UNDOING;
	value_put_bool(view, "may_undo", open);
	value_put_text(view, "until", text_of_day(arena, moment_add(import->ended_at, IMPORT_UNDO_DAYS * DAY_MS)));
	const char *tag = import->tags.count && state != IMPORT_UNDONE ? import->tags.items[0] : NULL;
	value_put_text(view, "tag", tag);
	value_put_text(view, "tag_query", tag ? url_encoded(arena, tag) : NULL);
	value_put_bool(view, "has_report", state != IMPORT_DROPPED && of > 0);
}
