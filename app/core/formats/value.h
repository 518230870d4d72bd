/* JSON-like values in an arena: parsed JSON, and the data of templates. Maps keep insertion order. Nothing here fails;
 * NULL stands for "absent". */
#ifndef FORMATS_VALUE_H
#define FORMATS_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/moment.h"

enum value_kind { VALUE_NULL, VALUE_BOOL, VALUE_INT, VALUE_REAL, VALUE_TEXT, VALUE_LIST, VALUE_MAP };

struct value {
	enum value_kind kind;
	const char *name; /* the key, if inside a map */
	union {
		bool boolean;
		int64_t integer;
		double real;
		const char *text;
	};
	struct value *first, *last, *next; /* children of a list or map; next sibling */
	int count;
	bool sparse;     /* a map whose missing members templates may name: they are null */
	bool unreadable; /* null, because what stood there could not be read (json_read_lenient) */
	struct arena *arena;
};

struct value *value_map(struct arena *arena);
struct value *value_list(struct arena *arena);
struct value *value_text(struct arena *arena, const char *text); /* NULL gives VALUE_NULL; not copied */
struct value *value_int(struct arena *arena,
                        int64_t number); /* CHECKED_UNKNOWN (core/base/checked.h) gives VALUE_NULL */
struct value *value_real(struct arena *arena, double number); /* NaN and infinities give VALUE_NULL */
struct value *value_bool(struct arena *arena, bool boolean);
struct value *value_null(struct arena *arena);

/* Adds `child` to a map or list and returns it. `name` is not copied. */
struct value *value_put(struct value *map, const char *name, struct value *child);
struct value *value_push(struct value *list, struct value *child);

void value_put_text(struct value *map, const char *name, const char *text);
void value_put_int(struct value *map, const char *name, int64_t number);
void value_put_real(struct value *map, const char *name, double number);
/* As moment_format writes it; null for MOMENT_NONE. */
void value_put_moment(struct value *map, const char *name, struct moment at);
void value_put_bool(struct value *map, const char *name, bool boolean);

/* A member of a map; NULL if `value` is NULL or not a map, or has no such member. */
const struct value *value_get(const struct value *value, const char *name);

/* Lenient readers for foreign servers' answers: a missing or null member gives the default. */
const char *value_get_text(const struct value *map, const char *name); /* default NULL */
int64_t value_get_int(const struct value *map, const char *name, int64_t otherwise);
bool value_get_bool(const struct value *map, const char *name, bool otherwise);

#endif
