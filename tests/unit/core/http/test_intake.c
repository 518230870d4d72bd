/* What is let in from the workers' socket. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/moment.h"
#include "core/http/intake.h"
#include "core/process/master.h"

static void add_record(struct buf *out, int type, int id, const char *content, size_t size, int padding) {
	const char head[] = { 1, (char)type, (char)(id >> 8), (char)id, (char)(size >> 8), (char)size, (char)padding, 0 };
	buf_add(out, head, sizeof head);
	buf_add(out, content, size);
	for (int i = 0; i < padding; i++)
		buf_char(out, 0);
}

static void add_begin(struct buf *out) {
	add_record(out, 1, 1, "\0\1\1\0\0\0\0\0", 8, 0);
}

static void add_head(struct buf *out, const char *params, size_t size) {
	add_begin(out);
	add_record(out, 4, 1, params, size, 3);
	add_record(out, 4, 1, "", 0, 0);
}

static enum head judge(const struct buf *bytes) {
	return head_judge((const unsigned char *)bytes->bytes, bytes->size);
}

#define PAIR "\16\3REQUEST_METHODGET"

Test(intake, a_head_is_whole_with_its_last_byte) {
	BUF_AUTO head = { 0 };
	add_head(&head, PAIR, sizeof PAIR - 1);
	for (size_t size = 0; size < head.size; size++)
		cr_expect_eq(head_judge((const unsigned char *)head.bytes, size), HEAD_PARTIAL, "%zu bytes", size);
	cr_expect_eq(judge(&head), HEAD_WHOLE);
	add_record(&head, 5, 1, "body", 4, 0);
	cr_expect_eq(judge(&head), HEAD_WHOLE, "the body is libfcgi's");
}

Test(intake, parameters_may_come_in_pieces_and_be_long) {
	BUF_AUTO head = { 0 };
	static char value[60000];
	memset(value, 'v', sizeof value);
	add_begin(&head);
	add_record(&head, 4, 1, "\1\x80\0\xea\x60", 5, 0);
	add_record(&head, 4, 1, "n", 1, 7);
	add_record(&head, 4, 1, value, sizeof value, 0);
	add_record(&head, 4, 1, "", 0, 0);
	cr_expect_eq(judge(&head), HEAD_WHOLE);
}

static void expect_bad(const char *what, const char *bytes, size_t size) {
	cr_expect_eq(head_judge((const unsigned char *)bytes, size), HEAD_BAD, "%s", what);
}

Test(intake, lengths_that_are_not_there_are_refused) {
	static const struct {
		const char *what, *params;
		size_t size;
	} rows[] = {
		{ "a name of 2 GiB", "\xff\xff\xff\xff\1ab", 7 },
		{ "a value of 2 GiB",
		  "\1\xff\xff\xff\xff"
		  "a",
		  6 },
		{ "both, whose sum overflows 32 bits", "\xff\xff\xff\xff\xff\xff\xff\xffxx", 10 },
		{ "one byte too few", "\1\2ab", 4 },
		{ "a length that is cut", "\1\1ab\x80\0", 6 },
		{ "a length without its value", "\1\1ab\1", 5 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		BUF_AUTO head = { 0 };
		add_head(&head, rows[i].params, rows[i].size);
		expect_bad(rows[i].what, head.bytes, head.size);
	}
}

Test(intake, other_records_are_refused_as_soon_as_they_are_seen) {
	BUF_AUTO head = { 0 };
	expect_bad("HTTP", "GET / HTTP/1.0", 14);
	expect_bad("version 2", "\2\1", 2);
	expect_bad("no begin", "\1\4", 2);
	add_begin(&head);
	head.bytes[9] = 3;
	expect_bad("another role", head.bytes, head.size);
	head.bytes[9] = 1;
	add_record(&head, 9, 0, "", 0, 0);
	expect_bad("FCGI_GET_VALUES", head.bytes, head.size);
	buf_reset(&head);
	add_begin(&head);
	add_record(&head, 5, 1, "", 0, 0);
	expect_bad("a body before the parameters", head.bytes, head.size);
	buf_reset(&head);
	add_begin(&head);
	add_record(&head, 4, 2, "", 0, 0);
	expect_bad("another request", head.bytes, head.size);
}

Test(intake, a_head_has_a_bound) {
	BUF_AUTO head = { 0 };
	static char zeros[40000];
	add_begin(&head);
	add_record(&head, 4, 1, zeros, sizeof zeros, 0);
	cr_expect_eq(judge(&head), HEAD_PARTIAL);
	add_record(&head, 4, 1, zeros, sizeof zeros, 0);
	cr_expect_eq(judge(&head), HEAD_BAD);
	buf_reset(&head);
	add_begin(&head);
	while (head.size < HEAD_MAX)
		add_record(&head, 4, 1, zeros, 1, 0);
	expect_bad("records of one byte each, for ever", head.bytes, HEAD_MAX);
}

static char path[64];
static struct intake intake;

static void listen_here(int patience_ms) {
	struct error err;
	int listener;
	(void)snprintf(path, sizeof path, "/tmp/tt-intake-%d.sock", (int)getpid());
	cr_assert(master_listen(path, &listener, &err), "%s", err.text);
	intake = (struct intake){ .listener = listener, .patience_ms = patience_ms };
}

static int peer(const char *bytes, size_t size) {
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	cr_assert_eq(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
	if (size)
		cr_assert_eq(write(fd, bytes, size), (ssize_t)size);
	return fd;
}

static bool is_closed(int fd) {
	char byte;
	ssize_t got = recv(fd, &byte, 1, MSG_DONTWAIT);
	return got == 0 || (got < 0 && errno == ECONNRESET);
}

Test(intake, silent_and_slow_peers_hold_nobody) {
	BUF_AUTO head = { 0 };
	int idle[5], slow;
	listen_here(400);
	add_head(&head, PAIR, sizeof PAIR - 1);
	for (int i = 0; i < 5; i++)
		idle[i] = peer("", 0);
	slow = peer(head.bytes, 4);
	int bad = peer("GET / HTTP/1.0\r\n\r\n", 18);
	(void)peer(head.bytes, head.size);
	int64_t began = monotonic_ms();
	int served = intake_next(&intake);
	cr_expect_geq(served, 0);
	cr_expect_lt(monotonic_ms() - began, 350, "%lld ms", (long long)(monotonic_ms() - began));
	cr_expect(is_closed(bad));
	cr_expect_eq(write(slow, head.bytes + 4, head.size - 4), (ssize_t)(head.size - 4));
	cr_expect_geq(intake_next(&intake), 0, "the slow one, once its head is there");
	(void)usleep(450000);
	(void)peer(head.bytes, head.size);
	cr_expect_geq(intake_next(&intake), 0);
	for (int i = 0; i < 5; i++)
		cr_expect(is_closed(idle[i]));
	cr_expect_eq(intake.count, 0);
	(void)unlink(path);
}

Test(intake, closed_it_serves_those_who_wait_and_ends) {
	BUF_AUTO head = { 0 };
	listen_here(200);
	add_head(&head, PAIR, sizeof PAIR - 1);
	int slow = peer(head.bytes, 4);
	(void)peer(head.bytes, head.size);
	cr_expect_geq(intake_next(&intake), 0);
	intake.listener = -1;
	cr_expect_eq(write(slow, head.bytes + 4, head.size - 4), (ssize_t)(head.size - 4));
	(void)peer(head.bytes, head.size); /* is not let in */
	cr_expect_geq(intake_next(&intake), 0);
	cr_expect_eq(intake_next(&intake), -1);
	(void)unlink(path);
}

Test(intake, more_peers_than_can_wait_push_out_the_oldest) {
	BUF_AUTO head = { 0 };
	int fds[INTAKE_MAX + 3];
	listen_here(5000);
	add_head(&head, PAIR, sizeof PAIR - 1);
	for (int i = 0; i < INTAKE_MAX + 2; i++)
		fds[i] = peer("", 0);
	fds[INTAKE_MAX + 2] = peer(head.bytes, head.size);
	cr_expect_geq(intake_next(&intake), 0);
	cr_expect(is_closed(fds[0]) && is_closed(fds[1]) && !is_closed(fds[INTAKE_MAX + 1]));
	(void)unlink(path);
}

/* Sends for as long as it is read. */
Test(intake, a_peer_that_goes_on_sending_is_left, .timeout = 20) {
	int ends[2];
	static char bytes[1000];
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	if (fork() == 0) {
		(void)close(ends[1]);
		while (send(ends[0], bytes, sizeof bytes, MSG_NOSIGNAL) > 0)
			(void)usleep(10000);
		_exit(0);
	}
	int64_t began = monotonic_ms();
	intake_finish(ends[1]);
	cr_expect_lt(monotonic_ms() - began, 3000);
}
