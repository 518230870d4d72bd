/* Moments before the first reading, of which nothing is recorded. */
#ifndef CONSOLE_RECORDING_H
#define CONSOLE_RECORDING_H

#include "core/http/exchange.h"

/* When recording began, in words, if `as_of` lies before it; else NULL. Nothing is recorded of such a moment, which is
 * not to say that nothing was sent. */
bool recording_began(struct exchange *x, struct moment as_of, const char **began, struct error *err) MUST_CHECK;

/* For JSON and CSV: MISSING, with these words, if `as_of` lies before it. */
bool recording_check(struct exchange *x, struct moment as_of, struct error *err) MUST_CHECK;

#endif
