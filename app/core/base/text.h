/* Text is NUL-terminated UTF-8, validated once on input. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/moment_text.h"

struct strings {
	const char **items;
	int count;
};

bool text_is_utf8(const char *bytes, size_t size); /* also false if there is a NUL */
/* NULL or "" */
static inline bool text_is_empty(const char *text) {
	return !text || !*text;
}

bool text_starts(const char *text, const char *prefix);

/* What follows the prefix; `text` itself if it does not begin with it, as an id may have "contact_" in front or not.
 * NULL gives NULL. */
const char *text_after(const char *text, const char *prefix);

bool text_is_ascii(const char *text);
bool text_is_ascii_to(const char *text, size_t size); /* its first `size` bytes */
bool text_same(const char *a, const char *b);         /* NULL equals only NULL */

bool strings_have(const struct strings *strings, const char *text);                          /* false for NULL */
void strings_sort(struct strings *strings);                                                  /* by bytes */
bool strings_have_sorted(const struct strings *sorted, const char *text);                    /* as strings_have */
struct strings strings_distinct(struct arena *arena, const struct strings *strings);         /* without duplicates */
char *strings_join(struct arena *arena, const struct strings *strings, const char *between); /* "a, b"; "" of none */
bool strings_meet(const struct strings *a, const struct strings *b); /* do they have a text in common? */
bool strings_same(const struct strings *a, const struct strings *b); /* the same texts in the same order? */

/* Makes its first letter, if it is a small one of a to z, a capital, in place. */
void text_capitalize(char *text);

/* The first letters of the first and last word of a name: "mara lindqvist" gives "ml". NULL gives "". */
char *text_initials(struct arena *arena, const char *name);

/* In Unicode code points. */
size_t text_length(const char *text);

/* Without leading and trailing white space. */
char *text_trim(struct arena *arena, const char *text);

/* Without white space (Unicode's) and zero-width characters at both ends, in NFC. */
const char *text_tidy(struct arena *arena, const char *text);

/* Unicode lower case, for searching and sorting. NULL gives "". */
char *text_fold(struct arena *arena, const char *text);

/* Does every word of `words`, parted by spaces, stand somewhere in `text`? Both are folded. True without words. */
bool text_has_words(const char *text, const char *words);

/* Replaces invalid UTF-8 and noncharacters by U+FFFD and control characters by a space; for names from outside. NULL
 * gives NULL. */
char *text_clean(struct arena *arena, const char *text);

/* The text with U+FFFD for all that is not text: noncharacters (Unicode 15, 23.7), control characters except tab and
 * line ends, invalid UTF-8. Libraries that draw text refuse it whole if it contains one. May return `text` itself. */
const char *text_drawable(struct arena *arena, const char *text);
bool text_is_drawable(const char *text);

/* Does a character begin here that turns the direction of what follows around, so that a name is read as another one:
 * U+202A to U+202E, U+2066 to U+2069 (UAX #9)? It has TEXT_TURN_BYTES bytes. */
enum { TEXT_TURN_BYTES = 3 };
static inline bool text_turns(const char *at) {
	const unsigned char *bytes = (const unsigned char *)at;
	return bytes[0] == 0xE2 && ((bytes[1] == 0x80 && bytes[2] >= 0xAA && bytes[2] <= 0xAE) ||
	                            (bytes[1] == 0x81 && bytes[2] >= 0xA6 && bytes[2] <= 0xA9));
}

/* The text with U+FFFD for each of those, as it is shown to people. May return `text` itself; NULL gives NULL. */
const char *text_straight(struct arena *arena, const char *text);

/* A decimal integer with an optional minus sign and nothing else, within [min, max]. */
bool text_to_int(const char *text, int64_t min, int64_t max, int64_t *number);

/* For people, in local time (core/base/local.h): "12 Nov 2026, 10:00", on pages whose foot names the zone, "12 Nov
 * 2026, 10:00 CET" elsewhere, and "12 Nov 2026"; "" for MOMENT_NONE. */
char *text_of_moment(struct arena *arena, struct moment at);
char *text_of_moment_zone(struct arena *arena, struct moment at);
char *text_of_day(struct arena *arena, struct moment at);
const char *text_of_month(struct arena *arena, struct moment at); /* "Nov 2026" */

/* The local day as in addresses and on axes: "2026-11-12". */
char *text_of_iso_day(struct arena *arena, struct moment at);

/* The day of a wall time: "12 Nov 2026". */
char *text_of_date(struct arena *arena, struct moment wall);

/* The same without what `now` tells: "today, 10:00", "yesterday, 10:00", "12 Nov, 10:00" in its year, else "12 Nov
 * 2025, 10:00"; and the day alone. "" for MOMENT_NONE. */
char *text_of_moment_near(struct arena *arena, struct moment at, struct moment now);
char *text_of_day_near(struct arena *arena, struct moment at, struct moment now);

/* Who did something: "by mara"; "automatically" for nobody in particular ("system", or NULL). */
char *text_of_author(struct arena *arena, const char *by);

/* The days from the one to the other: "2 – 8 Nov 2026", "28 Aug – 25 Nov 2026", with both years if they differ; a day
 * alone once. text_of_dates takes wall times. */
char *text_of_days(struct arena *arena, struct moment first, struct moment last);
char *text_of_dates(struct arena *arena, struct moment first, struct moment last);

/* The same at the beginning of a cell: "Today", "Yesterday". */
char *text_of_day_cell(struct arena *arena, struct moment at, struct moment now);

/* 1234567 -> "1,234,567"; "–" for CHECKED_UNKNOWN, as in text_of_change. */
char *text_of_count(struct arena *arena, int64_t number);

/* text_of_count with its noun: "1 person", "12 people", "0 people". */
char *text_of_counted(struct arena *arena, int64_t number, const char *one, const char *many);
/* A span of whole hours: "3 hours", "47 hours", from 48 on "2 days". */
char *text_of_hours(struct arena *arena, int64_t hours);
/* "half of the 12 opens", "the only open" */
char *text_of_half(struct arena *arena, int64_t number, const char *one, const char *many);

/* text_of_count with a sign: "+12", "−3", "+0". */
char *text_of_change(struct arena *arena, int64_t change);

#endif
