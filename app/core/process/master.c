/* The pre-fork master. SIGTERM is blocked except inside ppoll, so that none is missed between check and wait. */
#include "core/process/master.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/base/moment.h"

enum { WORKERS_LIMIT = 64, GRACE_MS = 10000, BACKLOG = 4096 };

struct slot {
	pid_t pid;
	int64_t began, pause_ms, not_before;
};

static volatile sig_atomic_t stop_asked, reload_asked;
static sigset_t unblocked;

static void on_signal(int number) {
	if (number == SIGHUP)
		reload_asked = 1;
	else if (number != SIGCHLD)
		stop_asked = 1;
}

void master_catch_signals(void) {
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t blocked;
	(void)sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		(void)sigaction(numbers[i], &action, NULL);
		(void)sigaddset(&blocked, numbers[i]);
	}
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigprocmask(SIG_BLOCK, &blocked, NULL);
	(void)sigemptyset(&unblocked);
}

bool master_should_stop(void) {
	sigset_t pending;
	if (sigpending(&pending) == 0 && (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1))
		stop_asked = 1;
	return stop_asked != 0;
}

int master_poll(struct pollfd *polls, int count, int timeout_ms) {
	struct timespec time = { .tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000L };
	return ppoll(polls, (nfds_t)count, timeout_ms < 0 ? NULL : &time, &unblocked);
}

bool master_wait(int listener) {
	struct pollfd poll = { .fd = listener, .events = POLLIN };
	while (!master_should_stop()) {
		if (master_poll(&poll, 1, -1) > 0)
			return !master_should_stop();
	}
	return false;
}

bool master_listen(const char *path, int *listener, struct error *err) {
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address.sun_path)
		return error_set(err, ERROR_INVALID, "the socket path %s is longer than %zu bytes", path,
		                 sizeof address.sun_path - 1);
	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	*listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	(void)unlink(path);
	if (*listener < 0 || bind(*listener, (const struct sockaddr *)&address, sizeof address) != 0 ||
	    chmod(path, 0660) != 0 || listen(*listener, BACKLOG) != 0)
		return error_set(err, ERROR_FAULT, "cannot listen on %s: %s", path, strerror(errno));
	return true;
}

static void start_worker(struct slot *slot, int listener, master_worker *work, void *context) {
	pid_t pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		exit(work(listener, context)); /* not _exit: sanitizers and profilers report at exit */
	}
	if (pid < 0)
		log_error("cannot start a worker: %s", strerror(errno));
	slot->pid = pid > 0 ? pid : 0;
	slot->began = monotonic_ms();
}

static void reap(struct slot *slots, int count) {
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (int i = 0; i < count; i++) {
			if (slots[i].pid != pid)
				continue;
			int64_t now = monotonic_ms();
			bool quick = now - slots[i].began < 1000;
			int64_t longer = slots[i].pause_ms ? slots[i].pause_ms * 2 : 100;
			slots[i].pause_ms = !quick ? 0 : longer > 5000 ? 5000 : longer;
			slots[i].not_before = now + slots[i].pause_ms;
			slots[i].pid = 0;
			if (WIFSIGNALED(status))
				log_error("worker %d died of signal %d", (int)pid, WTERMSIG(status));
		}
	}
}

static void signal_all(const struct slot *slots, int count, int number) {
	for (int i = 0; i < count; i++)
		if (slots[i].pid)
			(void)kill(slots[i].pid, number);
}

static bool any_alive(const struct slot *slots, int count) {
	for (int i = 0; i < count; i++)
		if (slots[i].pid)
			return true;
	return false;
}

static void wait_a_little(int ms) {
	struct timespec pause = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
	(void)ppoll(NULL, 0, &pause, &unblocked);
}

static void stop_all(struct slot *slots, int count) {
	int64_t end = monotonic_ms() + GRACE_MS;
	signal_all(slots, count, SIGTERM);
	while (any_alive(slots, count) && monotonic_ms() < end) {
		wait_a_little(50);
		reap(slots, count);
	}
	signal_all(slots, count, SIGKILL);
	while (any_alive(slots, count)) {
		wait_a_little(50);
		reap(slots, count);
	}
}

/* Starts new workers first; the old ones finish their current request. */
static void reload(struct slot *slots, int count, int listener, master_worker *work, void *context) {
	struct slot old[WORKERS_LIMIT];
	memcpy(old, slots, sizeof *slots * (size_t)count);
	for (int i = 0; i < count; i++)
		start_worker(&slots[i], listener, work, context);
	signal_all(old, count, SIGTERM);
	log_info("workers replaced");
}

int master_run(int listener, int workers, master_worker *work, void *context) {
	struct slot slots[WORKERS_LIMIT] = { 0 };
	master_catch_signals();
	log_info("startup: %d workers", workers);
	while (!master_should_stop()) {
		int64_t now = monotonic_ms();
		for (int i = 0; i < workers; i++)
			if (!slots[i].pid && slots[i].not_before <= now)
				start_worker(&slots[i], listener, work, context);
		wait_a_little(500);
		reap(slots, workers);
		if (reload_asked) {
			reload_asked = 0;
			reload(slots, workers, listener, work, context);
		}
	}
	stop_all(slots, workers);
	log_info("stopped");
	return 0;
}
