/* Request bodies in unnamed temporary files. */
#include "core/http/body_file.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/formats/multipart.h"

enum { PIECE_BYTES = 64 * 1024 };

static void release(void *object) {
	struct body_file *file = object;
	if (file->size > 0)
		(void)munmap((void *)(uintptr_t)file->bytes, (size_t)file->size);
	(void)close(file->fd);
}

/* In $TMPDIR, else /tmp. */
static bool open_nameless(struct arena *arena, int *fd, struct error *err) {
	char *path = arena_print(arena, "%s/telltale-body-XXXXXX", g_get_tmp_dir());
	*fd = g_mkstemp(path);
	if (*fd < 0)
		return error_system(err, "no file for a body in %s", g_get_tmp_dir());
	(void)unlink(path);
	return true;
}

static bool write_all(int fd, const char *bytes, size_t size, struct error *err) {
	while (size > 0) {
		ssize_t wrote = write(fd, bytes, size);
		if (wrote < 0 && errno != EINTR)
			return error_system(err, "a body cannot be stored");
		if (wrote > 0) {
			bytes += wrote;
			size -= (size_t)wrote;
		}
	}
	return true;
}

static bool copy_body(const struct request_source *source, int64_t size, int fd, struct error *err) {
	static char piece[PIECE_BYTES];
	while (size > 0) {
		int wanted = size < PIECE_BYTES ? (int)size : PIECE_BYTES;
		if (source->read(source->context, piece, wanted) != wanted)
			return error_set(err, ERROR_INVALID, "the body ended early");
		if (!write_all(fd, piece, (size_t)wanted, err))
			return false;
		size -= wanted;
	}
	return true;
}

static bool map_file(struct body_file *file, struct error *err) {
	file->bytes = "";
	file->size = lseek(file->fd, 0, SEEK_END);
	if (file->size <= 0)
		return file->size == 0 || error_system(err, "a body's file");
	void *bytes = mmap(NULL, (size_t)file->size, PROT_READ, MAP_PRIVATE, file->fd, 0);
	if (bytes == MAP_FAILED) {
		file->size = 0;
		return error_system(err, "a body's file");
	}
	file->bytes = bytes;
	return true;
}

/* The form is split from one file into another, so it is never all in memory. */
static bool take_part(struct arena *arena, const struct request_source *source, const char *type, int64_t size,
                      struct params *form, struct body_file *file, struct error *err) {
	int whole;
	if (!open_nameless(arena, &whole, err))
		return false;
	bool fine = write_all(whole, "Content-Type: ", strlen("Content-Type: "), err) &&
	            write_all(whole, type, strlen(type), err) && write_all(whole, "\r\n\r\n", 4, err) &&
	            copy_body(source, size, whole, err) && multipart_split(arena, whole, file->fd, form, &file->name, err);
	(void)close(whole);
	return fine;
}

bool body_file_read(struct arena *arena, const struct request_source *source, const char *type, int64_t size,
                    struct params *form, struct body_file **out, struct error *err) {
	struct body_file *file = arena_new_of(arena, struct body_file);
	if (type && strpbrk(type, "\r\n"))
		return error_set(err, ERROR_INVALID, "The content type of the body is damaged");
	if (!open_nameless(arena, &file->fd, err))
		return false;
	arena_defer(arena, release, file);
	bool is_form = type && text_starts(type, "multipart/form-data");
	if (!(is_form ? take_part(arena, source, type, size, form, file, err) : copy_body(source, size, file->fd, err)))
		return false;
	*out = file;
	return map_file(file, err);
}
