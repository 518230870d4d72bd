/* Shapes of answers: from text to JSON schema. */
#include "core/http/shape.h"

#include <string.h>

static const struct {
	const char *name, *type, *format;
} types[] = {
	{ "text", "string", NULL },   { "time", "string", "date-time" }, { "count", "integer", "int64" },
	{ "number", "number", NULL }, { "bool", "boolean", NULL },       { "any", NULL, NULL },
};
enum { TYPES = sizeof types / sizeof *types };

static struct value *begin_schema(struct arena *arena, const char *type) {
	struct value *schema = value_map(arena);
	struct value *names = value_put(schema, "type", value_list(arena));
	(void)value_push(names, value_text(arena, type));
	(void)value_push(names, value_text(arena, "null"));
	return schema;
}

static size_t word_size(const char *at) {
	return strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789*");
}

static struct value *plain_schema(struct arena *arena, const char **at) {
	size_t size = word_size(*at);
	for (int i = 0; i < TYPES; i++) {
		if (strlen(types[i].name) != size || strncmp(types[i].name, *at, size) != 0)
			continue;
		struct value *schema = types[i].type ? begin_schema(arena, types[i].type) : value_map(arena);
		if (types[i].format)
			value_put_text(schema, "format", types[i].format);
		*at += size;
		return schema;
	}
	return NULL;
}

static bool add_members(struct value *schema, const char **at);

static bool object_members(struct value *object, const char **at) {
	if (**at != '{')
		return false;
	++*at;
	if (!add_members(object, at) || **at != '}')
		return false;
	++*at;
	return true;
}

/* What stands after a member's name; NULL if nothing can be made of it. */
static struct value *member_schema(struct arena *arena, const char **at) {
	if (strncmp(*at, "[]", 2) == 0) {
		*at += 2;
		struct value *items = member_schema(arena, at), *list = begin_schema(arena, "array");
		if (items)
			(void)value_put(list, "items", items);
		return items ? list : NULL;
	}
	if (**at == ':') {
		++*at;
		return plain_schema(arena, at);
	}
	struct value *object = begin_schema(arena, "object");
	return object_members(object, at) ? object : NULL;
}

static bool add_member(struct value *schema, const char **at) {
	struct arena *arena = schema->arena;
	const char *name = arena_copy_bytes(arena, *at, word_size(*at));
	struct value *members = (struct value *)(uintptr_t)value_get(schema, "properties");
	struct value *known = members ? (struct value *)(uintptr_t)value_get(members, name) : NULL;
	*at += strlen(name);
	if (known && **at == '{')
		return object_members(known, at);
	struct value *member = *name ? member_schema(arena, at) : NULL;
	if (!member)
		return false;
	if (strcmp(name, "*") == 0) {
		(void)value_put(schema, "additionalProperties", member);
		return true;
	}
	if (!members)
		members = value_put(schema, "properties", value_map(arena));
	(void)value_put(members, name, member);
	return true;
}

static bool add_members(struct value *schema, const char **at) {
	do {
		*at += strspn(*at, " ");
		if (!add_member(schema, at))
			return false;
	} while (**at == ' ');
	return true;
}

bool shape_add(struct value *schema, const char *shape) {
	return add_members(schema, &shape) && !*shape;
}
