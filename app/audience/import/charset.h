/* The encoding of a file: guessed from its beginning, then read character by character, so that the place of every
 * character in the file is known. Pure.
 *
 * A byte order mark decides; else a zero in every other byte means UTF-16; else it is UTF-8 if it can be; else
 * Windows-1252. A name that a person has chosen may be any of iconv's whose characters do not depend on what came
 * long before them, because an import goes on in the middle of a file. */
#ifndef AUDIENCE_IMPORT_CHARSET_H
#define AUDIENCE_IMPORT_CHARSET_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/choice.h"
#include "core/base/error.h"

enum charset_why {
	CHARSET_BY_MARK,
	CHARSET_BY_ZEROS,
	CHARSET_BY_VALIDITY, /* all of it is UTF-8 */
	CHARSET_BY_MAJORITY, /* UTF-8 with a few bytes that are none */
	CHARSET_BY_DEFAULT,
};

struct charset_guess {
	const char *name; /* as charset_open takes it */
	enum charset_why why;
	int64_t invalid;      /* bytes of the piece that are no UTF-8; 0 unless that decided something */
	int64_t invalid_line; /* line of the first; 0 if none */
};

/* Offered to people who correct the guess: iconv's names and what they are called. */
struct charset_offer {
	const char *name, *label;
};
extern const struct charset_offer charset_offers[];
extern const int charset_offer_count;

/* `whole`: nothing comes after these bytes. */
struct charset_guess charset_guess(const char *bytes, size_t size, bool whole);

/* "Western European (Windows-1252), because line 3 is not UTF-8". */
const char *charset_told(struct arena *arena, const struct charset_guess *guess);

enum { CHARSET_TEXT = 16 };
struct charset_step {
	char text[CHARSET_TEXT]; /* the character in UTF-8, without a NUL */
	int size;
	int used; /* bytes of the file */
};
enum charset_result {
	CHARSET_CHARACTER,
	CHARSET_INVALID, /* `used` bytes are no character */
	CHARSET_MORE,    /* the bytes end within a character */
};

struct charset;

/* INVALID if there is no such encoding, or it is one that cannot be read from the middle. Lives in the arena. */
struct charset *charset_open(struct arena *arena, const char *name, struct error *err) MUST_CHECK;

/* Is each byte from space to tilde itself, as in ASCII? */
bool charset_is_ascii(const struct charset *charset);

/* The character at the beginning of `size` bytes, which must be at least one. */
enum charset_result charset_step(struct charset *charset, const char *bytes, size_t size, struct charset_step *step);

/* The piece in UTF-8, without a byte order mark; what is no character is U+FFFD. An incomplete last character is left
 * out. */
const char *charset_text(struct arena *arena, struct charset *charset, const char *bytes, size_t size);

#endif
