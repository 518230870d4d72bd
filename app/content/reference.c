/* Character references of HTML. */
#include "content/reference.h"

#include <glib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 32, POINT_MAX = 0x10ffff };

static const struct reference {
	const char *name, *bytes;
	bool alone; /* also without its semicolon */
} references[] = {
#include "content/references.inc"
};
static const size_t reference_count = sizeof references / sizeof *references;

static const struct reference *find(const char *name, size_t size) {
	size_t low = 0, high = reference_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strncmp(name, references[middle].name, size);
		if (order == 0 && references[middle].name[size])
			order = -1;
		if (order == 0)
			return &references[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* What browsers read where a number names no character: Windows-1252 for 0x80 to 0x9f. */
static gunichar character_of(unsigned long point) {
	static const gunichar windows[] = { 0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
		                                0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
		                                0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
		                                0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178 };
	if (point >= 0x80 && point < 0xA0 && windows[point - 0x80])
		return windows[point - 0x80];
	if (point == 0 || point > POINT_MAX || (point >= 0xD800 && point < 0xE000))
		return 0xFFFD;
	return (gunichar)point;
}

static size_t read_number(const char *at, const char *end, char out[REFERENCE_BYTES]) {
	bool hex = at + 2 < end && (at[2] == 'x' || at[2] == 'X');
	const char *digit = at + (hex ? 3 : 2), *first = digit;
	unsigned long point = 0;
	while (digit < end && (hex ? g_ascii_isxdigit(*digit) : g_ascii_isdigit(*digit))) {
		if (point <= POINT_MAX)
			point = point * (hex ? 16 : 10) + (unsigned long)g_ascii_xdigit_value(*digit);
		digit++;
	}
	if (digit == first)
		return 0;
	out[g_unichar_to_utf8(character_of(point), out)] = '\0';
	return (size_t)(digit - at) + (digit < end && *digit == ';');
}

static size_t use(const struct reference *found, size_t size, char out[REFERENCE_BYTES]) {
	(void)g_strlcpy(out, found->bytes, REFERENCE_BYTES);
	return size;
}

size_t reference_read(const char *at, const char *end, bool in_attribute, char out[REFERENCE_BYTES]) {
	size_t size = 0;
	if (at + 1 < end && at[1] == '#')
		return read_number(at, end, out);
	while (at + 1 + size < end && size <= NAME_MAX_BYTES && g_ascii_isalnum(at[1 + size]))
		size++;
	const struct reference *found = size ? find(at + 1, size) : NULL;
	if (found && at + 1 + size < end && at[1 + size] == ';')
		return use(found, size + 2, out);
	for (size_t part = size; part > 1; part--) {
		found = find(at + 1, part);
		if (!found || !found->alone)
			continue;
		char next = at + 1 + part < end ? at[1 + part] : '\0';
		return in_attribute && (next == '=' || g_ascii_isalnum(next)) ? 0 : use(found, part + 1, out);
	}
	return 0;
}

void references_decode(struct buf *out, const char *from, const char *to, bool in_attribute) {
	char bytes[REFERENCE_BYTES];
	while (from < to) {
		const char *and = memchr(from, '&', (size_t)(to - from));
		buf_add(out, from, (size_t)((and? and : to) - from));
		if (!and)
			return;
		size_t size = reference_read(and, to, in_attribute, bytes);
		buf_text_add(out, size ? bytes : "&");
		from = and + (size ? size : 1);
	}
}
