/* Work on foreign bytes in a process of its own: whatever goes wrong in it ends that process alone. It has the memory
 * of the one that asks, as it was, but no file and no connection, and can open none; all that comes back is bytes. */
#ifndef PROCESS_APART_H
#define PROCESS_APART_H

#include <stddef.h>

#include "core/base/buf.h"

struct apart_limits {
	int64_t memory; /* bytes it may have; not with sanitizers, which reserve the whole address space */
	int seconds;    /* of processor time, and three times as many in all */
	size_t answer;  /* bytes that may come back */
};

typedef bool apart_work(const void *context, struct buf *out, struct error *err);

/* Runs it and appends what it appended to `out`. Its errors are the caller's; TOO_LARGE: it took more than it may, or
 * died. */
bool apart_run(apart_work *work, const void *context, const struct apart_limits *limits, struct buf *out,
               struct error *err) MUST_CHECK;

#endif
