/* Which encoding a file has. */
#include <inttypes.h>
#include <string.h>

#include "audience/import/charset.h"

static const char *marked(const char *bytes, size_t size) {
	static const struct {
		const char *mark;
		size_t size;
		const char *name;
	} marks[] = {
		{ "\xef\xbb\xbf", 3, "UTF-8" }, { "\xff\xfe\0\0", 4, "UTF-32LE" }, { "\0\0\xfe\xff", 4, "UTF-32BE" },
		{ "\xff\xfe", 2, "UTF-16LE" },  { "\xfe\xff", 2, "UTF-16BE" },
	};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (size >= marks[i].size && memcmp(bytes, marks[i].mark, marks[i].size) == 0)
			return marks[i].name;
	return NULL;
}

/* In UTF-16 at least commas, digits and line ends have a zero byte, always on the same side. */
static const char *by_zeros(const char *bytes, size_t size) {
	size_t zeros[2] = { 0 }, pairs = size / 2;
	for (size_t i = 0; i < pairs * 2; i++)
		zeros[i % 2] += !bytes[i];
	for (int side = 0; side < 2; side++)
		if (zeros[side] > pairs / 8 && zeros[side] / 10 >= zeros[1 - side])
			return side ? "UTF-16LE" : "UTF-16BE";
	return NULL;
}

/* How much of the piece is UTF-8 beyond ASCII, and what is none. */
struct looked {
	int64_t valid, invalid, invalid_line;
};

static struct looked look(const char *bytes, size_t size, bool whole) {
	struct looked looked = { 0 };
	struct charset_step step;
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct charset *utf8 = charset_open(arena, "UTF-8", &err);
	int64_t line = 1;
	for (const char *at = bytes, *end = bytes + size; utf8 && at < end; at += step.used) {
		enum charset_result result = charset_step(utf8, at, (size_t)(end - at), &step);
		if (result == CHARSET_MORE && !whole)
			break;
		if (result == CHARSET_MORE)
			step.used = 1;
		if (result != CHARSET_CHARACTER && !looked.invalid++)
			looked.invalid_line = line;
		looked.valid += result == CHARSET_CHARACTER && step.used > 1;
		line += *at == '\n' || (*at == '\r' && (at + 1 == end || at[1] != '\n'));
	}
	return looked;
}

struct charset_guess charset_guess(const char *bytes, size_t size, bool whole) {
	enum { MAJORITY = 20 };
	const char *name = marked(bytes, size);
	if (name)
		return (struct charset_guess){ name, CHARSET_BY_MARK, 0, 0 };
	name = by_zeros(bytes, size);
	if (name)
		return (struct charset_guess){ name, CHARSET_BY_ZEROS, 0, 0 };
	struct looked looked = look(bytes, size, whole);
	if (!looked.invalid)
		return (struct charset_guess){ "UTF-8", CHARSET_BY_VALIDITY, 0, 0 };
	bool mostly = looked.valid / MAJORITY >= looked.invalid;
	return (struct charset_guess){ mostly ? "UTF-8" : "WINDOWS-1252", mostly ? CHARSET_BY_MAJORITY : CHARSET_BY_DEFAULT,
		                           looked.invalid, looked.invalid_line };
}

static const char *label_of(const char *name) {
	for (int i = 0; i < charset_offer_count; i++)
		if (strcmp(charset_offers[i].name, name) == 0)
			return charset_offers[i].label;
	return name;
}

const char *charset_told(struct arena *arena, const struct charset_guess *guess) {
	const char *label = label_of(guess->name);
	switch (guess->why) {
	case CHARSET_BY_MARK:
		return arena_print(arena, "%s, as the file itself says", label);
	case CHARSET_BY_ZEROS:
		return arena_print(arena, "%s, because every other byte is zero", label);
	case CHARSET_BY_VALIDITY:
		return label;
	case CHARSET_BY_MAJORITY:
		return arena_print(arena, "%s, although %" PRId64 " bytes are not, the first in line %" PRId64, label,
		                   guess->invalid, guess->invalid_line);
	case CHARSET_BY_DEFAULT:
		break;
	}
	return arena_print(arena, "%s, because line %" PRId64 " is not UTF-8", label, guess->invalid_line);
}
