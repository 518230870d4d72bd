/* Work on a database that is killed (SIGKILL) after each of its messages to it, one run a message: beside
 * store_fixture.h. */
#ifndef UNIT_KILLED_H
#define UNIT_KILLED_H

#include <dlfcn.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "unit/store_support.h"

/* Weak: several files of a room's tests share them. */
extern int messages_left;
__attribute__((weak)) int messages_left = -1; /* before the process is killed; negative: it is not */

/* libmongoc's way to the server: this one is found before the C library's. */
ssize_t sendmsg(int to, const struct msghdr *message, int flags);
__attribute__((weak)) ssize_t sendmsg(int to, const struct msghdr *message, int flags) {
	static ssize_t (*real)(int, const struct msghdr *, int);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "sendmsg");
	if (messages_left == 0)
		(void)raise(SIGKILL);
	messages_left -= messages_left > 0;
	return real(to, message, flags);
}

/* Runs `work` on the test's database in a process of its own, which is killed after `count` messages: the statement
 * that comes then never leaves. False: it ended by itself before. */
static inline bool killed_after(int count, void (*work)(struct store *store, void *context), void *context) {
	char name[64];
	int status;
	(void)snprintf(name, sizeof name, "telltale_unit_%d", (int)getpid());
	pid_t child = fork();
	if (child == 0) {
		struct error why = ERROR_INIT;
		struct store *own = store_open(getenv("TEST_STORE_URI"), name, "telltale-unit", 10000, &why);
		messages_left = count;
		if (own)
			work(own, context);
		_exit(own ? 0 : 1);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert((WIFEXITED(status) && WEXITSTATUS(status) == 0) || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
	return WIFSIGNALED(status);
}

#endif
