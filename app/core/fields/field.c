/* Walks over field tables. */
#include "core/fields/field.h"

#include <math.h>
#include <string.h>

#include "core/formats/json.h"

char *count_text(struct arena *arena, int64_t count) {
	return count == COUNT_NONE ? arena_copy(arena, "–") : text_of_count(arena, count);
}

static void *member(const struct field *field, void *object) {
	return (char *)object + field->offset;
}

static const void *member_of(const struct field *field, const void *object) {
	return (const char *)object + field->offset;
}

static void *row(const struct rows *rows, const struct record_type *record, int i) {
	return (char *)rows->items + record->size * (size_t)i;
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
	for (const struct field *field = record->fields; field < record->fields + record->count; field++) {
		void *at = member(field, object);
		switch (field->type) {
		case FIELD_BOOL:
			*(bool *)at = false;
			break;
		case FIELD_COUNT:
			*(int64_t *)at = COUNT_NONE;
			break;
		case FIELD_REAL:
			*(double *)at = NAN;
			break;
		case FIELD_TEXT:
			*(const char **)at = NULL;
			break;
		case FIELD_MOMENT:
			*(struct moment *)at = MOMENT_NONE;
			break;
		case FIELD_CHOICE:
			*(unsigned *)at = 0;
			break;
		case FIELD_STRINGS:
			*(struct strings *)at = (struct strings){ 0 };
			break;
		case FIELD_BYTES:
			*(struct bytes *)at = (struct bytes){ 0 };
			break;
		case FIELD_NESTED:
			record_clear(field->record, at);
			break;
		case FIELD_ROWS:
			*(struct rows *)at = (struct rows){ 0 };
			break;
		}
	}
}

static void append_text(const struct field *field, const char *text, bson_t *bson) {
	bson_oid_t oid;
	if (!text)
		return;
	if (!(field->flags & FIELD_ID)) {
		BSON_APPEND_UTF8(bson, field_stored_name(field), text);
	} else if (bson_oid_is_valid(text, strlen(text))) {
		bson_oid_init_from_string(&oid, text);
		BSON_APPEND_OID(bson, field_stored_name(field), &oid);
	}
}

static void append_strings(const char *name, const struct strings *strings, bson_t *bson) {
	bson_t list;
	char key[16];
	const char *index;
	BSON_APPEND_ARRAY_BEGIN(bson, name, &list);
	for (int i = 0; i < strings->count; i++) {
		(void)bson_uint32_to_string((uint32_t)i, &index, key, sizeof key);
		BSON_APPEND_UTF8(&list, index, strings->items[i]);
	}
	bson_append_array_end(bson, &list);
}

static void append_rows(const struct field *field, const struct rows *rows, bson_t *bson) {
	bson_t list, one;
	char key[16];
	const char *index;
	BSON_APPEND_ARRAY_BEGIN(bson, field_stored_name(field), &list);
	for (int i = 0; i < rows->count; i++) {
		(void)bson_uint32_to_string((uint32_t)i, &index, key, sizeof key);
		BSON_APPEND_DOCUMENT_BEGIN(&list, index, &one);
		record_to_bson(field->record, row(rows, field->record, i), &one);
		bson_append_document_end(&list, &one);
	}
	bson_append_array_end(bson, &list);
}

static void append_bytes(const char *name, const struct bytes *bytes, bson_t *bson) {
	if (bytes->data)
		BSON_APPEND_BINARY(bson, name, BSON_SUBTYPE_BINARY, (const uint8_t *)bytes->data, (uint32_t)bytes->size);
}

static void append_field(const struct field *field, const void *at, bson_t *bson) {
	const char *name = field_stored_name(field);
	bson_t nested;
	switch (field->type) {
	case FIELD_BOOL:
		BSON_APPEND_BOOL(bson, name, *(const bool *)at);
		break;
	case FIELD_COUNT:
		if (*(const int64_t *)at != COUNT_NONE)
			BSON_APPEND_INT64(bson, name, *(const int64_t *)at);
		break;
	case FIELD_REAL:
		if (isfinite(*(const double *)at))
			BSON_APPEND_DOUBLE(bson, name, *(const double *)at);
		break;
	case FIELD_TEXT:
		append_text(field, *(const char *const *)at, bson);
		break;
	case FIELD_MOMENT:
		if (moment_is_set(*(const struct moment *)at))
			BSON_APPEND_DATE_TIME(bson, name, ((const struct moment *)at)->ms);
		break;
	case FIELD_CHOICE:
		BSON_APPEND_UTF8(bson, name, choice_name(field->choices, (int)*(const unsigned *)at));
		break;
	case FIELD_STRINGS:
		append_strings(name, at, bson);
		break;
	case FIELD_BYTES:
		append_bytes(name, at, bson);
		break;
	case FIELD_NESTED:
		BSON_APPEND_DOCUMENT_BEGIN(bson, name, &nested);
		record_to_bson(field->record, at, &nested);
		bson_append_document_end(bson, &nested);
		break;
	case FIELD_ROWS:
		append_rows(field, at, bson);
		break;
	}
}

bool field_to_bson(const struct field *field, const void *object, bson_t *bson) {
	uint32_t before = bson->len;
	append_field(field, member_of(field, object), bson);
	return bson->len > before;
}

void record_to_bson(const struct record_type *record, const void *object, bson_t *bson) {
	for (int i = 0; i < record->count; i++)
		append_field(&record->fields[i], member_of(&record->fields[i], object), bson);
}

static const char *read_text(const bson_iter_t *iter, struct arena *arena) {
	uint32_t size;
	if (BSON_ITER_HOLDS_OID(iter)) {
		char *text = arena_alloc(arena, 25);
		bson_oid_to_string(bson_iter_oid(iter), text);
		return text;
	}
	if (!BSON_ITER_HOLDS_UTF8(iter))
		return NULL;
	const char *text = bson_iter_utf8(iter, &size);
	return arena_copy_bytes(arena, text, size);
}

static void read_strings(const bson_iter_t *iter, struct arena *arena, struct strings *strings) {
	bson_iter_t item;
	if (!BSON_ITER_HOLDS_ARRAY(iter) || !bson_iter_recurse(iter, &item))
		return;
	int count = 0;
	while (bson_iter_next(&item))
		count++;
	*strings = (struct strings){ arena_array(arena, const char *, count),
		                         0 }; /* a damaged document may name it twice */
	(void)bson_iter_recurse(iter, &item);
	while (bson_iter_next(&item))
		if (BSON_ITER_HOLDS_UTF8(&item))
			strings->items[strings->count++] = read_text(&item, arena);
}

static void read_bytes(const bson_iter_t *iter, struct arena *arena, struct bytes *bytes) {
	const uint8_t *data;
	uint32_t size;
	if (!BSON_ITER_HOLDS_BINARY(iter))
		return;
	bson_iter_binary(iter, NULL, &size, &data);
	*bytes = (struct bytes){ arena_copy_bytes(arena, (const char *)data, size), size };
}

static void read_nested(const struct record_type *record, const bson_iter_t *iter, struct arena *arena, void *object) {
	const uint8_t *bytes;
	uint32_t size;
	bson_t bson;
	if (!BSON_ITER_HOLDS_DOCUMENT(iter))
		return;
	bson_iter_document(iter, &size, &bytes);
	if (bson_init_static(&bson, bytes, size))
		record_from_bson(record, &bson, arena, object);
}

static void read_rows(const struct record_type *record, const bson_iter_t *iter, struct arena *arena,
                      struct rows *rows) {
	bson_iter_t item;
	int count = 0;
	if (!BSON_ITER_HOLDS_ARRAY(iter) || !bson_iter_recurse(iter, &item))
		return;
	while (bson_iter_next(&item))
		count++;
	*rows = (struct rows){ arena_alloc(arena, record->size * (size_t)count), 0 };
	(void)bson_iter_recurse(iter, &item);
	while (bson_iter_next(&item))
		if (BSON_ITER_HOLDS_DOCUMENT(&item))
			read_nested(record, &item, arena, row(rows, record, rows->count++));
}

static void read_field(const struct field *field, const bson_iter_t *iter, struct arena *arena, void *at) {
	int choice;
	switch (field->type) {
	case FIELD_BOOL:
		*(bool *)at = BSON_ITER_HOLDS_BOOL(iter) && bson_iter_bool(iter);
		break;
	case FIELD_COUNT:
		if (BSON_ITER_HOLDS_NUMBER(iter))
			*(int64_t *)at = bson_iter_as_int64(iter);
		break;
	case FIELD_REAL:
		if (BSON_ITER_HOLDS_NUMBER(iter))
			*(double *)at = bson_iter_as_double(iter);
		break;
	case FIELD_TEXT:
		*(const char **)at = read_text(iter, arena);
		break;
	case FIELD_MOMENT:
		if (BSON_ITER_HOLDS_DATE_TIME(iter))
			((struct moment *)at)->ms = bson_iter_date_time(iter);
		break;
	case FIELD_CHOICE:
		if (BSON_ITER_HOLDS_UTF8(iter) && choice_find(field->choices, bson_iter_utf8(iter, NULL), &choice))
			*(unsigned *)at = (unsigned)choice;
		break;
	case FIELD_STRINGS:
		read_strings(iter, arena, at);
		break;
	case FIELD_BYTES:
		read_bytes(iter, arena, at);
		break;
	case FIELD_NESTED:
		read_nested(field->record, iter, arena, at);
		break;
	case FIELD_ROWS:
		read_rows(field->record, iter, arena, at);
		break;
	}
}

void record_from_bson(const struct record_type *record, const bson_t *bson, struct arena *arena, void *object) {
	bson_iter_t iter;
	int expected = 0;
	record_clear(record, object);
	for (const struct field *field = record->fields; field < record->fields + record->count; field++)
		if (field->flags & FIELD_REVISION)
			*(int64_t *)member(field, object) = 0;
	if (!bson_iter_init(&iter, bson))
		return;
	while (bson_iter_next(&iter)) {
		/* Documents that we wrote hold the fields in the table's order: the next is nearly always it. */
		for (int tried = 0; tried < record->count; tried++) {
			int i = (expected + tried) % record->count;
			if (strcmp(field_stored_name(&record->fields[i]), bson_iter_key(&iter)) == 0) {
				read_field(&record->fields[i], &iter, arena, member(&record->fields[i], object));
				expected = i + 1;
				break;
			}
		}
	}
}

static struct value *rows_value(const struct record_type *record, const struct rows *rows, struct arena *arena) {
	struct value *list = value_list(arena);
	for (int i = 0; i < rows->count; i++)
		(void)value_push(list, record_to_value(record, row(rows, record, i), arena));
	return list;
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
		return value_text(arena, *(const char *const *)at);
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
		json_write_text(out, *(const char *const *)at);
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
		(void)value_push(both, value_text(arena, types[field->type].type));
		(void)value_push(both, value_text(arena, "null"));
	}
	if (types[field->type].format)
		value_put_text(schema, "format", types[field->type].format);
	if (field->type == FIELD_STRINGS)
		value_put_text(value_put(schema, "items", value_map(arena)), "type", "string");
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
	if (field->max)
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
