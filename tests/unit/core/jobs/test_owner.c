/* Owners of jobs, and whether they are gone. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/jobs/owner.h"

Test(owner, is_this_process) {
	char self[OWNER_TEXT], again[OWNER_TEXT];
	cr_expect(!owner_is_gone(owner_self(self)));
	cr_expect_str_eq(self, owner_self(again));
}

/* "place:pid:start" with other numbers. */
static char *owner_with(const char *self, int pid, long long start, char *out) {
	const char *end = strrchr(self, ':');
	while (*--end != ':')
		continue;
	(void)snprintf(out, OWNER_TEXT, "%.*s:%d:%lld", (int)(end - self), self, pid, start);
	return out;
}

Test(owner, of_a_number_used_again_is_gone) {
	char self[OWNER_TEXT], other[OWNER_TEXT];
	(void)owner_self(self);
	long long start = atoll(strrchr(self, ':') + 1);
	cr_expect_gt(start, 0);
	cr_expect(!owner_is_gone(owner_with(self, (int)getpid(), start, other)));
	cr_expect(owner_is_gone(owner_with(self, (int)getpid(), start + 1, other)));
	cr_expect(!owner_is_gone(owner_with(self, (int)getpid(), 0, other)), "its start was not known");
}

Test(owner, that_was_killed_is_gone_even_as_a_zombie) {
	char text[OWNER_TEXT];
	int pipes[2];
	cr_assert(pipe(pipes) == 0);
	pid_t child = fork();
	if (child == 0) {
		char own[OWNER_TEXT] = "";
		(void)!write(pipes[1], owner_self(own), sizeof own);
		for (;;)
			(void)pause();
	}
	cr_assert_eq(read(pipes[0], text, sizeof text), (ssize_t)sizeof text);
	cr_expect(!owner_is_gone(text));
	siginfo_t how;
	(void)kill(child, SIGKILL);
	(void)waitid(P_PID, (id_t)child, &how, WEXITED | WNOWAIT);
	cr_expect(owner_is_gone(text), "a zombie");
	(void)waitpid(child, NULL, 0);
	cr_expect(owner_is_gone(text));
}

Test(owner, elsewhere_may_live) {
	char self[OWNER_TEXT], other[OWNER_TEXT];
	(void)owner_self(self);
	(void)snprintf(other, sizeof other, "x%.100s", self);
	cr_expect(!owner_is_gone(other));
	cr_expect(!owner_is_gone("host:4194305") && !owner_is_gone("") && !owner_is_gone(NULL) && !owner_is_gone("::"));
	(void)snprintf(other, sizeof other, "%.*s:junk", (int)strcspn(self, ":"), self);
	cr_expect(!owner_is_gone(other));
}
