/* Typed values to BSON. */
#include "core/store/datum.h"

#include <math.h>
#include <string.h>

struct datum datum_text(const char *text) {
	return text ? (struct datum){ DATUM_TEXT, { .text = text } } : (struct datum){ 0 };
}

struct datum datum_id(const char *id) {
	struct datum datum = { 0 };
	if (id && bson_oid_is_valid(id, strlen(id))) {
		datum.kind = DATUM_ID;
		bson_oid_init_from_string(&datum.id, id);
	}
	return datum;
}

struct datum datum_bool(bool truth) {
	return (struct datum){ DATUM_BOOL, { .truth = truth } };
}

struct datum datum_count(int64_t count) {
	return count != COUNT_NONE ? (struct datum){ DATUM_COUNT, { .count = count } } : (struct datum){ 0 };
}

struct datum datum_real(double real) {
	return isfinite(real) ? (struct datum){ DATUM_REAL, { .real = real } } : (struct datum){ 0 };
}

struct datum datum_moment(struct moment at) {
	return moment_is_set(at) ? (struct datum){ DATUM_MOMENT, { .count = at.ms } } : (struct datum){ 0 };
}

struct datum datum_choice(const struct choices *choices, unsigned value) {
	return datum_text(choice_name(choices, (int)value));
}

struct datum datum_bytes(const struct bytes *bytes) {
	return bytes && bytes->data ? (struct datum){ DATUM_BYTES, { .bytes = *bytes } } : (struct datum){ 0 };
}

struct datum datum_strings(const struct strings *strings) {
	return strings ? (struct datum){ DATUM_STRINGS, { .strings = strings } } : (struct datum){ 0 };
}

const char *array_key(int index, char room[ARRAY_KEY]) {
	const char *key;
	(void)bson_uint32_to_string((uint32_t)index, &key, room, ARRAY_KEY);
	return key;
}

static void append_strings(bson_t *bson, const char *key, const struct strings *strings) {
	bson_t list;
	char room[ARRAY_KEY];
	BSON_APPEND_ARRAY_BEGIN(bson, key, &list);
	for (int i = 0; i < strings->count; i++)
		BSON_APPEND_UTF8(&list, array_key(i, room), strings->items[i]);
	bson_append_array_end(bson, &list);
}

void datum_append(bson_t *bson, const char *key, const struct datum *datum) {
	switch (datum->kind) {
	case DATUM_NONE:
		break;
	case DATUM_TEXT:
		BSON_APPEND_UTF8(bson, key, datum->text);
		break;
	case DATUM_ID:
		BSON_APPEND_OID(bson, key, &datum->id);
		break;
	case DATUM_BOOL:
		BSON_APPEND_BOOL(bson, key, datum->truth);
		break;
	case DATUM_COUNT:
		BSON_APPEND_INT64(bson, key, datum->count);
		break;
	case DATUM_REAL:
		BSON_APPEND_DOUBLE(bson, key, datum->real);
		break;
	case DATUM_MOMENT:
		BSON_APPEND_DATE_TIME(bson, key, datum->count);
		break;
	case DATUM_BYTES:
		BSON_APPEND_BINARY(bson, key, BSON_SUBTYPE_BINARY, (const uint8_t *)datum->bytes.data,
		                   (uint32_t)datum->bytes.size);
		break;
	case DATUM_STRINGS:
		append_strings(bson, key, datum->strings);
		break;
	}
}
