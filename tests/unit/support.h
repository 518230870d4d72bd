/* Shared by the unit tests of several rooms. */
#ifndef UNIT_SUPPORT_H
#define UNIT_SUPPORT_H

#include <criterion/criterion.h>

#include "core/base/moment_text.h"

/* The moment of a text such as 2026-11-21T10:00:00Z, which must be valid. */
static inline struct moment at(const char *text) {
	struct moment moment;
	cr_assert(moment_parse(text, &moment), "%s", text);
	return moment;
}

#endif
