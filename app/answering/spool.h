/* Lines that wait on this machine's disk while the database is away: appended and made durable one by one, by any
 * number of processes, and taken in their order. Bounded: what no longer fits is refused and counted. Files below
 * `folder`: hits.spool is appended to, hits.taken is being taken, hits.lock guards both, hits.refused counts.
 *
 * A process or machine may stop at any moment: a line is there whole or not at all, and none is taken for done before
 * it was. One that stops midway takes the same lines again, so whoever takes them must do the same twice. */
#ifndef ANSWERING_SPOOL_H
#define ANSWERING_SPOOL_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/text.h"

struct spool {
	const char *folder;
	int64_t most_bytes; /* of hits.spool */
};

enum { SPOOL_LINE_MAX = 4096 };

/* Appends a line (without its end) and returns when it is on the disk. *refused: there was no room, and it is counted.
 * INVALID: it holds a line end, or is longer than SPOOL_LINE_MAX. FULL, FAULT: it could not be written. */
bool spool_put(const struct spool *spool, const char *line, bool *refused, struct error *err) MUST_CHECK;

/* Private to spool.c: how far the taken file has been read. All zero at the beginning; one a process. */
struct spool_reader {
	unsigned long long file; /* which file it is about */
	int64_t offset, next;
};

/* Up to `limit` lines that are next, the oldest first; none if nothing waits. What a crash cut off at the end is left
 * out; cut off in between it is a line, and means nothing. */
bool spool_take(const struct spool *spool, struct spool_reader *reader, int limit, struct arena *arena,
                struct strings *lines, struct error *err) MUST_CHECK;

/* They have been dealt with. After the last ones the file goes. */
bool spool_done(const struct spool *spool, struct spool_reader *reader, struct error *err) MUST_CHECK;

/* How many were refused since the last call. */
bool spool_refused(const struct spool *spool, int64_t *count, struct error *err) MUST_CHECK;

#endif
