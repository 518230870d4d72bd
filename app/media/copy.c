/* Copies of images. */
#include "media/copy.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/secret.h"

enum { PATH_ROOM = 512, DIGEST = SECRET_HEX - 1 };

const char *copy_digest(struct arena *arena, const char *name) {
	const char *dot = strchr(name, '.');
	int kind;
	if (!dot || dot - name != DIGEST || !choice_find(&image_kinds, dot + 1, &kind))
		return NULL;
	for (const char *at = name; at < dot; at++)
		if (!isdigit((unsigned char)*at) && (*at < 'a' || *at > 'f'))
			return NULL;
	return arena_print(arena, "%.*s", DIGEST, name);
}

static void place(char path[PATH_ROOM], const char *home, const char *name, const char *end) {
	(void)snprintf(path, PATH_ROOM, "%s/run/media/%s%s", home, name, end);
}

static bool fill(int file, const struct buf *bytes) {
	for (size_t at = 0; at < bytes->size;) {
		ssize_t wrote = write(file, bytes->bytes + at, bytes->size - at);
		if (wrote < 0 && errno != EINTR)
			return false;
		at += wrote > 0 ? (size_t)wrote : 0;
	}
	return true;
}

bool copy_write(const char *home, const char *name, const struct buf *bytes, struct error *err) {
	char folder[PATH_ROOM], path[PATH_ROOM], draft[PATH_ROOM], end[32];
	(void)snprintf(end, sizeof end, ".%d", (int)getpid());
	place(folder, home, "", "");
	place(path, home, name, "");
	place(draft, home, name, end);
	(void)mkdir(folder, 0755);
	int file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (file < 0)
		return error_system(err, "no copy at %s", draft);
	bool fine = fill(file, bytes);
	fine = close(file) == 0 && fine;
	if (fine && rename(draft, path) == 0)
		return true;
	(void)error_system(err, "no copy at %s", path);
	(void)unlink(draft);
	return false;
}

void copy_drop(const char *home, const char *name) {
	char path[PATH_ROOM];
	place(path, home, name, "");
	(void)unlink(path);
}
