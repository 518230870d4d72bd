/* Who holds something: a text "place:pid:start" that names one process and no later one.
 *
 * The place is where a process number means the same: host name, boot and PID namespace (proc(5), namespaces(7)). The
 * start is the process's start time in clock ticks since the boot (field 22 of /proc/PID/stat), so that a number that
 * is used again is not mistaken for its former process. Moving the wall clock changes neither. */
#ifndef JOBS_OWNER_H
#define JOBS_OWNER_H

#include <stdbool.h>

enum { OWNER_TEXT = 128 };

/* This process, into out[OWNER_TEXT]; returns out. To be asked for again after a fork. */
const char *owner_self(char *out);

/* Will this owner surely not come back? Only when it was at the same place and its process is gone (a zombie counts as
 * gone). Of an owner elsewhere nothing is known: false. */
bool owner_is_gone(const char *owner);

#endif
