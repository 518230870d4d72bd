/* Lines of the log. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/log.h"

static const char *escaped(const char *text) {
	static char out[200];
	log_escape(text, out, sizeof out);
	return out;
}

Test(log, shows_text_as_it_is) {
	cr_expect_str_eq(escaped("Grüße, 日本語, مرحبا, 🌞 = 1"), "Grüße, 日本語, مرحبا, 🌞 = 1");
}

Test(log, escapes_what_would_deceive_a_reader) {
	cr_expect_str_eq(escaped("a\nb\x1b[2J\x7f"), "a\\x0ab\\x1b[2J\\x7f");
	cr_expect_str_eq(escaped("\xc2\x9b"
	                         "31m"),
	                 "\\xc2\\x9b31m", "C1 in UTF-8");
	cr_expect_str_eq(escaped("\x9b"
	                         "31m\xff\xc3"),
	                 "\\x9b31m\\xff\\xc3", "C1 and other bytes that are no UTF-8");
	cr_expect_str_eq(escaped("a\xe2\x80\xae"
	                         "b\xe2\x81\xa6"),
	                 "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6", "reordering");
	cr_expect_str_eq(escaped("\xe2\x80\xa8"), "\\xe2\\x80\\xa8", "a line separator");
}

Test(log, cuts_between_characters) {
	char out[20], text[101] = "";
	for (int i = 0; i < 100; i++)
		text[i] = i % 2 ? '\xa9' : '\xc3';
	log_escape(text, out, sizeof out);
	cr_expect(strlen(out) < sizeof out && strlen(out) % 2 == 0 && strncmp(out, text, strlen(out)) == 0);
}

enum { WRITERS = 4, LINES = 300, MOST_BYTES = 8000, KEPT = 40 };

static int count_lines(const char *path) {
	FILE *file = fopen(path, "re");
	int lines = 0;
	for (int c; file && (c = getc(file)) != EOF;)
		lines += c == '\n';
	if (file)
		(void)fclose(file);
	return lines;
}

/* Several processes with one stderr, as a master and its workers. */
static void write_lines(const char *folder, const char *path) {
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	cr_assert(fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	log_turn_over(folder, MOST_BYTES, KEPT);
	for (int i = 0; i < WRITERS; i++) {
		if (fork() == 0) {
			for (int line = 0; line < LINES; line++)
				log_info("writer %d, line %d", i, line);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		continue;
}

Test(log, turns_over_without_losing_a_line) {
	char folder[] = "/tmp/tt-log-XXXXXX", path[64], older[80];
	struct stat there;
	int lines = 0, files = 0;
	cr_assert_not_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/web.log", folder);
	write_lines(folder, path);
	cr_expect(stat(path, &there) == 0 && there.st_size < MOST_BYTES + 200);
	lines = count_lines(path);
	for (int i = 1; i <= KEPT + 1; i++) {
		(void)snprintf(older, sizeof older, "%s.%d", path, i);
		if (stat(older, &there) != 0)
			continue;
		files++;
		cr_expect(there.st_size < MOST_BYTES + 1000, "%s has %lld bytes", older, (long long)there.st_size);
		lines += count_lines(older);
		(void)unlink(older);
	}
	cr_expect_gt(files, 5);
	cr_expect_eq(lines, WRITERS * LINES);
	(void)unlink(path);
	(void)rmdir(folder);
}

Test(log, keeps_so_many_and_leaves_other_files_alone) {
	char folder[] = "/tmp/tt-log-XXXXXX", path[64], older[80];
	cr_assert_not_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/web.log", folder);
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	cr_assert(dup2(fd, STDERR_FILENO) >= 0);
	log_turn_over("/elsewhere", 100, 2);
	for (int i = 0; i < 20; i++)
		log_info("line %d", i);
	(void)snprintf(older, sizeof older, "%s.1", path);
	cr_expect(access(older, F_OK) != 0);
	log_turn_over(folder, 100, 2);
	for (int i = 0; i < 20; i++)
		log_info("line %d", i);
	cr_expect(access(older, F_OK) == 0);
	(void)unlink(older);
	(void)snprintf(older, sizeof older, "%s.2", path);
	cr_expect(unlink(older) == 0);
	(void)unlink(path);
	cr_expect(rmdir(folder) == 0, "more than two were kept");
}

static void expect_size(const char *path, const char *ending, off_t size) {
	char name[80];
	struct stat there;
	(void)snprintf(name, sizeof name, "%s%s", path, ending);
	cr_expect_eq(stat(name, &there) == 0 ? there.st_size : -1, size, "%s has %lld bytes", name,
	             (long long)there.st_size);
	(void)unlink(name);
}

Test(log, cuts_the_log_of_another_program_that_goes_on_in_it) {
	char folder[] = "/tmp/tt-log-XXXXXX", path[64], link[64];
	char text[101] = { 0 };
	cr_assert_not_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/nginx.log", folder);
	(void)snprintf(link, sizeof link, "%s/link.log", folder);
	int other = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	cr_assert(symlink(path, link) == 0);
	for (int i = 1; i <= 4; i++) {
		cr_assert_eq(write(other, text, (size_t)i), i);
		log_cut(path, 0, 2);
		log_cut(path, 100, 2);
		cr_assert_eq(write(other, text, 100), 100);
		log_cut(link, 100, 2);
		log_cut(path, 100, 2);
	}
	cr_assert_eq(write(other, text, 7), 7);
	expect_size(path, "", 7);
	expect_size(path, ".1", 104);
	expect_size(path, ".2", 103);
	expect_size(path, ".3", -1);
	(void)unlink(link);
	cr_expect(rmdir(folder) == 0);
	(void)close(other);
}
