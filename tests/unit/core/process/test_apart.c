/* Work in a process of its own. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/process/apart.h"

static const struct apart_limits limits = { 64 * 1024 * 1024, 1, 1000000 };

static bool many(const void *context, struct buf *out, struct error *err) {
	(void)err;
	for (int i = 0; i < *(const int *)context; i++)
		buf_char(out, (char)('a' + i % 26));
	return true;
}

static bool refuses(const void *context, struct buf *out, struct error *err) {
	buf_text_add(out, "lost");
	return error_field(err, "file", "“%s” is wrong", (const char *)context);
}

static bool dies(const void *context, struct buf *out, struct error *err) {
	(void)out, (void)err;
	return raise(*(const int *)context) == 0;
}

static bool loops(const void *context, struct buf *out, struct error *err) {
	volatile bool goes_on = true;
	(void)context, (void)out, (void)err;
	while (goes_on) {
	}
	return true;
}

/* What it could reach: descriptors, and files. */
static bool looks_around(const void *context, struct buf *out, struct error *err) {
	(void)err;
	int held = *(const int *)context, open_ones = 0;
	for (int i = 0; i < 256; i++)
		open_ones += fcntl(i, F_GETFD) >= 0;
	buf_print(out, "%d %d", fcntl(held, F_GETFD) >= 0, open_ones);
	return true;
}

static bool run(apart_work *work, const void *context, struct buf *out, struct error *err) {
	return apart_run(work, context, &limits, out, err);
}

Test(apart, gives_back_bytes) {
	BUF_AUTO out = { 0 };
	BUF_AUTO wanted = { 0 };
	struct error err = ERROR_INIT;
	int size = 900000;
	buf_text_add(&out, "before ");
	buf_text_add(&wanted, "before ");
	cr_expect(many(&size, &wanted, &err));
	cr_assert(run(many, &size, &out, &err), "%s", err.text);
	cr_expect(out.size == wanted.size && memcmp(out.bytes, wanted.bytes, out.size) == 0);
	size = 0;
	cr_expect(run(many, &size, &out, &err) && out.size == wanted.size);
	size = 1000001;
	cr_expect(!run(many, &size, &out, &err) && err.kind == ERROR_TOO_LARGE && out.size == wanted.size);
}

Test(apart, gives_back_its_error) {
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	cr_expect_not(run(refuses, "this", &out, &err));
	cr_expect(err.kind == ERROR_INVALID && out.size == 0);
	cr_expect_str_eq(err.text, "“this” is wrong");
	cr_expect_str_eq(err.field, "file");
}

Test(apart, dies_alone) {
	BUF_AUTO out = { 0 };
	static const int signals[] = { SIGKILL, SIGTERM, SIGXCPU };
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct error err = ERROR_INIT;
		cr_expect_not(run(dies, &signals[i], &out, &err));
		cr_expect(err.kind == ERROR_TOO_LARGE && out.size == 0);
	}
	struct error err = ERROR_INIT;
	cr_expect(!run(loops, &err, &out, &err) && err.kind == ERROR_TOO_LARGE);
}

Test(apart, holds_no_file) {
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	int held = open("/dev/null", O_RDONLY | O_CLOEXEC);
	cr_assert(held > 2 && run(looks_around, &held, &out, &err));
	cr_expect(strncmp(buf_text(&out), held == 3 ? "1 2" : "0 2", 3) == 0, "%s",
	          buf_text(&out)); /* 2, and the pipe as 3 */
	(void)close(held);
}
