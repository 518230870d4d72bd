/* Messages on the wire. */
#include "core/client/smtp_body.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"

static unsigned seed;

static unsigned any(unsigned below) {
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % below;
}

/* As a server takes it: up to the dot alone on a line; NULL when there is none, or something follows it. */
static char *unstuff(const char *wire, size_t size, size_t *got) {
	char *out = calloc(size + 1, 1);
	size_t n = 0, at = 0;
	while (at < size) {
		const char *end = memmem(wire + at, size - at, "\r\n", 2);
		size_t length = end ? (size_t)(end - wire) - at : size - at;
		if (end && length == 1 && wire[at] == '.') {
			*got = n;
			return at + 3 == size ? out : NULL;
		}
		size_t skip = wire[at] == '.';
		memcpy(out + n, wire + at + skip, length - skip);
		n += length - skip;
		memcpy(out + n, "\r\n", 2);
		n += 2;
		at += length + 2;
	}
	return NULL;
}

static void random_message(struct buf *message) {
	static const char *const parts[] = { ".",          "..", ".\r\n",     "\r\n",   "\r\n.\r\n",
		                                 "\r\n..\r\n", "a",  "some text", "\r\n.a", "QUIT" };
	buf_reset(message);
	for (unsigned i = any(60); i > 0; i--)
		buf_text_add(message, parts[any(sizeof parts / sizeof *parts)]);
}

Test(smtp_body, what_is_stuffed_comes_out_as_it_was) {
	BUF_AUTO message = { 0 };
	BUF_AUTO wire = { 0 };
	char out[600];
	bool eight_bit;
	seed = 1;
	for (int round = 0; round < 3000; round++) {
		random_message(&message);
		if (smtp_body_flaw(buf_text(&message), message.size, &eight_bit))
			cr_assert(message.size > SMTP_LINE_MAX);
		struct smtp_body body = { .message = buf_text(&message), .size = message.size };
		buf_reset(&wire);
		for (size_t n; (n = smtp_body_next(&body, out, SMTP_BODY_ROOM + any(500))) > 0;)
			buf_add(&wire, out, n);
		size_t got;
		char *back = unstuff(buf_text(&wire), wire.size, &got);
		cr_assert(back, "%s", buf_text(&wire));
		if (message.size == 0 || message.bytes[message.size - 1] != '\n')
			buf_text_add(&message, message.size > 0 ? "\r\n" : "");
		cr_assert(got == message.size && memcmp(back, buf_text(&message), got) == 0, "%s", buf_text(&wire));
		free(back);
	}
}

Test(smtp_body, each_size_of_room_is_enough) {
	static const char message[] = "..\r\n.\r\n\r\n.a\r\nb";
	for (size_t room = SMTP_BODY_ROOM; room < 40; room++) {
		struct smtp_body body = { .message = message, .size = sizeof message - 1 };
		char wire[200];
		size_t size = 0;
		for (size_t n; (n = smtp_body_next(&body, wire + size, room)) > 0; size += n)
			cr_assert(n <= room);
		cr_expect(size == 22 && memcmp(wire, "...\r\n..\r\n\r\n..a\r\nb\r\n.\r\n", size) == 0, "%zu: %.*s", room,
		          (int)size, wire);
	}
}

Test(smtp_body, what_may_not_go_out) {
	static const char *const bad[] = { "a\nb", "a\rb", "a\r\n.\n", "a\r", "\n", "a\n.\r\n", "\r\r\n" };
	char line[SMTP_LINE_MAX + 2];
	bool eight_bit;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect(smtp_body_flaw(bad[i], strlen(bad[i]), &eight_bit), "%zu", i);
	cr_expect(smtp_body_flaw("a\0b", 3, &eight_bit));
	memset(line, 'x', sizeof line);
	cr_expect(smtp_body_flaw(line, SMTP_LINE_MAX + 1, &eight_bit));
	cr_expect_null(smtp_body_flaw(line, SMTP_LINE_MAX, &eight_bit));
	cr_expect_not(eight_bit);
	cr_expect_null(smtp_body_flaw("\xc3\xa4\r\n", 4, &eight_bit));
	cr_expect(eight_bit);
}
