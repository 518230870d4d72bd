/* One typed value of a filter or an update. It references what it was made from. */
#ifndef STORE_DATUM_H
#define STORE_DATUM_H

#include <bson/bson.h>

#include "core/base/choice.h"
#include "core/base/moment.h"
#include "core/fields/field.h"

enum datum_kind {
	DATUM_NONE, /* absent: NULL, COUNT_NONE, NaN, MOMENT_NONE, an id that is not 24 hex digits */
	DATUM_TEXT,
	DATUM_ID, /* an ObjectId */
	DATUM_BOOL,
	DATUM_COUNT,
	DATUM_REAL,
	DATUM_MOMENT,
	DATUM_BYTES,
	DATUM_STRINGS,
};

struct datum {
	enum datum_kind kind;
	union {
		const char *text;
		bson_oid_t id;
		bool truth;
		int64_t count;
		double real;
		struct bytes bytes;
		const struct strings *strings;
	};
};

struct datum datum_text(const char *text);
struct datum datum_id(const char *id);
struct datum datum_bool(bool truth);
struct datum datum_count(int64_t count);
struct datum datum_real(double real);
struct datum datum_moment(struct moment at);
struct datum datum_choice(const struct choices *choices, unsigned value);
struct datum datum_bytes(const struct bytes *bytes);
struct datum datum_strings(const struct strings *strings);

/* Appends nothing for DATUM_NONE. */
void datum_append(bson_t *bson, const char *key, const struct datum *datum);

/* An array index as a key; `room` is used if libbson has no constant for it. */
enum { ARRAY_KEY = 16 };
const char *array_key(int index, char room[ARRAY_KEY]);

#endif
