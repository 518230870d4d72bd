/* JSON of foreign servers: whatever is no readable value costs that value and nothing else. */
#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/formats/json.h"

enum { DEPTH_LIMIT = 32, FEW_MEMBERS = 16, NAME_TOLD = 60 };

/* Where a value stands: a member of a map, or an item of a list. */
struct step {
	const struct step *up;
	const char *name; /* NULL: an item */
	int index, depth;
};

struct reader {
	struct arena *arena;
	const char *begin, *at, *end;
	struct json_faults *faults;
	struct error *err;
	int values;
};

static void skip_space(struct reader *reader) {
	while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) && *reader->at)
		reader->at++;
}

static bool broken(struct reader *reader, const char *what) {
	return error_set(reader->err, ERROR_INVALID, "not valid JSON at byte %zu: %s", (size_t)(reader->at - reader->begin),
	                 what);
}

static void add_path(struct buf *path, const struct step *step) {
	if (!step->up)
		return;
	add_path(path, step->up);
	if (step->name)
		buf_print(path, "%s%.*s", path->size ? "." : "", NAME_TOLD, step->name);
	else
		buf_print(path, "[%d]", step->index);
}

static void add_fault(struct reader *reader, const struct step *step, const char *why) {
	struct json_faults *faults = reader->faults;
	BUF_AUTO path = { 0 };
	if (faults->count++ >= JSON_FAULTS_TOLD)
		return;
	add_path(&path, step);
	faults->items[faults->count - 1] = (struct json_fault){
		text_clean(reader->arena, path.size ? buf_text(&path) : "the answer"), why
	};
}

/* The end of a text that begins at its quote; NULL if it has none. */
static const char *end_of_text(const struct reader *reader) {
	for (const char *at = reader->at + 1; at < reader->end; at++) {
		if (*at == '"')
			return at;
		at += *at == '\\';
	}
	return NULL;
}

/* Four hexadecimal digits; -1 if they are not. */
static int hex4(const char *at, const char *end) {
	int number = 0;
	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = g_ascii_xdigit_value(at[i]);
		if (digit < 0)
			return -1;
		number = 16 * number + digit;
	}
	return number;
}

/* Reads the digits after a \u, with a second half if they are the first of a pair. */
static const char *read_point(const char **at, const char *end, char *out, size_t *size) {
	int one = hex4(*at, end);
	*at += 4;
	if (one < 0)
		return "an invalid escape";
	if (one == 0)
		return "a NUL";
	if (one >= 0xd800 && one < 0xe000) {
		int other = end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u' ? hex4(*at + 2, end) : -1;
		if (one >= 0xdc00 || other < 0xdc00 || other > 0xdfff)
			return "half a surrogate pair";
		*at += 6;
		one = 0x10000 + ((one - 0xd800) << 10) + (other - 0xdc00);
	}
	*size += (size_t)g_unichar_to_utf8((gunichar)one, out + *size);
	return NULL;
}

static const char *read_escape(const char **at, const char *end, char *out, size_t *size) {
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char c = *(*at)++;
	const char *found = strchr(from, c);
	if (c == 'u')
		return read_point(at, end, out, size);
	if (!c || !found)
		return "an invalid escape";
	out[(*size)++] = to[found - from];
	return NULL;
}

/* Reads the text at the reader, which moves behind it. *why: what makes it unreadable, or NULL. */
static bool read_text(struct reader *reader, const char **text, const char **why) {
	const char *at = reader->at + 1, *end = end_of_text(reader);
	size_t size = 0;
	*why = NULL;
	if (!end)
		return broken(reader, "a string without an end");
	char *out = arena_alloc(reader->arena, (size_t)(end - at) + 1);
	while (at < end && !*why) {
		if (*at != '\\')
			out[size++] = *at++;
		else if (++at < end)
			*why = read_escape(&at, end, out, &size);
	}
	if (!*why && memchr(out, '\0', size))
		*why = "a NUL";
	else if (!*why && !text_is_utf8(out, size))
		*why = "text that is not UTF-8";
	out[size] = '\0';
	*text = out;
	reader->at = end + 1;
	return true;
}

static struct value *read_value(struct reader *reader, const struct step *step);

/* Behind the list or map that begins at the reader, however deep it is. */
static bool skip_deep(struct reader *reader) {
	int64_t open = 0;
	do {
		if (reader->at >= reader->end)
			return broken(reader, "it ends too early");
		if (*reader->at == '"') {
			const char *end = end_of_text(reader);
			if (!end)
				return broken(reader, "a string without an end");
			reader->at = end;
		}
		open += (*reader->at == '[' || *reader->at == '{') - (*reader->at == ']' || *reader->at == '}');
		reader->at++;
	} while (open > 0);
	return true;
}

/* After an item: true if another one follows; *fine is false if neither it nor the end does. */
static bool goes_on(struct reader *reader, char close, bool *fine) {
	skip_space(reader);
	char c = reader->at < reader->end ? *reader->at : '\0';
	*fine = c == ',' || c == close || broken(reader, "a comma or an end was expected");
	reader->at += *fine;
	return c == ',';
}

static bool is_empty(struct reader *reader, char close) {
	reader->at++;
	skip_space(reader);
	if (reader->at >= reader->end || *reader->at != close)
		return false;
	reader->at++;
	return true;
}

static bool looks_empty(const struct reader *reader, char close) {
	struct reader ahead = *reader;
	return is_empty(&ahead, close);
}

static struct value *read_list(struct reader *reader, const struct step *step) {
	struct value *list = value_list(reader->arena);
	bool fine = true, more = !is_empty(reader, ']');
	while (more) {
		struct step inner = { step, NULL, list->count, step->depth + 1 };
		struct value *item = read_value(reader, &inner);
		if (!item)
			return NULL;
		(void)value_push(list, item);
		more = goes_on(reader, ']', &fine);
	}
	return fine ? list : NULL;
}

/* The names of a map that has many. */
struct names {
	GHashTable *table;
};

static void names_free(struct names *names) {
	if (names->table)
		g_hash_table_destroy(names->table);
}

static bool has_name(struct names *names, const struct value *map, const char *name) {
	if (map->count < FEW_MEMBERS)
		return value_get(map, name) != NULL;
	if (!names->table) {
		names->table = g_hash_table_new(g_str_hash, g_str_equal);
		for (const struct value *child = map->first; child; child = child->next)
			(void)g_hash_table_add(names->table, (gpointer)(uintptr_t)child->name);
	}
	return g_hash_table_contains(names->table, name);
}

static void put_member(struct reader *reader, struct value *map, struct names *names, const struct step *step,
                       const char *why, struct value *member) {
	bool twice = !why && has_name(names, map, step->name);
	if (why || twice) {
		add_fault(reader, step, why ? why : "a name that occurs twice");
		return;
	}
	(void)value_put(map, step->name, member);
	if (names->table)
		(void)g_hash_table_add(names->table, (gpointer)(uintptr_t)step->name);
}

static bool read_member(struct reader *reader, struct value *map, struct names *names, const struct step *step) {
	const char *name, *why;
	skip_space(reader);
	if (reader->at >= reader->end || *reader->at != '"')
		return broken(reader, "a name was expected");
	if (!read_text(reader, &name, &why))
		return false;
	skip_space(reader);
	if (reader->at >= reader->end || *reader->at != ':')
		return broken(reader, "a colon was expected");
	reader->at++;
	struct step inner = { step, why ? "(a name)" : name, 0, step->depth + 1 };
	struct value *member = read_value(reader, &inner);
	if (member)
		put_member(reader, map, names, &inner, why, member);
	return member != NULL;
}

static struct value *read_map(struct reader *reader, const struct step *step) {
	__attribute__((cleanup(names_free))) struct names names = { NULL };
	struct value *map = value_map(reader->arena);
	bool fine = true, more = !is_empty(reader, '}');
	while (more) {
		if (!read_member(reader, map, &names, step))
			return NULL;
		more = goes_on(reader, '}', &fine);
	}
	return fine ? map : NULL;
}

/* RFC 8259, 6: the length of a number, and whether it is whole; 0 if the word is none. */
static size_t number_length(const char *word, bool *whole) {
	const char *at = word + (*word == '-');
	size_t digits = strspn(at, "0123456789");
	*whole = true;
	if (!digits || (*at == '0' && digits > 1))
		return 0;
	at += digits;
	if (*at == '.') {
		digits = strspn(++at, "0123456789");
		*whole = false;
		if (!digits)
			return 0;
		at += digits;
	}
	if (*at == 'e' || *at == 'E') {
		at += 1 + (at[1] == '-' || at[1] == '+');
		digits = strspn(at, "0123456789");
		*whole = false;
		if (!digits)
			return 0;
		at += digits;
	}
	return (size_t)(at - word);
}

static struct value *unreadable(struct arena *arena) {
	struct value *value = value_null(arena);
	value->unreadable = true;
	return value;
}

static struct value *word_value(struct arena *arena, const char *word, const char **why) {
	bool whole;
	*why = NULL;
	if (strcmp(word, "null") == 0)
		return value_null(arena);
	if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0)
		return value_bool(arena, *word == 't');
	if (number_length(word, &whole) != strlen(word)) {
		*why = "not a JSON value";
		return unreadable(arena);
	}
	errno = 0;
	struct value *value = whole ? value_int(arena, g_ascii_strtoll(word, NULL, 10))
	                            : value_real(arena, g_ascii_strtod(word, NULL));
	if ((whole && errno == ERANGE) || value->kind == VALUE_NULL) {
		*why = "a number that is too large";
		return unreadable(arena);
	}
	return value;
}

static struct value *read_word(struct reader *reader, const struct step *step) {
	const char *begin = reader->at, *why;
	while (reader->at < reader->end && (g_ascii_isalnum(*reader->at) || strchr("+-._", *reader->at)) && *reader->at)
		reader->at++;
	if (reader->at == begin) {
		(void)broken(reader, "a value was expected");
		return NULL;
	}
	struct value *value = word_value(reader->arena,
	                                 arena_copy_bytes(reader->arena, begin, (size_t)(reader->at - begin)), &why);
	if (why)
		add_fault(reader, step, why);
	return value;
}

static struct value *read_value(struct reader *reader, const struct step *step) {
	const char *text, *why;
	if (++reader->values > JSON_VALUES_MAX) {
		(void)broken(reader, "too many values");
		return NULL;
	}
	skip_space(reader);
	char c = reader->at < reader->end ? *reader->at : '\0';
	if ((c == '[' || c == '{') && step->depth >= DEPTH_LIMIT && !looks_empty(reader, c == '[' ? ']' : '}')) {
		add_fault(reader, step, "something nested too deeply");
		return skip_deep(reader) ? unreadable(reader->arena) : NULL;
	}
	if (c == '[')
		return read_list(reader, step);
	if (c == '{')
		return read_map(reader, step);
	if (c != '"')
		return read_word(reader, step);
	if (!read_text(reader, &text, &why))
		return NULL;
	if (why)
		add_fault(reader, step, why);
	return why ? unreadable(reader->arena) : value_text(reader->arena, text);
}

bool json_read_lenient(struct arena *arena, const char *bytes, size_t size, struct value **value,
                       struct json_faults *faults, struct error *err) {
	const char *text = json_in_utf8(arena, bytes, &size, NULL);
	struct reader reader = { arena, text, text, text + size, faults, err, 0 };
	const struct step root = { 0 };
	faults->count = 0;
	*value = read_value(&reader, &root);
	if (!*value)
		return false;
	skip_space(&reader);
	return reader.at == reader.end || broken(&reader, "text after the end");
}
