/* The pre-fork master with small test workers: replacing, rolling reload, stopping. */
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/process/master.h"

enum { WORKERS = 3, PATIENCE_MS = 20000 };

static int pipe_ends[2];

/* Reports its pid, then waits to be ended. A worker ended by SIGALRM stands for one that hangs. */
static int work(int listener, void *context) {
	pid_t pid = getpid();
	(void)context;
	if (write(pipe_ends[1], &pid, sizeof pid) != sizeof pid)
		return 1;
	(void)master_wait(listener);
	return 0;
}

static pid_t start(void) {
	struct error err;
	int listener;
	char path[64];
	(void)snprintf(path, sizeof path, "/tmp/tt-master-%d.sock", (int)getpid());
	cr_assert_eq(pipe(pipe_ends), 0);
	cr_assert(master_listen(path, &listener, &err), "%s", err.text);
	(void)unlink(path);
	pid_t master = fork();
	if (master == 0)
		_exit(master_run(listener, WORKERS, work, NULL));
	return master;
}

/* The pid of the next worker to start. */
static pid_t next_worker(void) {
	pid_t pid = 0;
	struct pollfd poll_pipe = { .fd = pipe_ends[0], .events = POLLIN };
	cr_assert_eq(poll(&poll_pipe, 1, PATIENCE_MS), 1, "no worker came");
	cr_assert_eq(read(pipe_ends[0], &pid, sizeof pid), sizeof pid);
	return pid;
}

static void stop(pid_t master) {
	int status;
	cr_assert_eq(kill(master, SIGTERM), 0);
	cr_assert_eq(waitpid(master, &status, 0), master);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static bool is_gone(pid_t pid) {
	for (int i = 0; i < PATIENCE_MS / 10; i++) {
		if (kill(pid, 0) != 0)
			return true;
		(void)usleep(10000);
	}
	return false;
}

Test(master, replaces_workers_that_die) {
	pid_t master = start(), pids[WORKERS];
	for (int i = 0; i < WORKERS; i++)
		pids[i] = next_worker();
	static const int deaths[] = { SIGKILL, SIGSEGV, SIGALRM };
	for (int i = 0; i < WORKERS; i++) {
		cr_assert_eq(kill(pids[i], deaths[i]), 0);
		cr_expect_neq(next_worker(), pids[i]);
	}
	stop(master);
}

Test(master, reload_brings_new_workers_and_ends_the_old) {
	pid_t master = start(), old[WORKERS];
	for (int i = 0; i < WORKERS; i++)
		old[i] = next_worker();
	cr_assert_eq(kill(master, SIGHUP), 0);
	for (int i = 0; i < WORKERS; i++) {
		pid_t fresh = next_worker();
		for (int k = 0; k < WORKERS; k++)
			cr_expect_neq(fresh, old[k]);
	}
	for (int i = 0; i < WORKERS; i++)
		cr_expect(is_gone(old[i]));
	stop(master);
}

Test(master, stopping_ends_every_worker) {
	pid_t master = start(), pids[WORKERS];
	for (int i = 0; i < WORKERS; i++)
		pids[i] = next_worker();
	stop(master);
	for (int i = 0; i < WORKERS; i++)
		cr_expect(is_gone(pids[i]));
}
