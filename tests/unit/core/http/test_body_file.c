/* Bodies in files on a disk that is full: a small file system of their own, which needs a namespace. */
#include <criterion/criterion.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "core/http/body_file.h"

enum { DISK_BYTES = 64 * 1024 };

static const char *variable(void *context, const char *name) {
	(void)context;
	(void)name;
	return NULL;
}

/* A form with one large file, repeated for ever. */
static int read_body(void *context, char *into, int size) {
	static const char head[] = "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n";
	bool *begun = context;
	memset(into, 'a', (size_t)size);
	if (!*begun)
		memcpy(into, head, sizeof head - 1);
	*begun = true;
	return size;
}

static bool store_body(const char *type, int64_t size, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct params form;
	struct body_file *file;
	bool begun = false;
	const struct request_source source = { variable, read_body, &begun };
	return body_file_read(arena, &source, type, size, &form, &file, err);
}

static void small_disk(char *folder) {
	cr_assert_not_null(mkdtemp(folder));
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", folder, "tmpfs", 0, "size=64k") != 0) {
		(void)rmdir(folder);
		cr_skip_test("no file system can be mounted here");
	}
	(void)setenv("TMPDIR", folder, 1);
}

Test(body_file, a_full_disk_is_told) {
	char folder[] = "/tmp/tt-full-XXXXXX";
	struct error err;
	small_disk(folder);
	cr_expect(store_body("application/octet-stream", DISK_BYTES / 2, &err), "%s", err.text);
	cr_expect(!store_body("application/octet-stream", 2 * DISK_BYTES, &err) && err.kind == ERROR_FULL, "%s", err.text);
	cr_expect(!store_body("multipart/form-data; boundary=x", 2 * DISK_BYTES, &err) && err.kind == ERROR_FULL, "%s",
	          err.text);
	/* Here the whole body fits and the file taken out of it does not. */
	cr_expect(!store_body("multipart/form-data; boundary=x", DISK_BYTES * 3 / 4, &err) && err.kind == ERROR_FULL, "%s",
	          err.text);
	(void)umount(folder);
	(void)rmdir(folder);
}
