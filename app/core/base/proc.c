/* Reading /proc. */
#include "core/base/proc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STAT_BYTES = 1024, FIELDS_TO_START = 19 };

bool proc_read(const char *path, char *out, int size) {
	FILE *file = fopen(path, "re");
	size_t got = file ? fread(out, 1, (size_t)size - 1, file) : 0;
	out[got] = '\0';
	if (file)
		(void)fclose(file);
	return got > 0;
}

/* The command name may contain blanks and parentheses; what follows the last ")" does not. */
bool proc_look(pid_t pid, struct proc *proc) {
	char path[64], text[STAT_BYTES];
	(void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	const char *rest = proc_read(path, text, sizeof text) ? strrchr(text, ')') : NULL;
	if (!rest || strlen(rest) < 3)
		return false;
	rest += 2;
	proc->state = *rest;
	for (int i = 0; i < FIELDS_TO_START && rest; i++)
		rest = strchr(rest + 1, ' ');
	proc->start = rest ? strtoull(rest + 1, NULL, 10) : 0;
	return true;
}
