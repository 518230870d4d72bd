/* The spool: every line is taken at least once and in order, whatever dies in between; what does not fit is counted. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answering/spool.h"

enum { PLENTY = 1 << 20, WRITERS = 4, EACH = 60 };

static char folder[64];
static struct spool spool = { folder, PLENTY };

static void make_folder(void) {
	(void)snprintf(folder, sizeof folder, "/tmp/tt-spool.XXXXXX");
	cr_assert(mkdtemp(folder));
}

static void remove_folder(void) {
	static const char *const names[] = { "spool", "taken", "lock", "refused" };
	char path[128];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		(void)snprintf(path, sizeof path, "%s/hits.%s", folder, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

TestSuite(spool, .init = make_folder, .fini = remove_folder);

static bool put(const char *line) {
	struct error err = ERROR_INIT;
	bool refused;
	cr_assert(spool_put(&spool, line, &refused, &err), "%s", err.text);
	return !refused;
}

static struct strings take(struct spool_reader *reader, int limit, struct arena *arena) {
	struct error err = ERROR_INIT;
	struct strings lines;
	cr_assert(spool_take(&spool, reader, limit, arena, &lines, &err), "%s", err.text);
	return lines;
}

static void done(struct spool_reader *reader) {
	struct error err = ERROR_INIT;
	cr_assert(spool_done(&spool, reader, &err), "%s", err.text);
}

static bool is_there(const char *name) {
	char path[128];
	(void)snprintf(path, sizeof path, "%s/hits.%s", folder, name);
	return access(path, F_OK) == 0;
}

Test(spool, lines_come_in_their_order_and_then_the_file_goes) {
	struct arena *arena = arena_new();
	struct spool_reader reader = { 0 };
	cr_assert(take(&reader, 10, arena).count == 0);
	cr_assert(put("one") && put("two") && put("three"));
	struct strings first = take(&reader, 2, arena);
	cr_assert(first.count == 2 && strcmp(first.items[0], "one") == 0 && strcmp(first.items[1], "two") == 0);
	cr_assert(take(&reader, 2, arena).count == 2, "until they are done, the same come again");
	done(&reader);
	cr_assert(put("four"), "beside those that are being taken");
	struct strings second = take(&reader, 2, arena);
	cr_assert(second.count == 1 && strcmp(second.items[0], "three") == 0);
	done(&reader);
	cr_assert(!is_there("taken") && is_there("spool"));
	cr_assert_str_eq(take(&reader, 2, arena).items[0], "four");
	done(&reader);
	done(&reader);
	cr_assert(!is_there("taken") && !is_there("spool"));
	arena_free(arena);
}

Test(spool, whoever_takes_may_die) {
	struct arena *arena = arena_new();
	struct spool_reader reader = { 0 }, successor = { 0 };
	cr_assert(put("one") && put("two"));
	cr_assert(take(&reader, 1, arena).count == 1);
	done(&reader);
	cr_assert(take(&successor, 10, arena).count == 2, "from the beginning");
	done(&successor);
	cr_assert(put("three") && take(&reader, 10, arena).count == 1, "the file that it knew is gone");
	arena_free(arena);
}

static void append_raw(const char *text) {
	char path[128];
	(void)snprintf(path, sizeof path, "%s/hits.spool", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	cr_assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	(void)close(fd);
}

Test(spool, what_was_cut_off_harms_no_other_line) {
	struct arena *arena = arena_new();
	struct spool_reader reader = { 0 };
	cr_assert(put("one"));
	append_raw("tw");
	cr_assert(put("three"));
	append_raw("fo");
	struct strings lines = take(&reader, 10, arena);
	cr_assert(lines.count == 3 && strcmp(lines.items[1], "tw") == 0 && strcmp(lines.items[2], "three") == 0);
	done(&reader);
	cr_assert(!is_there("taken"));
	append_raw("fi");
	cr_assert(take(&reader, 10, arena).count == 0);
	done(&reader);
	cr_assert(!is_there("taken") && !is_there("spool"), "nothing but what was cut off");
	arena_free(arena);
}

Test(spool, what_does_not_fit_is_counted) {
	struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct spool_reader reader = { 0 };
	int64_t count;
	bool refused;
	char wide[SPOOL_LINE_MAX + 2];
	spool.most_bytes = 30;
	cr_expect(put("0123456789") && put("0123456789") && !put("0123456789") && !put("0123456789") && put("0"));
	cr_expect(spool_refused(&spool, &count, &err) && count == 2, "%lld", (long long)count);
	cr_expect(spool_refused(&spool, &count, &err) && count == 0);
	cr_expect(take(&reader, 10, arena).count == 3);
	cr_expect(put("0123456789"), "there is room again");
	memset(wide, 'x', sizeof wide - 1);
	wide[sizeof wide - 1] = '\0';
	cr_expect(!spool_put(&spool, wide, &refused, &err) && !spool_put(&spool, "a\nb", &refused, &err));
	spool.folder = "/nowhere/at/all";
	cr_expect(!spool_put(&spool, "x", &refused, &err) && err.kind == ERROR_FAULT);
	cr_expect(take(&reader, 10, arena).count == 0);
	spool.folder = folder;
	spool.most_bytes = PLENTY;
	arena_free(arena);
}

static void write_lines(int writer) {
	char line[32];
	for (int i = 0; i < EACH; i++) {
		(void)snprintf(line, sizeof line, "%d %d", writer, i);
		if (!put(line))
			_exit(1);
	}
	_exit(0);
}

Test(spool, many_write_while_one_takes) {
	struct spool_reader reader = { 0 };
	int next[WRITERS] = { 0 }, left = WRITERS, status;
	for (int i = 0; i < WRITERS; i++)
		if (fork() == 0)
			write_lines(i);
	for (bool more = true; more;) {
		ARENA_AUTO arena = arena_new();
		while (left && waitpid(-1, &status, WNOHANG) > 0) {
			cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
			left--;
		}
		struct strings lines = take(&reader, 7, arena);
		for (int i = 0; i < lines.count; i++) {
			int writer, number;
			cr_assert(sscanf(lines.items[i], "%d %d", &writer, &number) == 2, "%s", lines.items[i]);
			cr_assert_eq(number, next[writer]++);
		}
		done(&reader);
		more = left || is_there("spool") || is_there("taken");
	}
	for (int i = 0; i < WRITERS; i++)
		cr_expect_eq(next[i], EACH);
}

/* Writers are killed at any moment: what they were told is durable is there, in order, each once. */
Test(spool, a_writer_that_is_killed_loses_nothing_that_it_was_told_of) {
	struct arena *arena = arena_new();
	struct spool_reader reader = { 0 };
	int told[2];
	cr_assert(pipe(told) == 0);
	for (int turn = 0; turn < 20; turn++) {
		pid_t writer = fork();
		if (writer == 0) {
			for (int i = 0;; i++) {
				char line[64];
				(void)snprintf(line, sizeof line, "%d %d 0123456789012345678901234567890123456789", turn, i);
				if (!put(line) || write(told[1], &i, sizeof i) != sizeof i)
					_exit(1);
			}
		}
		int seen = -1, last = turn * 3;
		while (seen < last)
			cr_assert(read(told[0], &seen, sizeof seen) == sizeof seen);
		(void)kill(writer, SIGKILL);
		(void)waitpid(writer, NULL, 0);
		(void)fcntl(told[0], F_SETFL, O_NONBLOCK);
		while (read(told[0], &seen, sizeof seen) == sizeof seen)
			last = seen;
		(void)fcntl(told[0], F_SETFL, 0);
		struct strings lines = take(&reader, 100000, arena);
		int whole = 0, of_turn, number, end;
		for (int i = 0; i < lines.count; i++)
			if (sscanf(lines.items[i], "%d %d 0123456789012345678901234567890123456789%n", &of_turn, &number, &end) ==
			        2 &&
			    of_turn == turn)
				cr_assert_eq(number, whole++);
		cr_assert(whole > last, "turn %d: told of %d, found %d", turn, last, whole);
		done(&reader);
	}
	arena_free(arena);
}
