/* Records to and from BSON. */
#include <math.h>
#include <string.h>

#include "core/fields/member.h"

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

/* In a list of ids, texts that are not valid ids are left out. */
static void append_strings(const struct field *field, const struct strings *strings, bson_t *bson) {
	bson_t list;
	bson_oid_t oid;
	char key[16];
	const char *index;
	uint32_t count = 0;
	BSON_APPEND_ARRAY_BEGIN(bson, field_stored_name(field), &list);
	for (int i = 0; i < strings->count; i++) {
		const char *text = strings->items[i];
		bool is_id = bson_oid_is_valid(text, strlen(text));
		if (field->flags & FIELD_ID && !is_id)
			continue;
		(void)bson_uint32_to_string(count++, &index, key, sizeof key);
		if (field->flags & FIELD_ID) {
			bson_oid_init_from_string(&oid, text);
			BSON_APPEND_OID(&list, index, &oid);
		} else {
			BSON_APPEND_UTF8(&list, index, text);
		}
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
		append_strings(field, at, bson);
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

/* The state of reading one document; err keeps the first choice with an unknown word. */
struct reading {
	struct arena *arena;
	struct error *err;
	bool fine;
};

static void read_record(struct reading *reading, const struct record_type *record, const bson_t *bson, void *object);

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

/* In an id field, a text that is not an id is absent: it could not be stored again. */
static const char *read_member_text(const struct field *field, const bson_iter_t *iter, struct arena *arena) {
	const char *text = read_text(iter, arena);
	bool is_lost = text && field->flags & FIELD_ID && !bson_oid_is_valid(text, strlen(text));
	return is_lost ? NULL : text;
}

static void read_choice(struct reading *reading, const struct field *field, const bson_iter_t *iter, unsigned *at) {
	const char *word = BSON_ITER_HOLDS_UTF8(iter) ? bson_iter_utf8(iter, NULL) : NULL;
	int choice;
	if (word && choice_find(field->choices, word, &choice)) {
		*at = (unsigned)choice;
		return;
	}
	if (field->flags & FIELD_FOREIGN || BSON_ITER_HOLDS_NULL(iter) || !reading->fine)
		return;
	reading->fine = error_set(reading->err, ERROR_FAULT, "the member %s holds %s%.40s%s, which is none of its words",
	                          field_stored_name(field), word ? "'" : "", word ? word : "no text", word ? "'" : "");
}

static int count_of(bson_iter_t list) {
	int count = 0;
	while (bson_iter_next(&list))
		count++;
	return count;
}

static void read_strings(struct reading *reading, const struct field *field, const bson_iter_t *iter,
                         struct strings *strings) {
	bson_iter_t item;
	if (!BSON_ITER_HOLDS_ARRAY(iter) || !bson_iter_recurse(iter, &item))
		return;
	/* Start over: a damaged document may contain the key twice. */
	*strings = (struct strings){ arena_array(reading->arena, const char *, count_of(item)), 0 };
	while (bson_iter_next(&item)) {
		const char *text = read_member_text(field, &item, reading->arena);
		if (text)
			strings->items[strings->count++] = text;
	}
}

static void read_bytes(const bson_iter_t *iter, struct arena *arena, struct bytes *bytes) {
	const uint8_t *data;
	uint32_t size;
	if (!BSON_ITER_HOLDS_BINARY(iter))
		return;
	bson_iter_binary(iter, NULL, &size, &data);
	*bytes = (struct bytes){ arena_copy_bytes(arena, (const char *)data, size), size };
}

static void read_nested(struct reading *reading, const struct record_type *record, const bson_iter_t *iter,
                        void *object) {
	const uint8_t *bytes;
	uint32_t size;
	bson_t bson;
	if (!BSON_ITER_HOLDS_DOCUMENT(iter))
		return;
	bson_iter_document(iter, &size, &bytes);
	if (bson_init_static(&bson, bytes, size))
		read_record(reading, record, &bson, object);
}

static void read_rows(struct reading *reading, const struct record_type *record, const bson_iter_t *iter,
                      struct rows *rows) {
	bson_iter_t item;
	if (!BSON_ITER_HOLDS_ARRAY(iter) || !bson_iter_recurse(iter, &item))
		return;
	*rows = (struct rows){ arena_alloc(reading->arena, record->size * (size_t)count_of(item)), 0 };
	while (bson_iter_next(&item))
		if (BSON_ITER_HOLDS_DOCUMENT(&item))
			read_nested(reading, record, &item, row(rows, record, rows->count++));
}

static void read_field(struct reading *reading, const struct field *field, const bson_iter_t *iter, void *at) {
	switch (field->type) {
	case FIELD_BOOL:
		if (BSON_ITER_HOLDS_BOOL(iter))
			*(bool *)at = bson_iter_bool(iter);
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
		*(const char **)at = read_member_text(field, iter, reading->arena);
		break;
	case FIELD_MOMENT:
		if (BSON_ITER_HOLDS_DATE_TIME(iter))
			((struct moment *)at)->ms = bson_iter_date_time(iter);
		break;
	case FIELD_CHOICE:
		read_choice(reading, field, iter, at);
		break;
	case FIELD_STRINGS:
		read_strings(reading, field, iter, at);
		break;
	case FIELD_BYTES:
		read_bytes(iter, reading->arena, at);
		break;
	case FIELD_NESTED:
		read_nested(reading, field->record, iter, at);
		break;
	case FIELD_ROWS:
		read_rows(reading, field->record, iter, at);
		break;
	}
}

static void read_record(struct reading *reading, const struct record_type *record, const bson_t *bson, void *object) {
	bson_iter_t iter;
	int expected = 0;
	record_clear(record, object);
	for (const struct field *field = record->fields; field < record->fields + record->count; field++)
		if (field->flags & FIELD_REVISION)
			*(int64_t *)member(field, object) = 0;
	if (!bson_iter_init(&iter, bson))
		return;
	while (bson_iter_next(&iter)) {
		/* Our own documents hold the fields in table order, so the next one nearly always matches. */
		for (int tried = 0; tried < record->count; tried++) {
			int i = (expected + tried) % record->count;
			if (strcmp(field_stored_name(&record->fields[i]), bson_iter_key(&iter)) == 0) {
				read_field(reading, &record->fields[i], &iter, member(&record->fields[i], object));
				expected = i + 1;
				break;
			}
		}
	}
}

bool record_from_bson(const struct record_type *record, const bson_t *bson, struct arena *arena, void *object,
                      struct error *err) {
	struct reading reading = { arena, err, true };
	read_record(&reading, record, bson, object);
	return reading.fine;
}
