/* What is wrong with a source, and where. */
#ifndef CONTENT_FLAW_H
#define CONTENT_FLAW_H

#include "core/base/arena.h"

enum { FLAWS_MAX = 50 };

struct flaw {
	bool is_error;    /* else a warning */
	size_t offset;    /* in bytes */
	int line, column; /* from 1; the column counts characters */
	const char *text;
	const char *unknown; /* of a warning: the name in it that none of the names is; else NULL */
};

struct flaws {
	struct flaw items[FLAWS_MAX]; /* by place after flaws_locate */
	int count, errors;            /* errors counts those, too, for which no room was left */
	struct arena *arena;
};

void flaws_begin(struct flaws *flaws, struct arena *arena);
void flaw_error(struct flaws *flaws, size_t offset, const char *format, ...) PRINTF_LIKE(3, 4);
void flaw_warning(struct flaws *flaws, size_t offset, const char *format, ...) PRINTF_LIKE(3, 4);

/* Sorts them by place and computes lines and columns. */
void flaws_locate(struct flaws *flaws, const char *source, size_t size);

#endif
