/* JSON: parsed by jansson, written by hand. */
#include "core/formats/json.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_LIMIT = 32 };

static struct value *convert(struct arena *arena, const json_t *from, int depth, bool *deep);

static struct value *convert_list(struct arena *arena, const json_t *from, int depth, bool *deep) {
	struct value *list = value_list(arena);
	for (size_t i = 0; i < json_array_size(from); i++)
		(void)value_push(list, convert(arena, json_array_get(from, i), depth + 1, deep));
	return list;
}

static struct value *convert_map(struct arena *arena, const json_t *from, int depth, bool *deep) {
	struct value *map = value_map(arena);
	for (void *at = json_object_iter((json_t *)(uintptr_t)from); at;
	     at = json_object_iter_next((json_t *)(uintptr_t)from, at))
		(void)value_put(map, arena_copy(arena, json_object_iter_key(at)),
		                convert(arena, json_object_iter_value(at), depth + 1, deep));
	return map;
}

static struct value *convert(struct arena *arena, const json_t *from, int depth, bool *deep) {
	if (depth > DEPTH_LIMIT) {
		*deep = true;
		return value_null(arena);
	}
	switch (json_typeof(from)) {
	case JSON_OBJECT:
		return convert_map(arena, from, depth, deep);
	case JSON_ARRAY:
		return convert_list(arena, from, depth, deep);
	case JSON_STRING:
		return value_text(arena, arena_copy(arena, json_string_value(from)));
	case JSON_INTEGER:
		return value_int(arena, json_integer_value(from));
	case JSON_REAL:
		return value_real(arena, json_real_value(from));
	case JSON_TRUE:
	case JSON_FALSE:
		return value_bool(arena, json_is_true(from));
	case JSON_NULL:
		break;
	}
	return value_null(arena);
}

bool json_read(struct arena *arena, const char *bytes, size_t size, struct value **value, struct error *err) {
	json_error_t where;
	bool deep = false;
	if (memchr(bytes, '\0', size)) /* jansson takes it for the end and whatever follows for nothing */
		return error_set(err, ERROR_INVALID, "not valid JSON: it contains a NUL");
	json_t *root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
	if (!root)
		return error_set(err, ERROR_INVALID, "not valid JSON at line %d, column %d: %s", where.line, where.column,
		                 where.text);
	*value = convert(arena, root, 0, &deep);
	json_decref(root);
	if (deep)
		return error_set(err, ERROR_INVALID, "JSON nested more than %d levels deep", DEPTH_LIMIT);
	return true;
}

static bool is_line_separator(const char *text) {
	return (unsigned char)text[0] == 0xe2 && (unsigned char)text[1] == 0x80 &&
	       ((unsigned char)text[2] == 0xa8 || (unsigned char)text[2] == 0xa9);
}

static void write_escaped(struct buf *out, unsigned char c) {
	static const char *const names[0x20] = {
		['\b'] = "\\b", ['\f'] = "\\f", ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t",
	};
	if (c == '"' || c == '\\')
		buf_print(out, "\\%c", c);
	else if (c < 0x20 && names[c])
		buf_text_add(out, names[c]);
	else
		buf_print(out, "\\u%04x", c);
}

void json_write_text(struct buf *out, const char *text) {
	if (!text) {
		buf_text_add(out, "null");
		return;
	}
	buf_char(out, '"');
	while (*text) {
		size_t plain = 0;
		while (text[plain] && (unsigned char)text[plain] >= 0x20 && !strchr("\"\\<>&", text[plain]) &&
		       !is_line_separator(text + plain))
			plain++;
		buf_add(out, text, plain);
		text += plain;
		if (!*text)
			break;
		if (is_line_separator(text)) {
			buf_print(out, "\\u202%c", (unsigned char)text[2] == 0xa8 ? '8' : '9');
			text += 3;
		} else {
			write_escaped(out, (unsigned char)*text++);
		}
	}
	buf_char(out, '"');
}

void json_write_int(struct buf *out, int64_t number) {
	const int64_t exact = (int64_t)1 << 53;
	if (number > exact || number < -exact)
		buf_print(out, "\"%" PRId64 "\"", number);
	else
		buf_print(out, "%" PRId64, number);
}

void json_write_real(struct buf *out, double number) {
	char text[40];
	if (!isfinite(number)) {
		buf_text_add(out, "null");
		return;
	}
	(void)snprintf(text, sizeof text, "%.15g", number == 0 ? 0 : number); /* -0 becomes 0 */
	if (strtod(text, NULL) != number)
		(void)snprintf(text, sizeof text, "%.17g", number);
	buf_text_add(out, text);
	/* A whole number beyond 2^53 would otherwise be read back as an integer. */
	if (fabs(number) >= 9007199254740992.0 && !strpbrk(text, ".e"))
		buf_text_add(out, ".0");
}

static void write_children(struct buf *out, const struct value *value, const char *brackets) {
	buf_char(out, brackets[0]);
	for (const struct value *child = value->first; child; child = child->next) {
		if (child != value->first)
			buf_char(out, ',');
		if (value->kind == VALUE_MAP) {
			json_write_text(out, child->name);
			buf_char(out, ':');
		}
		json_write(out, child);
	}
	buf_char(out, brackets[1]);
}

void json_write(struct buf *out, const struct value *value) {
	switch (value->kind) {
	case VALUE_NULL:
		buf_text_add(out, "null");
		break;
	case VALUE_BOOL:
		buf_text_add(out, value->boolean ? "true" : "false");
		break;
	case VALUE_INT:
		json_write_int(out, value->integer);
		break;
	case VALUE_REAL:
		json_write_real(out, value->real);
		break;
	case VALUE_TEXT:
		json_write_text(out, value->text);
		break;
	case VALUE_LIST:
		write_children(out, value, "[]");
		break;
	case VALUE_MAP:
		write_children(out, value, "{}");
		break;
	}
}
