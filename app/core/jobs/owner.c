/* Identifying processes, and telling whether one is gone. */
#include "core/jobs/owner.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/proc.h"
#include "core/base/text.h"

enum { BOOT_DIGITS = 8 };

static void write_place(char *out, int size) {
	char host[64] = "host", boot[64], space[64] = "";
	(void)gethostname(host, sizeof host - 1);
	if (!proc_read("/proc/sys/kernel/random/boot_id", boot, sizeof boot))
		(void)snprintf(boot, sizeof boot, "-");
	ssize_t got = readlink("/proc/self/ns/pid", space, sizeof space - 1);
	space[got > 0 ? got : 0] = '\0';
	const char *number = strchr(space, '[');
	(void)snprintf(out, (size_t)size, "%.60s/%.*s/%.*s", host, BOOT_DIGITS, boot,
	               number ? (int)strcspn(number + 1, "]") : 0, number ? number + 1 : "");
}

const char *owner_self(char *out) {
	char place[OWNER_TEXT];
	struct proc self = { 0 };
	write_place(place, sizeof place);
	(void)proc_look(getpid(), &self);
	(void)snprintf(out, OWNER_TEXT, "%.90s:%d:%" PRIu64, place, (int)getpid(), self.start);
	return out;
}

/* The process exists but may be another one: process ids are reused. */
static bool is_another(pid_t pid, uint64_t start) {
	struct proc found;
	if (!proc_look(pid, &found))
		return false;
	if (found.state == 'Z' || found.state == 'X')
		return true;
	return start && found.start && found.start != start;
}

bool owner_is_gone(const char *owner) {
	char place[OWNER_TEXT];
	write_place(place, sizeof place);
	size_t size = strlen(place);
	if (text_is_empty(owner) || strncmp(owner, place, size) != 0 || owner[size] != ':')
		return false;
	char *end;
	pid_t pid = (pid_t)strtol(owner + size + 1, &end, 10);
	if (pid <= 0 || *end != ':')
		return false;
	if (kill(pid, 0) != 0 && errno == ESRCH)
		return true;
	return is_another(pid, strtoull(end + 1, NULL, 10));
}
