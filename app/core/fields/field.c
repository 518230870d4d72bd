/* Traversal of field tables. */
#include "core/fields/field.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/fields/member.h"
#include "core/formats/json.h"

enum { PATH_BYTES = 200 };

char *count_text(struct arena *arena, int64_t count) {
	return count == COUNT_NONE ? arena_copy(arena, "–") : text_of_count(arena, count);
}

const char *field_stored_name(const struct field *field) {
	return field->stored ? field->stored : field->name;
}

const struct field *record_field(const struct record_type *record, const char *name) {
	for (const struct field *field = record->fields; field < record->fields + record->count; field++)
		if (strcmp(field->name, name) == 0)
			return field;
	return NULL;
}

const struct field *record_field_stored(const struct record_type *record, const char *stored) {
	for (const struct field *field = record->fields; field < record->fields + record->count; field++)
		if (strcmp(field_stored_name(field), stored) == 0)
			return field;
	return NULL;
}

void record_clear(const struct record_type *record, void *object) {
	memset(object, 0, record->size);
	for (const struct field *field = record->fields; field < record->fields + record->count; field++) {
		void *at = member(field, object);
		switch (field->type) {
		case FIELD_COUNT:
			*(int64_t *)at = COUNT_NONE;
			break;
		case FIELD_REAL:
			*(double *)at = NAN;
			break;
		case FIELD_MOMENT:
			*(struct moment *)at = MOMENT_NONE;
			break;
		case FIELD_NESTED:
			record_clear(field->record, at);
			break;
		case FIELD_BOOL:
			*(bool *)at = (field->flags & FIELD_TRUE) != 0;
			break;
		case FIELD_TEXT:
		case FIELD_CHOICE:
		case FIELD_STRINGS:
		case FIELD_BYTES:
		case FIELD_ROWS:
			break; /* zero */
		}
	}
}

static size_t member_size(const struct field *field) {
	static const size_t sizes[] = {
		[FIELD_BOOL] = sizeof(bool),
		[FIELD_COUNT] = sizeof(int64_t),
		[FIELD_REAL] = sizeof(double),
		[FIELD_TEXT] = sizeof(const char *),
		[FIELD_MOMENT] = sizeof(struct moment),
		[FIELD_CHOICE] = sizeof(unsigned),
		[FIELD_STRINGS] = sizeof(struct strings),
		[FIELD_BYTES] = sizeof(struct bytes),
		[FIELD_ROWS] = sizeof(struct rows),
	};
	return field->type == FIELD_NESTED ? field->record->size : sizes[field->type];
}

static void keep_strings(struct strings *now, const struct strings *before, struct arena *arena) {
	struct strings all = { arena_array(arena, const char *, now->count + before->count + 1), 0 };
	for (int i = 0; i < now->count; i++)
		all.items[all.count++] = now->items[i];
	for (int i = 0; i < before->count; i++)
		if (!strings_have(&all, before->items[i]))
			all.items[all.count++] = before->items[i];
	*now = all;
}

static const char **text_in(const struct rows *rows, const struct record_type *record, int i, int field) {
	return (const char **)(void *)((char *)rows->items + (size_t)i * record->size + record->fields[field].offset);
}

static int find_row(const struct rows *rows, const struct record_type *record, const char *key) {
	for (int i = 0; i < rows->count; i++)
		if (text_same(*text_in(rows, record, i, 0), key))
			return i;
	return -1;
}

static void keep_texts(const struct record_type *record, const struct rows *now, int to, const struct rows *before,
                       int from) {
	for (int i = 0; i < record->count; i++)
		if (record->fields[i].type == FIELD_TEXT && !*text_in(now, record, to, i))
			*text_in(now, record, to, i) = *text_in(before, record, from, i);
}

static void keep_rows(const struct record_type *record, struct rows *now, const struct rows *before,
                      struct arena *arena) {
	struct rows all = { arena_alloc(arena, record->size * (size_t)(now->count + before->count + 1)), now->count };
	if (now->count)
		memcpy(all.items, now->items, record->size * (size_t)now->count);
	for (int i = 0; i < before->count; i++) {
		int same = find_row(&all, record, *text_in(before, record, i, 0));
		if (same >= 0)
			keep_texts(record, &all, same, before, i);
		else
			memcpy((char *)all.items + record->size * (size_t)all.count++,
			       (const char *)before->items + record->size * (size_t)i, record->size);
	}
	*now = all;
}

void record_keep(const struct record_type *record, void *now, const void *before, const struct strings *names,
                 struct arena *arena) {
	for (int i = 0; i < names->count; i++) {
		const struct field *field = record_field(record, names->items[i]);
		void *to = member(field, now);
		const void *from = member_of(field, before);
		if (field->type == FIELD_STRINGS)
			keep_strings(to, from, arena);
		else if (field->type == FIELD_ROWS)
			keep_rows(field->record, to, from, arena);
		else
			memcpy(to, from, member_size(field));
	}
}

/* `prefix`: "settings." of a nested record, else "". */
static void take(const struct record_type *record, void *to, const void *from, const struct strings *names,
                 const char *prefix) {
	for (const struct field *field = record->fields; field < record->fields + record->count; field++) {
		char path[PATH_BYTES];
		bool nested = field->type == FIELD_NESTED;
		(void)snprintf(path, sizeof path, nested ? "%s%s." : "%s%s", prefix, field->name);
		if (nested)
			take(field->record, member(field, to), member_of(field, from), names, path);
		else if (strings_have(names, path))
			memcpy(member(field, to), member_of(field, from), member_size(field));
	}
}

void record_take(const struct record_type *record, void *to, const void *from, const struct strings *names) {
	take(record, to, from, names, "");
}

static struct value *rows_value(const struct record_type *record, const struct rows *rows, struct arena *arena) {
	struct value *list = value_list(arena);
	for (int i = 0; i < rows->count; i++)
		(void)value_push(list, record_to_value(record, row(rows, record, i), arena));
	return list;
}

/* Of a FIELD_OBJECT; null if it is absent or no JSON. */
static struct value *object_value(const char *text, struct arena *arena) {
	struct value *object;
	struct error ignored;
	return text && json_read(arena, text, strlen(text), &object, &ignored) ? object : value_null(arena);
}

static struct value *field_value(const struct field *field, const void *at, struct arena *arena) {
	struct value *list;
	const struct strings *strings;
	char text[MOMENT_TEXT];
	switch (field->type) {
	case FIELD_BOOL:
		return value_bool(arena, *(const bool *)at);
	case FIELD_COUNT:
		return *(const int64_t *)at == COUNT_NONE ? value_null(arena) : value_int(arena, *(const int64_t *)at);
	case FIELD_REAL:
		return value_real(arena, *(const double *)at);
	case FIELD_TEXT:
		return field->flags & FIELD_OBJECT ? object_value(*(const char *const *)at, arena)
		                                   : value_text(arena, *(const char *const *)at);
	case FIELD_MOMENT:
		if (!moment_is_set(*(const struct moment *)at))
			return value_null(arena);
		return value_text(arena, arena_copy(arena, moment_format(*(const struct moment *)at, text)));
	case FIELD_CHOICE:
		return value_text(arena, choice_name(field->choices, (int)*(const unsigned *)at));
	case FIELD_STRINGS:
		strings = at;
		list = value_list(arena);
		for (int i = 0; i < strings->count; i++)
			(void)value_push(list, value_text(arena, strings->items[i]));
		return list;
	case FIELD_ROWS:
		return rows_value(field->record, at, arena);
	case FIELD_BYTES:
		return value_null(arena);
	case FIELD_NESTED:
		break;
	}
	return record_to_value(field->record, at, arena);
}

struct value *record_to_value(const struct record_type *record, const void *object, struct arena *arena) {
	struct value *map = value_map(arena);
	for (const struct field *field = record->fields; field < record->fields + record->count; field++)
		if (!(field->flags & FIELD_PRIVATE))
			(void)value_put(map, field->name, field_value(field, member_of(field, object), arena));
	return map;
}

void rows_to_json(const struct record_type *record, const struct rows *rows, struct buf *out) {
	buf_char(out, '[');
	for (int i = 0; i < rows->count; i++) {
		if (i)
			buf_char(out, ',');
		record_to_json(record, row(rows, record, i), out);
	}
	buf_char(out, ']');
}

static void write_text(const struct field *field, const char *text, struct buf *out) {
	if (!(field->flags & FIELD_OBJECT)) {
		json_write_text(out, text);
		return;
	}
	ARENA_AUTO arena = arena_new();
	json_write(out, object_value(text, arena));
}

static void write_field(const struct field *field, const void *at, struct buf *out) {
	char text[MOMENT_TEXT];
	const struct strings *strings;
	switch (field->type) {
	case FIELD_BOOL:
		buf_text_add(out, *(const bool *)at ? "true" : "false");
		break;
	case FIELD_COUNT:
		if (*(const int64_t *)at == COUNT_NONE)
			buf_text_add(out, "null");
		else
			json_write_int(out, *(const int64_t *)at);
		break;
	case FIELD_REAL:
		json_write_real(out, *(const double *)at);
		break;
	case FIELD_TEXT:
		write_text(field, *(const char *const *)at, out);
		break;
	case FIELD_MOMENT:
		(void)moment_format(*(const struct moment *)at, text);
		json_write_text(out, text[0] ? text : NULL);
		break;
	case FIELD_CHOICE:
		json_write_text(out, choice_name(field->choices, (int)*(const unsigned *)at));
		break;
	case FIELD_STRINGS:
		strings = at;
		buf_char(out, '[');
		for (int i = 0; i < strings->count; i++) {
			if (i)
				buf_char(out, ',');
			json_write_text(out, strings->items[i]);
		}
		buf_char(out, ']');
		break;
	case FIELD_BYTES:
		buf_text_add(out, "null");
		break;
	case FIELD_NESTED:
		record_to_json(field->record, at, out);
		break;
	case FIELD_ROWS:
		rows_to_json(field->record, at, out);
		break;
	}
}

void record_to_json(const struct record_type *record, const void *object, struct buf *out) {
	bool first = true;
	buf_char(out, '{');
	for (const struct field *field = record->fields; field < record->fields + record->count; field++) {
		if (field->flags & FIELD_PRIVATE)
			continue;
		if (!first)
			buf_char(out, ',');
		first = false;
		json_write_text(out, field->name);
		buf_char(out, ':');
		write_field(field, member_of(field, object), out);
	}
	buf_char(out, '}');
}

bool record_same(const struct record_type *record, const void *a, const void *b) {
	BUF_AUTO one = { 0 };
	BUF_AUTO other = { 0 };
	record_to_json(record, a, &one);
	record_to_json(record, b, &other);
	return text_same(buf_text(&one), buf_text(&other));
}

static struct value *type_schema(const struct field *field, struct arena *arena) {
	static const struct {
		const char *type, *format;
	} types[] = {
		[FIELD_BOOL] = { "boolean", NULL },         [FIELD_COUNT] = { "integer", "int64" },
		[FIELD_REAL] = { "number", NULL },          [FIELD_TEXT] = { "string", NULL },
		[FIELD_MOMENT] = { "string", "date-time" }, [FIELD_CHOICE] = { "string", NULL },
		[FIELD_STRINGS] = { "array", NULL },        [FIELD_ROWS] = { "array", NULL },
	};
	struct value *schema = value_map(arena);
	if (field->type == FIELD_BOOL || field->type == FIELD_CHOICE || field->type == FIELD_STRINGS ||
	    field->type == FIELD_ROWS) {
		value_put_text(schema, "type", types[field->type].type);
	} else {
		struct value *both = value_put(schema, "type", value_list(arena));
		(void)value_push(both, value_text(arena, field->flags & FIELD_OBJECT ? "object" : types[field->type].type));
		(void)value_push(both, value_text(arena, "null"));
	}
	if (types[field->type].format)
		value_put_text(schema, "format", types[field->type].format);
	if (field->type == FIELD_STRINGS)
		value_put_text(value_put(schema, "items", value_map(arena)), "type", "string");
	if (field->flags & FIELD_LINES) {
		struct value *both = value_put(schema, "type", value_list(arena));
		(void)value_push(both, value_text(arena, "array"));
		(void)value_push(both, value_text(arena, "string"));
	}
	if (field->type == FIELD_ROWS)
		(void)value_put(schema, "items", record_schema(field->record, arena));
	return schema;
}

static struct value *field_schema(const struct field *field, struct arena *arena) {
	struct value *schema = field->type == FIELD_NESTED ? record_schema(field->record, arena)
	                                                   : type_schema(field, arena);
	if (field->type == FIELD_CHOICE) {
		struct value *names = value_put(schema, "enum", value_list(arena));
		for (int i = 0; i < field->choices->count; i++)
			(void)value_push(names, value_text(arena, field->choices->names[i]));
	}
	if (field->max && !(field->flags & FIELD_OBJECT))
		value_put_int(schema, field->type == FIELD_TEXT ? "maxLength" : "maximum", field->max);
	if (field->doc)
		value_put_text(schema, "description",
		               field->unit ? arena_print(arena, "%s (%s)", field->doc, field->unit) : field->doc);
	return schema;
}

struct value *record_schema(const struct record_type *record, struct arena *arena) {
	struct value *schema = value_map(arena);
	value_put_text(schema, "type", "object");
	struct value *members = value_put(schema, "properties", value_map(arena));
	for (const struct field *field = record->fields; field < record->fields + record->count; field++)
		if (!(field->flags & FIELD_PRIVATE))
			(void)value_put(members, field->name, field_schema(field, arena));
	struct value *required = value_list(arena);
	for (const struct field *field = record->fields; field < record->fields + record->count; field++)
		if (field->flags & FIELD_REQUIRED)
			(void)value_push(required, value_text(arena, field->name));
	if (required->count)
		(void)value_put(schema, "required", required);
	return schema;
}
