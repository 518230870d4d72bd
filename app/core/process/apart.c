/* A process for one piece of work. */
#include "core/process/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/moment.h"

enum { PIECE = 64 * 1024, FIRST_FREE = 3 };

/* Comes before the bytes. */
struct head {
	bool fine;
	struct error err; /* unless fine */
	size_t size;
};

static void limit(int what, rlim_t most) {
	(void)setrlimit((__rlimit_resource_t)what, &(struct rlimit){ most, most });
}

/* Only the pipe's end stays open, as descriptor 3; nothing more can be opened. Descriptor 2 is for a sanitizer's last
 * words. */
static bool shut_in(int end, const struct apart_limits *limits) {
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (dup2(end, FIRST_FREE) < 0 || close_range(FIRST_FREE + 1, ~0U, 0) != 0)
		return false;
	(void)close(0);
	(void)close(1);
	limit(RLIMIT_CPU, (rlim_t)limits->seconds);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
#ifndef __SANITIZE_ADDRESS__
	limit(RLIMIT_DATA, (rlim_t)limits->memory);
	limit(RLIMIT_NOFILE, 0);
#endif
	return true;
}

static void send_all(const void *bytes, size_t size) {
	for (const char *at = bytes; size;) {
		ssize_t wrote = write(FIRST_FREE, at, size);
		if (wrote < 0 && errno != EINTR)
			_exit(1);
		at += wrote > 0 ? wrote : 0;
		size -= wrote > 0 ? (size_t)wrote : 0;
	}
}

static _Noreturn void live(apart_work *work, const void *context, int end, const struct apart_limits *limits) {
	struct buf out = { 0 };
	struct head head = { 0 };
	if (!shut_in(end, limits))
		_exit(1);
	head.fine = work(context, &out, &head.err);
	head.size = head.fine ? out.size : 0;
	send_all(&head, sizeof head);
	send_all(buf_text(&out), head.size);
	_exit(0);
}

/* False: too late, or more than may come. */
static bool hear(int end, int64_t until, size_t most, struct buf *heard) {
	char piece[PIECE];
	while (heard->size <= most) {
		struct pollfd poll_end = { .fd = end, .events = POLLIN };
		int64_t left = until - monotonic_ms();
		if (left <= 0)
			return false;
		if (poll(&poll_end, 1, (int)left) <= 0)
			continue;
		ssize_t got = read(end, piece, sizeof piece);
		if (got == 0)
			return true;
		if (got < 0 && errno != EINTR)
			return false;
		buf_add(heard, piece, got > 0 ? (size_t)got : 0);
	}
	return false;
}

static bool understand(const struct buf *heard, struct buf *out, struct error *err) {
	struct head head;
	if (heard->size < sizeof head)
		return error_set(err, ERROR_TOO_LARGE, "it took more time or memory than it may");
	memcpy(&head, heard->bytes, sizeof head);
	if (!head.fine) {
		*err = head.err;
		return false;
	}
	if (heard->size - sizeof head != head.size)
		return error_set(err, ERROR_TOO_LARGE, "it took more time or memory than it may");
	buf_add(out, heard->bytes + sizeof head, head.size);
	return true;
}

bool apart_run(apart_work *work, const void *context, const struct apart_limits *limits, struct buf *out,
               struct error *err) {
	BUF_AUTO heard = { 0 };
	int ends[2], status;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_system(err, "no pipe");
	pid_t pid = fork();
	if (pid == 0)
		live(work, context, ends[1], limits);
	(void)close(ends[1]);
	bool whole = pid > 0 && hear(ends[0], monotonic_ms() + (int64_t)limits->seconds * 3 * 1000,
	                             limits->answer + sizeof(struct head), &heard);
	(void)close(ends[0]);
	if (pid < 0)
		return error_system(err, "no process for it");
	if (!whole)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	if (!whole || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		heard.size = 0;
	return understand(&heard, out, err);
}
