/* Lines on this machine's disk. */
#include "answering/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/log.h"

enum { PATH_SIZE = 512, PIECE = 256 * 1024, NUMBER_SIZE = 24 };

static void close_file(int *fd) {
	if (*fd >= 0)
		(void)close(*fd);
}
#define FILE_AUTO __attribute__((cleanup(close_file))) int

static const char *path_of(const struct spool *spool, const char *name, char path[PATH_SIZE]) {
	(void)snprintf(path, PATH_SIZE, "%s/hits.%s", spool->folder, name);
	return path;
}

static int open_file(const struct spool *spool, const char *name, int flags) {
	char path[PATH_SIZE];
	return open(path_of(spool, name, path), flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Until the file is closed. -1: error. */
static int lock(const struct spool *spool, struct error *err) {
	int fd = open_file(spool, "lock", O_RDWR | O_CREAT), got;
	do
		got = fd < 0 ? 0 : flock(fd, LOCK_EX);
	while (got != 0 && errno == EINTR);
	if (fd >= 0 && got == 0)
		return fd;
	(void)error_system(err, "locking the spool of hits");
	close_file(&fd);
	return -1;
}

static int64_t read_number(int fd) {
	char text[NUMBER_SIZE] = "";
	return pread(fd, text, sizeof text - 1, 0) > 0 ? strtoll(text, NULL, 10) : 0;
}

/* A count that is a little off is better than a click that fails. */
static void count_refused(const struct spool *spool) {
	char text[NUMBER_SIZE];
	FILE_AUTO fd = open_file(spool, "refused", O_RDWR | O_CREAT);
	if (fd < 0)
		return;
	int size = snprintf(text, sizeof text, "%lld\n", (long long)read_number(fd) + 1);
	if (pwrite(fd, text, (size_t)size, 0) != size && ftruncate(fd, 0) != 0)
		log_warning("a refused hit could not be counted");
}

static bool write_all(int fd, const char *bytes, size_t size) {
	while (size) {
		ssize_t wrote = write(fd, bytes, size);
		if (wrote < 0 && errno != EINTR)
			return false;
		bytes += wrote > 0 ? wrote : 0;
		size -= wrote > 0 ? (size_t)wrote : 0;
	}
	return true;
}

/* Did the last writer die in the middle of its line? */
static bool is_torn(int fd, int64_t size) {
	char last;
	return size > 0 && (pread(fd, &last, 1, size - 1) != 1 || last != '\n');
}

/* The entry of a new file in its folder. */
static bool sync_folder(const struct spool *spool) {
	FILE_AUTO folder = open(spool->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return folder >= 0 && fsync(folder) == 0;
}

/* What could not be made durable is taken back: it is refused, not perhaps there. */
static bool append(const struct spool *spool, int fd, int64_t size, const char *line, size_t length,
                   struct error *err) {
	char text[SPOOL_LINE_MAX + 2], *at = text;
	if (is_torn(fd, size))
		*at++ = '\n';
	memcpy(at, line, length);
	at[length] = '\n';
	if (write_all(fd, text, (size_t)(at - text) + length + 1) && fdatasync(fd) == 0 && (size || sync_folder(spool)))
		return true;
	(void)error_system(err, "writing to the spool of hits");
	return ftruncate(fd, size) == 0 ? false : error_note(err, "and it may be there in part");
}

bool spool_put(const struct spool *spool, const char *line, bool *refused, struct error *err) {
	size_t length = strlen(line);
	struct stat now;
	*refused = false;
	if (length > SPOOL_LINE_MAX || strchr(line, '\n'))
		return error_set(err, ERROR_INVALID, "no line for the spool of hits");
	FILE_AUTO locked = lock(spool, err);
	if (locked < 0)
		return false;
	FILE_AUTO fd = open_file(spool, "spool", O_RDWR | O_CREAT | O_APPEND);
	if (fd < 0 || fstat(fd, &now) != 0)
		return error_system(err, "opening the spool of hits");
	*refused = now.st_size + (int64_t)length + 2 > spool->most_bytes;
	if (*refused) {
		count_refused(spool);
		return true;
	}
	return append(spool, fd, now.st_size, line, length, err);
}

/* Tells one taken file from the next, which may get its number. */
static unsigned long long mark_of(const struct stat *of) {
	return (unsigned long long)of->st_ino * 1000003ULL ^ (unsigned long long)of->st_ctim.tv_sec * 1000000007ULL ^
	       (unsigned long long)of->st_ctim.tv_nsec;
}

/* The taken file; if there is none, what has been written so far becomes it. -1 without an error: nothing waits. */
static int open_taken(const struct spool *spool, bool *fine, struct error *err) {
	char from[PATH_SIZE], to[PATH_SIZE];
	int fd = open_file(spool, "taken", O_RDONLY);
	if (fd < 0 && errno == ENOENT && rename(path_of(spool, "spool", from), path_of(spool, "taken", to)) == 0)
		fd = open_file(spool, "taken", O_RDONLY);
	*fine = fd >= 0 || errno == ENOENT;
	if (!*fine)
		(void)error_system(err, "opening the hits that wait");
	return fd;
}

/* Whole lines of the piece, up to the limit; returns the bytes that they take. */
static size_t split(char *piece, size_t size, int limit, struct strings *lines) {
	size_t at = 0;
	for (char *end; lines->count < limit && (end = memchr(piece + at, '\n', size - at));
	     at = (size_t)(end - piece) + 1) {
		*end = '\0';
		if (end > piece + at)
			lines->items[lines->count++] = piece + at;
	}
	return at;
}

static bool read_lines(int fd, struct spool_reader *reader, int limit, struct arena *arena, struct strings *lines,
                       struct error *err) {
	char *piece = arena_alloc(arena, PIECE + 1);
	struct stat now;
	if (fstat(fd, &now) != 0)
		return error_system(err, "looking at the hits that wait");
	if (reader->file != mark_of(&now))
		*reader = (struct spool_reader){ .file = mark_of(&now) };
	ssize_t got = pread(fd, piece, PIECE, reader->offset);
	if (got < 0)
		return error_system(err, "reading the hits that wait");
	size_t took = split(piece, (size_t)got, limit, lines);
	bool is_end = reader->offset + got >= now.st_size;
	/* What is left at the end, without a line end, was cut off. */
	reader->next = lines->count == limit || !is_end ? reader->offset + (int64_t)took : now.st_size;
	return true;
}

bool spool_take(const struct spool *spool, struct spool_reader *reader, int limit, struct arena *arena,
                struct strings *lines, struct error *err) {
	char path[PATH_SIZE];
	bool fine;
	*lines = (struct strings){ arena_array(arena, const char *, limit), 0 };
	if (access(path_of(spool, "taken", path), F_OK) != 0 && access(path_of(spool, "spool", path), F_OK) != 0)
		return true;
	FILE_AUTO locked = lock(spool, err);
	if (locked < 0)
		return false;
	FILE_AUTO fd = open_taken(spool, &fine, err);
	return fd < 0 ? fine : read_lines(fd, reader, limit, arena, lines, err);
}

bool spool_done(const struct spool *spool, struct spool_reader *reader, struct error *err) {
	char path[PATH_SIZE];
	struct stat now;
	if (reader->file == 0)
		return true;
	FILE_AUTO locked = lock(spool, err);
	if (locked < 0)
		return false;
	if (stat(path_of(spool, "taken", path), &now) != 0 || mark_of(&now) != reader->file)
		return true;
	reader->offset = reader->next;
	if (reader->offset < now.st_size)
		return true;
	*reader = (struct spool_reader){ 0 };
	return unlink(path) == 0 || error_system(err, "removing the hits that were stored");
}

bool spool_refused(const struct spool *spool, int64_t *count, struct error *err) {
	char path[PATH_SIZE];
	*count = 0;
	if (access(path_of(spool, "refused", path), F_OK) != 0)
		return true;
	FILE_AUTO locked = lock(spool, err);
	if (locked < 0)
		return false;
	FILE_AUTO fd = open_file(spool, "refused", O_RDONLY);
	if (fd < 0)
		return true;
	*count = read_number(fd);
	return unlink(path) == 0 || error_system(err, "removing the count of refused hits");
}
