/* Log lines. */
#include "core/base/log.h"

#include <fcntl.h>
#include <glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/choice.h"
#include "core/base/moment_text.h"

static const char *const level_names[] = {
	[LOG_ERROR] = "ERROR",
	[LOG_WARNING] = "WARNING",
	[LOG_INFO] = "INFO",
	[LOG_DEBUG] = "DEBUG",
};
static const struct choices levels = CHOICES(level_names);
static enum log_level threshold = LOG_INFO;

enum { LINE_BYTES = 2048, PATH_BYTES = 400, COPY_BYTES = 65536 };

bool log_set_level(const char *name) {
	int level;
	if (!choice_find(&levels, name, &level))
		return false;
	threshold = (enum log_level)level;
	return true;
}

/* Control characters, line separators, and what reorders a line on the screen (Unicode 15, 23.2 and UAX #9). */
static bool is_hidden(gunichar c) {
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* The bytes of the next character if it may stand in a log as it is, else 0. */
static size_t plain_at(const char *text) {
	gunichar c = g_utf8_get_char_validated(text, -1);
	return c == (gunichar)-1 || c == (gunichar)-2 || is_hidden(c) ? 0 : (size_t)(g_utf8_next_char(text) - text);
}

void log_escape(const char *text, char *out, size_t size) {
	size_t used = 0;
	while (*text && used + 7 < size) {
		size_t plain = plain_at(text);
		if (plain)
			memcpy(out + used, text, plain);
		used += plain ? plain : (size_t)snprintf(out + used, size - used, "\\x%02x", (unsigned)(unsigned char)*text);
		text += plain ? plain : 1;
	}
	out[used] = '\0';
}

static struct {
	char path[PATH_BYTES];
	int64_t most_bytes;
	int kept;
} turning;

void log_turn_over(const char *folder, int64_t most_bytes, int kept) {
	char path[sizeof turning.path] = "";
	size_t size = strlen(folder);
	if (readlink("/proc/self/fd/2", path, sizeof path - 1) <= 0 || strncmp(path, folder, size) != 0 ||
	    path[size] != '/')
		return;
	memcpy(turning.path, path, sizeof path);
	turning.most_bytes = most_bytes;
	turning.kept = kept;
}

static bool same_file(const struct stat *a, const struct stat *b) {
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* `newest` becomes PATH.1. */
static void rename_older(const char *path, const char *newest, int kept) {
	char from[PATH_BYTES + 12], to[sizeof from];
	for (int i = kept; i > 0; i--) {
		(void)snprintf(from, sizeof from, "%s.%d", path, i - 1);
		(void)snprintf(to, sizeof to, "%s.%d", path, i);
		(void)rename(i > 1 ? from : newest, to);
	}
	if (!kept)
		(void)unlink(newest);
}

/* Of several processes the first to hold the lock renames; the others find another file under the name. */
static void turn_over(const struct stat *full) {
	struct stat there;
	int fd = open(turning.path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_EX) == 0 && stat(turning.path, &there) == 0 && same_file(full, &there))
		rename_older(turning.path, turning.path, turning.kept);
	int fresh = open(turning.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (fresh >= 0) {
		(void)dup2(fresh, STDERR_FILENO);
		(void)close(fresh);
	}
	if (fd >= 0)
		(void)close(fd);
}

static void turn_over_if_full(void) {
	struct stat now;
	if (turning.most_bytes && fstat(STDERR_FILENO, &now) == 0 && now.st_size >= turning.most_bytes)
		turn_over(&now);
}

static bool copy(int from, int to) {
	static char bytes[COPY_BYTES];
	ssize_t size;
	while ((size = read(from, bytes, sizeof bytes)) > 0)
		if (write(to, bytes, (size_t)size) != size)
			return false;
	return size == 0;
}

static void copy_and_empty(const char *path, int file, int kept) {
	char older[PATH_BYTES + 12];
	(void)snprintf(older, sizeof older, "%s.new", path);
	(void)unlink(older);
	int to = open(older, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (to >= 0 && copy(file, to))
		rename_older(path, older, kept);
	(void)unlink(older); /* on a full disk it is more important to make room */
	(void)!ftruncate(file, 0);
	if (to >= 0)
		(void)close(to);
}

void log_cut(const char *path, int64_t most_bytes, int kept) {
	struct stat now;
	int file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (file < 0)
		return;
	if (most_bytes && flock(file, LOCK_EX | LOCK_NB) == 0 && fstat(file, &now) == 0 && S_ISREG(now.st_mode) &&
	    now.st_size >= most_bytes)
		copy_and_empty(path, file, kept);
	(void)close(file);
}

void log_write(enum log_level level, const char *file, int line, const char *format, ...) {
	char message[LINE_BYTES], safe[LINE_BYTES], out[LINE_BYTES + 256], time[MOMENT_TEXT];
	const char *base = strrchr(file, '/');
	va_list args;
	if (level > threshold)
		return;
	va_start(args, format);
	(void)vsnprintf(message, sizeof message, format, args);
	va_end(args);
	log_escape(message, safe, sizeof safe);
	int size = snprintf(out, sizeof out, "%s %s: %s [in %s:%d]\n", moment_format(moment_now(), time),
	                    level_names[level], safe, base ? base + 1 : file, line);
	turn_over_if_full();
	/* One write per line, so that lines of several processes do not interleave. */
	if (size > 0)
		(void)!write(STDERR_FILENO, out, (size_t)size < sizeof out ? (size_t)size : sizeof out - 1);
}

void log_failure(const char *doing, const struct error *err) {
	char text[ERROR_DESCRIBED];
	error_describe(err, text, sizeof text);
	log_write(LOG_ERROR, err->file ? err->file : "?", err->line, "%s: %s: %s", doing, error_kind_name(err->kind), text);
}
