/* Moments as text: parsing and formatting, for programs and for people. */
#ifndef BASE_MOMENT_TEXT_H
#define BASE_MOMENT_TEXT_H

#include "core/base/moment.h"

enum { MOMENT_TEXT = 32 };

/* ISO 8601 with an offset or Z, with or without fractional seconds; or a bare date (00:00 UTC). A time without a zone
 * is UTC. False for any other text and for dates that do not exist. */
bool moment_parse(const char *text, struct moment *at);

/* Writes YYYY-MM-DDTHH:MM:SSZ to out[MOMENT_TEXT] and returns out; "" for MOMENT_NONE. */
const char *moment_format(struct moment at, char *out);
const char *moment_format_day(struct moment at, char *out);   /* YYYY-MM-DD */
const char *moment_format_month(struct moment at, char *out); /* YYYY-MM */

/* For people, in UTC: "12 Nov 2026, 10:00 UTC"; "" for MOMENT_NONE. */
const char *moment_format_human(struct moment at, char *out);
const char *moment_format_human_day(struct moment at, char *out); /* 12 Nov 2026 */

#endif
