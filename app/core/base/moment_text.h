/* Moments as text: read from and written for programs and people. */
#ifndef BASE_MOMENT_TEXT_H
#define BASE_MOMENT_TEXT_H

#include "core/base/moment.h"

enum { MOMENT_TEXT = 32 };

/* ISO 8601 with an offset or Z, seconds with or without a fraction, or a bare date (00:00 UTC).
 * A time without zone is UTC. False when the text is anything else or names no real day. */
bool moment_parse(const char *text, struct moment *at);

/* YYYY-MM-DDTHH:MM:SSZ into out[MOMENT_TEXT]; returns out. "" for MOMENT_NONE. */
const char *moment_format(struct moment at, char *out);
const char *moment_format_day(struct moment at, char *out);   /* YYYY-MM-DD */
const char *moment_format_month(struct moment at, char *out); /* YYYY-MM */

/* As people read it, in UTC: "12 Nov 2026, 10:00 UTC". "" for MOMENT_NONE. */
const char *moment_format_human(struct moment at, char *out);
const char *moment_format_human_day(struct moment at, char *out); /* 12 Nov 2026 */

#endif
