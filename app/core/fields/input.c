/* Records from input (forms, JSON) and to CSV. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/fields/field.h"
#include "core/formats/csv.h"
#include "core/formats/json.h"

/* The member's name as words: "Fresh hours" for fresh_hours. */
struct words {
	char text[80];
};

static struct words words_of(const struct field *field) {
	struct words words;
	(void)snprintf(words.text, sizeof words.text, "%s", field->name);
	for (char *at = words.text; *at; at++)
		if (*at == '_')
			*at = ' ';
	text_capitalize(words.text);
	return words;
}

static bool wrong(struct error *err, const struct field *field, const char *why) {
	return error_field(err, field->name, "%s %s", words_of(field).text, why);
}

static bool put_text(const struct field *field, const char *text, struct arena *arena, const char **at,
                     struct error *err) {
	int64_t max = field->max ? field->max : TEXT_MAX;
	char *trimmed = text_trim(arena, text);
	if ((int64_t)text_length(trimmed) > max)
		return error_field(err, field->name, "%s can have at most %" PRId64 " characters", words_of(field).text, max);
	if (!*trimmed && field->flags & FIELD_REQUIRED)
		return !*text || wrong(err, field, "is missing"); /* of no text at all its reader says so */
	*at = trimmed;
	return true;
}

static bool put_count(const struct field *field, int64_t number, int64_t *at, struct error *err) {
	int64_t max = field->max ? field->max : COUNT_MAX;
	if (number < 0 || number > max)
		return error_field(err, field->name, "%s must be a number from 0 to %" PRId64, words_of(field).text, max);
	*at = number;
	return true;
}

/* The error lists the valid choices. */
static bool put_choice(const struct field *field, const char *text, unsigned *at, struct error *err) {
	int choice;
	BUF_AUTO names = { 0 };
	if (choice_find(field->choices, text, &choice)) {
		*at = (unsigned)choice;
		return true;
	}
	for (int i = 0; i < field->choices->count; i++)
		buf_print(&names, "%s%s", i ? ", " : "", field->choices->names[i]);
	return error_field(err, field->name, "%s cannot be “%.40s”", words_of(field).text, text) ||
	       error_codes(err, ". Use %.200s", buf_text(&names));
}

/* From text, as a form sends it. */
static bool put_from_text(const struct field *field, const char *text, struct arena *arena, void *at,
                          struct error *err) {
	int64_t number;
	switch (field->type) {
	case FIELD_BOOL:
		*(bool *)at = strcmp(text, "1") == 0 || strcmp(text, "true") == 0 || strcmp(text, "on") == 0;
		return true;
	case FIELD_COUNT:
		return text_to_int(text, INT64_MIN + 1, INT64_MAX, &number) ? put_count(field, number, at, err)
		                                                            : wrong(err, field, "must be a whole number");
	case FIELD_TEXT:
		return put_text(field, text, arena, at, err);
	case FIELD_MOMENT:
		return moment_parse(text, at) || wrong(err, field, "must be a day like 2026-11-21") ||
		       error_codes(err, " or a time like 2026-11-21T10:00:00Z");
	case FIELD_CHOICE:
		return put_choice(field, text, at, err);
	case FIELD_REAL:
	case FIELD_STRINGS:
	case FIELD_BYTES:
	case FIELD_NESTED:
	case FIELD_ROWS:
		break;
	}
	return wrong(err, field, "cannot be given here");
}

/* Blanks alone are no item. */
static void add_item(struct strings *items, const char *text, struct arena *arena) {
	const char *trimmed = text_trim(arena, text);
	if (*trimmed)
		items->items[items->count++] = trimmed;
}

static bool put_strings(const struct field *field, const struct value *value, struct arena *arena, struct strings *at,
                        struct error *err) {
	int64_t max = field->max ? field->max : STRINGS_MAX;
	if (value->count > max)
		return error_field(err, field->name, "%s can have at most %" PRId64 " items", words_of(field).text, max);
	*at = (struct strings){ arena_array(arena, const char *, value->count + 1), 0 };
	for (const struct value *item = value->first; item; item = item->next) {
		if (item->kind != VALUE_TEXT || text_length(item->text) > TEXT_MAX)
			return wrong(err, field, "must be a list of strings");
		add_item(at, item->text, arena);
	}
	return true;
}

/* One text with a line for each. */
static bool put_lines(const struct field *field, const char *text, struct arena *arena, struct strings *at,
                      struct error *err) {
	int64_t max = field->max ? field->max : STRINGS_MAX;
	char *rest = arena_copy(arena, text), *line;
	*at = (struct strings){ arena_array(arena, const char *, max), 0 };
	while ((line = strsep(&rest, "\n"))) {
		line = text_trim(arena, line);
		if (*line && at->count == max)
			return error_field(err, field->name, "%s can have at most %" PRId64 " items", words_of(field).text, max);
		if (*line)
			at->items[at->count++] = line;
	}
	return true;
}

/* Turns "From is missing" for field "from" into "Period: From is missing" for "period.from". */
static void add_path(struct error *problem, const struct field *field) {
	struct error bare = *problem;
	(void)snprintf(problem->field, sizeof problem->field, "%s.%s", field->name, bare.field);
	int before = snprintf(problem->text, sizeof problem->text, "%s: %s", words_of(field).text, bare.text) -
	             (int)strlen(bare.text);
	problem->said = bare.said > 0 ? bare.said + before : 0;
}

static bool put_nested(const struct field *field, const struct value *value, struct arena *arena, void *at,
                       struct problems *problems, struct error *err) {
	struct problems *inside = arena_new_of(arena, struct problems);
	if (record_from_json(field->record, value, arena, at, inside, err))
		return true;
	for (int i = 0; i < inside->count; i++) {
		struct error one;
		(void)error_field(&one, inside->items[i].field, "%s", inside->items[i].text);
		add_path(&one, field);
		problems_add(problems, arena, &one);
	}
	add_path(err, field);
	return false;
}

/* Keeps the object as text. */
static bool put_object(const struct field *field, const struct value *value, struct arena *arena, const char **at,
                       struct error *err) {
	size_t max = (size_t)(field->max ? field->max : OBJECT_MAX);
	BUF_AUTO text = { 0 };
	json_write(&text, value);
	if (text.size > max)
		return error_field(err, field->name, "%s can have at most %zu bytes", words_of(field).text, max);
	*at = arena_copy(arena, buf_text(&text));
	return true;
}

static bool put_from_value(const struct field *field, const struct value *value, struct arena *arena, void *at,
                           struct problems *problems, struct error *err) {
	if (field->type == FIELD_BOOL && value->kind == VALUE_BOOL) {
		*(bool *)at = value->boolean;
		return true;
	}
	if (field->type == FIELD_COUNT && value->kind == VALUE_INT)
		return put_count(field, value->integer, at, err);
	if (field->flags & FIELD_LINES && value->kind == VALUE_TEXT)
		return put_lines(field, value->text, arena, at, err);
	if (field->type == FIELD_STRINGS && value->kind == VALUE_LIST)
		return put_strings(field, value, arena, at, err);
	if (field->type == FIELD_NESTED && value->kind == VALUE_MAP)
		return put_nested(field, value, arena, at, problems, err);
	if (field->flags & FIELD_OBJECT)
		return value->kind == VALUE_MAP ? put_object(field, value, arena, at, err)
		                                : wrong(err, field, "must be an object");
	if (value->kind == VALUE_TEXT && field->type != FIELD_BOOL && field->type != FIELD_COUNT)
		return put_from_text(field, value->text, arena, at, err);
	return wrong(err, field,
	             field->type == FIELD_STRINGS  ? "must be a list of strings"
	             : field->type == FIELD_NESTED ? "must be an object"
	             : field->type == FIELD_BOOL   ? "must be true or false"
	             : field->type == FIELD_COUNT  ? "must be a whole number"
	                                           : "must be a string");
}

/* Every value of that name, as checkboxes send them. */
static bool collect(const struct field *field, const struct params *form, struct arena *arena, struct strings *at,
                    struct error *err) {
	int64_t max = field->max ? field->max : STRINGS_MAX;
	*at = (struct strings){ arena_array(arena, const char *, form->count + 1), 0 };
	for (int i = 0; i < form->count; i++)
		if (strcmp(form->items[i].name, field->name) == 0)
			add_item(at, form->items[i].value, arena);
	return at->count <= max ||
	       error_field(err, field->name, "%s can have at most %" PRId64 " items", words_of(field).text, max);
}

static bool is_given(const struct field *field, const struct params *form) {
	const char *value = params_get(form, field->name);
	return !text_is_empty(value);
}

/* The state of reading one input: err keeps the first problem, `problems` collects all. */
struct reading {
	struct arena *arena;
	void *object;
	struct problems *problems;
	struct error *err;
	bool fine;
};

static void *place_of(const struct reading *reading, const struct field *field) {
	return (char *)reading->object + field->offset;
}

static void refuse(struct reading *reading, const struct error *problem) {
	struct error told;
	error_for_people(problem, &told);
	problems_add(reading->problems, reading->arena, &told);
	if (reading->fine)
		*reading->err = *problem;
	reading->fine = false;
}

static bool put_from_form(const struct reading *reading, const struct field *field, const struct params *form,
                          struct error *err) {
	if (field->type == FIELD_STRINGS)
		return collect(field, form, reading->arena, place_of(reading, field), err);
	if (is_given(field, form))
		return put_from_text(field, params_get(form, field->name), reading->arena, place_of(reading, field), err);
	return !(field->flags & FIELD_REQUIRED) || wrong(err, field, "is missing");
}

bool record_from_form(const struct record_type *record, const struct params *form, struct arena *arena, void *object,
                      struct problems *problems, struct error *err) {
	struct reading reading = { arena, object, problems, err, true };
	struct error problem;
	record_clear(record, object);
	for (const struct field *field = record->fields; field < record->fields + record->count; field++) {
		if (field->flags & (FIELD_PRIVATE | FIELD_OBJECT) || field->type == FIELD_NESTED)
			continue;
		if (!put_from_form(&reading, field, form, &problem))
			refuse(&reading, &problem);
	}
	return reading.fine;
}

static const struct field *find_field(const struct record_type *record, const char *name) {
	for (const struct field *field = record->fields; field < record->fields + record->count; field++)
		if (strcmp(field->name, name) == 0 && !(field->flags & FIELD_PRIVATE))
			return field;
	return NULL;
}

static void put_member(struct reading *reading, const struct record_type *record, const struct value *member) {
	struct error problem;
	const struct field *field = find_field(record, member->name);
	if (!field) {
		(void)error_field(&problem, member->name, "there is no field “%.60s” here", member->name);
		refuse(reading, &problem);
	} else if (member->kind != VALUE_NULL &&
	           !put_from_value(field, member, reading->arena, place_of(reading, field), reading->problems, &problem)) {
		refuse(reading, &problem);
	}
}

static void need_member(struct reading *reading, const struct field *field, const struct value *json) {
	struct error problem;
	const struct value *member = value_get(json, field->name);
	bool empty = !member || member->kind == VALUE_NULL || (member->kind == VALUE_TEXT && !*member->text);
	if (!empty || !(field->flags & FIELD_REQUIRED))
		return;
	(void)wrong(&problem, field, "is missing");
	refuse(reading, &problem);
}

bool record_from_json(const struct record_type *record, const struct value *json, struct arena *arena, void *object,
                      struct problems *problems, struct error *err) {
	struct reading reading = { arena, object, problems, err, true };
	record_clear(record, object);
	if (!json || json->kind != VALUE_MAP)
		return error_set(err, ERROR_INVALID, "The body must be a JSON object");
	for (const struct value *member = json->first; member; member = member->next)
		put_member(&reading, record, member);
	for (const struct field *field = record->fields; field < record->fields + record->count; field++)
		need_member(&reading, field, json);
	return reading.fine;
}

static bool has_column(const struct field *field) {
	return !(field->flags & FIELD_PRIVATE) && field->type != FIELD_NESTED && field->type != FIELD_ROWS;
}

void record_to_csv_head(const struct record_type *record, struct buf *out) {
	bool first = true;
	for (const struct field *field = record->fields; field < record->fields + record->count; field++) {
		if (!has_column(field))
			continue;
		csv_cell(out, field->name, first);
		first = false;
	}
	csv_end(out);
}

static void write_cell(const struct field *field, const void *at, struct buf *out, bool first) {
	char text[48] = "";
	switch (field->type) {
	case FIELD_BOOL:
		csv_cell(out, *(const bool *)at ? "true" : "false", first);
		return;
	case FIELD_COUNT:
		if (*(const int64_t *)at != COUNT_NONE)
			(void)snprintf(text, sizeof text, "%" PRId64, *(const int64_t *)at);
		break;
	case FIELD_REAL:
		if (!isnan(*(const double *)at))
			(void)snprintf(text, sizeof text, "%.4f", *(const double *)at);
		break;
	case FIELD_TEXT:
		csv_cell(out, *(const char *const *)at, first);
		return;
	case FIELD_MOMENT:
		(void)moment_format(*(const struct moment *)at, text);
		break;
	case FIELD_CHOICE:
		csv_cell(out, choice_name(field->choices, (int)*(const unsigned *)at), first);
		return;
	case FIELD_STRINGS:
		csv_list(out, at, first);
		return;
	case FIELD_BYTES:
	case FIELD_NESTED:
	case FIELD_ROWS:
		return;
	}
	csv_number(out, text, first);
}

void record_to_csv(const struct record_type *record, const void *object, struct buf *out) {
	bool first = true;
	for (const struct field *field = record->fields; field < record->fields + record->count; field++) {
		if (!has_column(field))
			continue;
		write_cell(field, (const char *)object + field->offset, out, first);
		first = false;
	}
	csv_end(out);
}
