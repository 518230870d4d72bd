/* A point in time: milliseconds since 1970-01-01T00:00:00Z, UTC. Zones exist only on pages. */
#ifndef BASE_MOMENT_H
#define BASE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

struct moment {
	int64_t ms;
};

#define MOMENT_NONE ((struct moment){ INT64_MIN })
enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS };
#define DAY_MS ((int64_t)24 * HOUR_MS)
enum { MOMENT_TEXT = 32 };

/* The wall clock. moment_freeze makes it answer `at` until moment_freeze(MOMENT_NONE): for tests. */
struct moment moment_now(void);
void moment_freeze(struct moment at);

/* Milliseconds of a clock that never jumps; only differences mean something. */
int64_t monotonic_ms(void);

bool moment_is_set(struct moment at);
struct moment moment_add(struct moment at, int64_t ms);

/* 00:00:00 UTC of the day that `at` lies in. */
struct moment moment_day(struct moment at);

/* ISO 8601 with an offset or Z, seconds with or without a fraction, or a bare date (00:00 UTC).
 * A time without zone is UTC. False when the text is anything else or names no real day. */
bool moment_parse(const char *text, struct moment *at);

/* YYYY-MM-DDTHH:MM:SSZ into out[MOMENT_TEXT]; returns out. "" for MOMENT_NONE. */
const char *moment_format(struct moment at, char *out);
const char *moment_format_day(struct moment at, char *out); /* YYYY-MM-DD */

/* As people read it, in UTC: "12 Nov 2026, 10:00 UTC". "" for MOMENT_NONE. */
const char *moment_format_human(struct moment at, char *out);
const char *moment_format_human_day(struct moment at, char *out); /* 12 Nov 2026 */

#endif
