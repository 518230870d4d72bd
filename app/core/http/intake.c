/* Connections that wait for the head of their request to arrive. */
#include "core/http/intake.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/base/moment.h"
#include "core/process/master.h"

/* Records and roles (FastCGI 1.0, 8). */
enum { RECORD_BYTES = 8, VERSION = 1, BEGIN_REQUEST = 1, PARAMS = 4, RESPONDER = 1, BEGIN_BYTES = 8 };

enum { GRACE_MS = 20, PARTIAL_MS = 10, LINGER_MS = 2000, IO_SECONDS = 10 };

struct record {
	unsigned version, type, id;
	size_t size, padding;
};

static struct record record_at(const unsigned char *at) {
	return (struct record){ at[0], at[1], (unsigned)at[2] << 8 | at[3], (size_t)at[4] << 8 | at[5], at[6] };
}

static bool take_length(const unsigned char **at, const unsigned char *end, size_t *length) {
	if (*at >= end)
		return false;
	bool is_long = **at & 0x80;
	if (end - *at < (is_long ? 4 : 1))
		return false;
	const unsigned char *b = *at;
	*length = is_long ? (size_t)(b[0] & 0x7f) << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3] : b[0];
	*at += is_long ? 4 : 1;
	return true;
}

/* Do names and values fill the parameters exactly? */
static bool pairs_fit(const unsigned char *at, size_t size) {
	const unsigned char *end = at + size;
	while (at < end) {
		size_t name, value;
		if (!take_length(&at, end, &name) || !take_length(&at, end, &value) || name + value > (size_t)(end - at))
			return false;
		at += name + value;
	}
	return true;
}

/* The first record begins a request for an answer. */
static bool begins(const struct record *record, const unsigned char *content) {
	return record->type == BEGIN_REQUEST && record->id && record->size == BEGIN_BYTES && content[0] == 0 &&
	       content[1] == RESPONDER;
}

/* *used are the bytes of the record with its padding; false if they have not all arrived. */
static bool whole_record(const unsigned char *at, size_t size, struct record *record, size_t *used) {
	if (size < RECORD_BYTES)
		return false;
	*record = record_at(at);
	*used = RECORD_BYTES + record->size + record->padding;
	return *used <= size;
}

static enum head unfinished(const unsigned char *at, size_t size, bool first) {
	bool sound = (size < 1 || at[0] == VERSION) && (size < 2 || at[1] == (first ? BEGIN_REQUEST : PARAMS));
	return sound ? HEAD_PARTIAL : HEAD_BAD;
}

enum head head_judge(const unsigned char *bytes, size_t size) {
	unsigned char params[PARAMETERS_MAX];
	struct record record;
	size_t used = 0, total = 0, at = 0;
	unsigned id = 0;
	for (; whole_record(bytes + at, size - at, &record, &used); at += used) {
		const unsigned char *content = bytes + at + RECORD_BYTES;
		if (record.version != VERSION || (at == 0 && !begins(&record, content)))
			return HEAD_BAD;
		if (at == 0) {
			id = record.id;
			continue;
		}
		if (record.type != PARAMS || record.id != id || record.size > sizeof params - total)
			return HEAD_BAD;
		if (record.size == 0)
			return pairs_fit(params, total) ? HEAD_WHOLE : HEAD_BAD;
		memcpy(params + total, content, record.size);
		total += record.size;
	}
	return size >= HEAD_MAX ? HEAD_BAD : unfinished(bytes + at, size - at, at == 0);
}

/* Looks at what has arrived and leaves it to libfcgi. A peer that has closed counts as bad. */
static enum head peek(int fd, bool *begun) {
	static unsigned char bytes[HEAD_MAX];
	ssize_t size = recv(fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
	*begun = size > 0;
	if (size < 0)
		return HEAD_PARTIAL;
	return size == 0 ? HEAD_BAD : head_judge(bytes, (size_t)size);
}

static void forget(struct intake *intake, int i) {
	intake->count--;
	memmove(&intake->waiting[i], &intake->waiting[i + 1], sizeof intake->waiting[0] * (size_t)(intake->count - i));
}

static void drop(struct intake *intake, int i, const char *why) {
	if (intake->waiting[i].begun || why)
		log_warning("a connection to the workers' socket was dropped: %s", why ? why : "its request is malformed");
	(void)close(intake->waiting[i].fd);
	forget(intake, i);
}

/* -1 if none of those who wait is ready. */
static int take_ready(struct intake *intake) {
	for (int i = 0; i < intake->count; i++) {
		int fd = intake->waiting[i].fd;
		enum head head = peek(fd, &intake->waiting[i].begun);
		if (head == HEAD_WHOLE) {
			forget(intake, i);
			return fd;
		}
		if (head == HEAD_BAD)
			drop(intake, i--, NULL);
		else if (monotonic_ms() - intake->waiting[i].since > intake->patience_ms)
			drop(intake, i--, "its request did not come");
	}
	return -1;
}

static void let_in(struct intake *intake) {
	int fd = accept4(intake->listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return; /* another worker took it */
	if (intake->count == INTAKE_MAX)
		drop(intake, 0, "too many wait");
	intake->waiting[intake->count].fd = fd;
	intake->waiting[intake->count].begun = false;
	intake->waiting[intake->count++].since = monotonic_ms();
	/* nginx sends right after it has connected: nobody else is let in, and so kept from another worker, meanwhile. */
	struct pollfd one = { .fd = fd, .events = POLLIN };
	(void)poll(&one, 1, GRACE_MS);
}

/* Until somebody connects, one of those who wait sends something, or one has waited too long. */
static void wait_for_news(struct intake *intake) {
	struct pollfd polls[INTAKE_MAX + 1] = { { .fd = intake->listener, .events = POLLIN } };
	int count = 1;
	int64_t timeout = intake->count ? intake->patience_ms : -1;
	for (int i = 0; i < intake->count; i++) {
		if (intake->waiting[i].begun)
			timeout = PARTIAL_MS; /* poll cannot tell that more has come */
		else
			polls[count++] = (struct pollfd){ .fd = intake->waiting[i].fd, .events = POLLIN };
	}
	if (master_poll(polls, count, (int)timeout) > 0 && polls[0].revents)
		let_in(intake);
}

static int with_limits(int fd) {
	const struct timeval limit = { .tv_sec = IO_SECONDS };
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	return fd;
}

int intake_next(struct intake *intake) {
	for (;;) {
		int fd = take_ready(intake);
		if (fd >= 0)
			return with_limits(fd);
		if (master_should_stop())
			intake->listener = -1;
		if (intake->listener < 0 && !intake->count)
			return -1;
		wait_for_news(intake);
	}
}

/* A peer may still be sending what nobody reads; closing at once could keep it from reading the answer. */
void intake_finish(int fd) {
	char ignored[4096];
	int64_t end = monotonic_ms() + LINGER_MS, left;
	struct pollfd one = { .fd = fd, .events = POLLIN };
	if (shutdown(fd, SHUT_WR) == 0)
		while ((left = end - monotonic_ms()) > 0 && poll(&one, 1, (int)left) > 0)
			if (recv(fd, ignored, sizeof ignored, MSG_DONTWAIT) <= 0)
				break;
	(void)close(fd);
}
