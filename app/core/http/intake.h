/* Connections to the workers' socket. libfcgi waits for a silent peer, allocates whatever length is announced to it,
 * and drops a connection that sends nothing for two seconds; so it gets only connections whose head, a request up to
 * the end of its parameters, has arrived whole and is sound (FastCGI 1.0, 3.3, 3.4 and 5.2). The others wait here,
 * without holding the worker. */
#ifndef HTTP_INTAKE_H
#define HTTP_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum head { HEAD_PARTIAL, HEAD_WHOLE, HEAD_BAD };

enum { PARAMETERS_MAX = 65535 /* nginx sends no more */, HEAD_MAX = 80 * 1024, INTAKE_MAX = 32 };

/* Pure. The first bytes of a connection: is its head there, and may libfcgi read it? */
enum head head_judge(const unsigned char *bytes, size_t size);

struct intake {
	int listener; /* -1: nobody more is let in */
	int64_t patience_ms;
	int count;
	struct {
		int fd;
		int64_t since; /* monotonic */
		bool begun;    /* part of a head has arrived */
	} waiting[INTAKE_MAX];
};

/* A connection whose head is whole, with time limits for reading and writing; the caller closes it. -1 if there will be
 * none: the process must stop, or the intake was closed, and nobody waits any more. */
int intake_next(struct intake *intake);

/* Ends a connection that was answered: waits for its peer to close it, for a moment. */
void intake_finish(int fd);

#endif
