/* JSON-like values in an arena. */
#include "core/formats/value.h"

#include <math.h>
#include <string.h>

#include "core/base/checked.h"
#include "core/base/moment_text.h"

static struct value *value_new(struct arena *arena, enum value_kind kind) {
	struct value *value = arena_new_of(arena, struct value);
	value->kind = kind;
	value->arena = arena;
	return value;
}

struct value *value_map(struct arena *arena) {
	return value_new(arena, VALUE_MAP);
}

struct value *value_list(struct arena *arena) {
	return value_new(arena, VALUE_LIST);
}

struct value *value_null(struct arena *arena) {
	return value_new(arena, VALUE_NULL);
}

struct value *value_text(struct arena *arena, const char *text) {
	struct value *value = value_new(arena, text ? VALUE_TEXT : VALUE_NULL);
	value->text = text;
	return value;
}

struct value *value_int(struct arena *arena, int64_t number) {
	if (number == CHECKED_UNKNOWN)
		return value_null(arena);
	struct value *value = value_new(arena, VALUE_INT);
	value->integer = number;
	return value;
}

struct value *value_real(struct arena *arena, double number) {
	struct value *value = value_new(arena, isfinite(number) ? VALUE_REAL : VALUE_NULL);
	value->real = number;
	return value;
}

struct value *value_bool(struct arena *arena, bool boolean) {
	struct value *value = value_new(arena, VALUE_BOOL);
	value->boolean = boolean;
	return value;
}

struct value *value_push(struct value *list, struct value *child) {
	if (list->last)
		list->last->next = child;
	else
		list->first = child;
	list->last = child;
	list->count++;
	return child;
}

struct value *value_put(struct value *map, const char *name, struct value *child) {
	child->name = name;
	return value_push(map, child);
}

void value_put_text(struct value *map, const char *name, const char *text) {
	(void)value_put(map, name, value_text(map->arena, text));
}

void value_put_int(struct value *map, const char *name, int64_t number) {
	(void)value_put(map, name, value_int(map->arena, number));
}

void value_put_real(struct value *map, const char *name, double number) {
	(void)value_put(map, name, value_real(map->arena, number));
}

void value_put_moment(struct value *map, const char *name, struct moment at) {
	char text[MOMENT_TEXT];
	value_put_text(map, name, moment_is_set(at) ? arena_copy(map->arena, moment_format(at, text)) : NULL);
}

void value_put_bool(struct value *map, const char *name, bool boolean) {
	(void)value_put(map, name, value_bool(map->arena, boolean));
}

const struct value *value_get(const struct value *value, const char *name) {
	if (!value || value->kind != VALUE_MAP)
		return NULL;
	for (const struct value *child = value->first; child; child = child->next)
		if (strcmp(child->name, name) == 0)
			return child;
	return NULL;
}

const char *value_get_text(const struct value *map, const char *name) {
	const struct value *value = value_get(map, name);
	return value && value->kind == VALUE_TEXT ? value->text : NULL;
}

int64_t value_get_int(const struct value *map, const char *name, int64_t otherwise) {
	const struct value *value = value_get(map, name);
	if (value && value->kind == VALUE_REAL && value->real == floor(value->real) && fabs(value->real) < 9e15)
		return (int64_t)value->real;
	return value && value->kind == VALUE_INT ? value->integer : otherwise;
}

bool value_get_bool(const struct value *map, const char *name, bool otherwise) {
	const struct value *value = value_get(map, name);
	return value && value->kind == VALUE_BOOL ? value->boolean : otherwise;
}
