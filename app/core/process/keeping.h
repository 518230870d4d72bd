/* The rules by which the keeper (telltale-keeper) starts, stops and restarts processes, and its files as text. Pure:
 * times come from the caller, in milliseconds of one monotonic clock.
 *
 * A service that ends unasked is started again: at once if it had lived for KEEPING_LIVED_MS, otherwise after a pause
 * that doubles up to KEEPING_PAUSE_MAX_MS. One that is asked to stop gets its signal, and SIGKILL after its patience.
 */
#ifndef PROCESS_KEEPING_H
#define PROCESS_KEEPING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/arena.h"

enum {
	KEEPING_SERVICES = 16,
	KEEPING_WORDS = 32,
	KEEPING_NAME = 24,
	KEEPING_LIVED_MS = 10000,
	KEEPING_PAUSE_MS = 250,
	KEEPING_PAUSE_MAX_MS = 10000,
	KEEPING_LOST_MS = 3000,   /* a server whose socket has been gone for so long is started again, */
	KEEPING_FIRST_MS = 60000, /* one that has not made it yet after so long */
};

/* How a process ended: its exit status (0 to 255), KEEPING_SIGNAL + the signal that killed it, KEEPING_LOST: it was
 * ended because its socket was gone, or KEEPING_NEVER. */
enum { KEEPING_NEVER = -1, KEEPING_LOST = 999, KEEPING_SIGNAL = 1000 };

struct service {
	/* from the table */
	char name[KEEPING_NAME];
	int level; /* when all end, higher levels end first */
	int stop_signal;
	int64_t patience_ms;
	char *words[KEEPING_WORDS + 1]; /* its command, ends with NULL */
	const char *socket;             /* the path of the Unix socket on which it listens; NULL: none */
	/* what happens */
	bool wanted, stopping;
	bool listened;      /* its socket has been there */
	bool lost;          /* its socket is gone: nobody can reach it */
	int64_t missing_ms; /* since when that is not there; 0: it is */
	pid_t pid;          /* 0: no process */
	uint64_t start;     /* of that process, see core/base/proc.h */
	int64_t since_ms;   /* when it came to be as it is */
	int64_t due_ms;     /* stopping: when to kill; no process: when to start */
	int64_t pause_ms;   /* the newest pause before a start */
	int restarts, end;  /* how often it ended unasked; how it ended last */
};

struct service_row;

enum service_act { SERVICE_STAY, SERVICE_START, SERVICE_STOP, SERVICE_KILL };

/* What is to be done now; then call the function for what was done. */
enum service_act service_next(const struct service *service, int64_t now_ms);

void service_want(struct service *service, bool wanted, int64_t now_ms);
void service_started(struct service *service, pid_t pid, uint64_t start, int64_t now_ms);
/* What a process that was executed anew knows of a service that went on meanwhile. */
void service_adopted(struct service *service, const struct service_row *row, int64_t offset_ms, int64_t now_ms);
void service_signalled(struct service *service, int64_t now_ms); /* after SERVICE_STOP and SERVICE_KILL */
void service_ended(struct service *service, int end, int64_t now_ms);

/* After each look at the socket of a service that has a process. */
void service_socket_is(struct service *service, bool there, int64_t now_ms);

/* For ending all: of the services that have a process, those of the highest level are no longer wanted; nor are those
 * without one. Returns false if none has a process. */
bool services_wind_down(struct service *services, int count);

/* The table: a line "name level signal seconds" per service, followed by its command, each word on a line that begins
 * with a tab, and by the path of its socket, if it has one, on a line that begins with "=". `text` is changed and must
 * outlive the services. INVALID says which line is wrong. */
bool services_parse(char *text, struct service *services, int *count, struct error *err) MUST_CHECK;

/* One line of the keeper's state file. */
struct service_row {
	char name[KEEPING_NAME];
	char state[12]; /* up, stopping, waiting (for its next start), down (somebody stopped it) */
	pid_t pid;
	uint64_t start;
	int64_t since_s, next_s; /* Unix time; next_s: of its next start, 0 if it is not waiting */
	int restarts, end;
	bool listened; /* its socket has been there */
};
enum { KEEPING_ROW = 160, KEEPING_OWNER = 192 };

/* `offset_ms` is what makes Unix time of the clock's. */
struct service_row service_row(const struct service *service, int64_t offset_ms);
void service_row_write(const struct service_row *row, char *out); /* KEEPING_ROW bytes, without a line end */
bool service_row_read(const char *line, struct service_row *row); /* false if it is none; may lack `listened` */

/* Reads the state file: who keeps (core/jobs/owner.h; KEEPING_OWNER bytes) and the rows. False if there is none. */
bool keeping_read(const char *home, char *owner, struct service_row *rows, int *count);

/* "ended with status 1", "killed by signal 9", "lost its socket", "has not ended yet" */
char *keeping_end(struct arena *arena, int end);

#endif
