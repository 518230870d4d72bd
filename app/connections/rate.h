/* What text messages cost: a line for each beginning of phone numbers, "+49 0.0748". Pure. */
#ifndef CONNECTIONS_RATE_H
#define CONNECTIONS_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"

enum { SMS_RATES_MAX = 250 };

/* Reads a line: *prefix is "+" and up to six digits ("+" alone: everywhere else), *micros what a segment costs there in
 * millionths of the account's currency, from a number with a point or comma and at most six digits behind it. INVALID,
 * for `field`. */
bool rate_read(const char *line, const char *field, struct arena *arena, const char **prefix, int64_t *micros,
               struct error *err) MUST_CHECK;

#endif
