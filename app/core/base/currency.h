/* Amounts of money: minor units (cents) of a currency of ISO 4217. Pure. */
#ifndef BASE_CURRENCY_H
#define BASE_CURRENCY_H

#include <stdint.h>

#include "core/base/arena.h"

/* How many digits its minor units take: EUR 2, JPY 0, KWD 3; -1: there is no such currency in use. */
int currency_digits(const char *code);

/* "45", "45.00", "1,234.50" or "1.234,50": whole minor units, from 0. False: it is no amount of that currency. */
bool currency_read(const char *text, const char *code, int64_t *minor);

/* "1,234.50", as it is typed, too. */
const char *currency_text(int64_t minor, const char *code, struct arena *arena);

/* As it is read: "€1,234.50", "€45"; with the code and a no-break space where there is no sign: "CHF 45". */
const char *currency_full(int64_t minor, const char *code, struct arena *arena);

#endif
