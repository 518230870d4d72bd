/* What the kernel says about a process, under /proc. */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct proc {
	char state; /* R, S, D, T, Z, X … */
	/* In clock ticks since the boot; 0 if unknown. Process id and start together identify a process until the next
	 * boot. */
	uint64_t start;
};

/* False if there is no such process (or /proc cannot be read). */
bool proc_look(pid_t pid, struct proc *proc);

/* The beginning of a small file, NUL-terminated within `size`; "" and false if it cannot be read or is empty. */
bool proc_read(const char *path, char *out, int size);

#endif
