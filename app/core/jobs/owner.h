/* Names a process: a text "place:pid:start" that never matches a later process. The place is where a process id is
 * meaningful: host name, boot and PID namespace (proc(5), namespaces(7)). The start is the process's start time in
 * clock ticks since boot (field 22 of /proc/PID/stat), so that a reused process id is not mistaken for the former
 * process. Setting the wall clock changes neither. */
#ifndef JOBS_OWNER_H
#define JOBS_OWNER_H

#include <stdbool.h>

enum { OWNER_TEXT = 128 };

/* Writes the name of this process to out[OWNER_TEXT] and returns out. Differs after a fork. */
const char *owner_self(char *out);

/* Is this owner certainly gone? Only if it ran at this place and its process no longer exists or is a zombie; false for
 * owners elsewhere, of which nothing is known. */
bool owner_is_gone(const char *owner);

#endif
