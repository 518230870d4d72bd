/* Replies of a mail server. */
#include "core/client/smtp_reply.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

static enum smtp_reading read_reply(const char *bytes, struct smtp_reply *reply) {
	struct smtp_reply_reader reader = { 0 };
	size_t used;
	enum smtp_reading reading = smtp_reply_read(&reader, bytes, strlen(bytes), &used);
	*reply = reader.reply;
	return reading;
}

Test(smtp_reply, lines_codes_and_texts) {
	static const struct {
		const char *bytes;
		enum smtp_reading reading;
		int code;
		const char *enhanced, *text;
	} rows[] = {
		{ "250 OK\r\n", SMTP_READ_WHOLE, 250, "", "OK" },
		{ "250\r\n", SMTP_READ_WHOLE, 250, "", "" },
		{ "250 OK\n", SMTP_READ_WHOLE, 250, "", "OK" },
		{ "550 5.1.1 no such mailbox\r\n", SMTP_READ_WHOLE, 550, "5.1.1", "no such mailbox" },
		{ "550-5.1.1 no such\r\n550 5.1.1 mailbox\r\n", SMTP_READ_WHOLE, 550, "5.1.1", "no such mailbox" },
		{ "550-one\r\n451 4.7.1\r\n", SMTP_READ_WHOLE, 451, "4.7.1", "one" },
		{ "550 5.7.515 sender\r\n", SMTP_READ_WHOLE, 550, "5.7.515", "sender" },
		{ "550 5.1 is no code\r\n", SMTP_READ_WHOLE, 550, "", "5.1 is no code" },
		{ "550 5.1.1no code\r\n", SMTP_READ_WHOLE, 550, "", "5.1.1no code" },
		{ "550 1.2.3 no class\r\n", SMTP_READ_WHOLE, 550, "", "1.2.3 no class" },
		{ "554 \xff\x01 odd\r\n", SMTP_READ_WHOLE, 554, "", "?  odd" },
		{ "554 gr\xc3\xbc\xc3\x9f\r\n", SMTP_READ_WHOLE, 554, "", "gr\xc3\xbc\xc3\x9f" },
		{ "250-more\r\n", SMTP_READING, 250, "", "more" },
		{ "250", SMTP_READING, 0, "", "" },
		{ "\r\n", SMTP_READ_GARBAGE, 0, "", "" },
		{ "OK\r\n", SMTP_READ_GARBAGE, 0, "", "" },
		{ "25 OK\r\n", SMTP_READ_GARBAGE, 0, "", "" },
		{ "2500 OK\r\n", SMTP_READ_GARBAGE, 0, "", "" },
		{ "150 wait\r\n", SMTP_READ_GARBAGE, 0, "", "" },
		{ "650 what\r\n", SMTP_READ_GARBAGE, 0, "", "" },
		{ "250-OK\r\nHTTP/1.1 200\r\n", SMTP_READ_GARBAGE, 250, "", "OK" },
		{ "250-fine\r\n450 not\r\n", SMTP_READ_GARBAGE, 250, "", "fine" },
		{ "550-no\r\n250 yes\r\n", SMTP_READ_GARBAGE, 550, "", "no" },
		{ "250-fine\r\n251 forwarded\r\n", SMTP_READ_WHOLE, 251, "", "fine forwarded" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct smtp_reply reply;
		cr_expect_eq(read_reply(rows[i].bytes, &reply), rows[i].reading, "row %zu", i);
		cr_expect_eq(reply.code, rows[i].code, "row %zu: %d", i, reply.code);
		cr_expect_str_eq(reply.enhanced, rows[i].enhanced, "row %zu", i);
		cr_expect_str_eq(reply.text, rows[i].text, "row %zu", i);
	}
}

/* Old: the token of a report's link, quoted by a server that refuses links, was stored and shown. */
Test(smtp_reply, what_a_server_quotes_of_secrets_is_hidden) {
	static const struct {
		const char *text, *secret, *hidden;
	} rows[] = {
		{ "no: wrong", "wrong", "no: ***" },
		{ "wrong wrongwrong", "wrong", "*** ******" },
		{ "wro wrongly wron", "wrong", "wro ***ly ***" },
		{ "no", "no", "no" },
		{ "", "wrong", "" },
		{ "http://x/r/0123456789abcdefABCDEF0123456789 .", NULL, "http://x/r/*** ." },
		{ "http://x/r/0123456789abcdefABCDEF0123456789", NULL, "http://x/r/***" },
		{ "id 0123456789abcdefABCDEF012345678 9", NULL, "id 0123456789abcdefABCDEF012345678 9" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[SMTP_TEXT_BYTES + 1];
		(void)snprintf(text, sizeof text, "%s", rows[i].text);
		if (rows[i].secret)
			smtp_text_hide(text, rows[i].secret);
		else
			smtp_text_hide_keys(text);
		cr_expect_str_eq(text, rows[i].hidden, "row %zu", i);
	}
}

Test(smtp_reply, a_long_text_is_cut_at_300_characters) {
	BUF_AUTO bytes = { 0 };
	struct smtp_reply reply;
	for (int line = 0; line < 40; line++) {
		buf_text_add(&bytes, "550-");
		for (int i = 0; i < 20; i++)
			buf_text_add(&bytes, "\xc3\xa4");
		buf_text_add(&bytes, "\r\n");
	}
	buf_text_add(&bytes, "550 end\r\n");
	cr_assert_eq(read_reply(buf_text(&bytes), &reply), SMTP_READ_WHOLE);
	size_t characters = 0;
	for (const char *c = reply.text; *c; c++)
		characters += ((unsigned char)*c & 0xc0) != 0x80;
	cr_expect_eq(characters, 300);
	cr_expect_null(strchr(reply.text, '?'));
}

Test(smtp_reply, so_is_one_that_is_no_text) {
	BUF_AUTO bytes = { 0 };
	struct smtp_reply reply;
	buf_text_add(&bytes, "550 ");
	for (int i = 0; i < 1000; i++)
		buf_char(&bytes, '\xaa');
	buf_text_add(&bytes, "\r\n");
	cr_assert_eq(read_reply(buf_text(&bytes), &reply), SMTP_READ_WHOLE);
	cr_expect_eq(strlen(reply.text), 300);
}

Test(smtp_reply, a_text_is_clean) {
	struct smtp_reply reply;
	cr_assert_eq(read_reply("550 a\x1b[31m b\xc2\x9b"
	                        "c \xef\xbf\xbe \xef\xb7\x90 \xf0\x9f\xbf\xbf \xc3\xa9\r\n",
	                        &reply),
	             SMTP_READ_WHOLE);
	cr_expect(text_is_drawable(reply.text), "%s", reply.text);
	cr_expect_str_eq(reply.text, "a [31m b c \xef\xbf\xbd \xef\xbf\xbd \xef\xbf\xbd \xc3\xa9");
}

Test(smtp_reply, more_than_64_kb_is_no_reply) {
	BUF_AUTO lines = { 0 }, line = { 0 };
	struct smtp_reply reply;
	while (lines.size <= SMTP_REPLY_BYTES_MAX)
		buf_text_add(&lines, "250-and so on\r\n");
	cr_expect_eq(read_reply(buf_text(&lines), &reply), SMTP_READ_GARBAGE);
	buf_text_add(&line, "250 ");
	while (line.size <= SMTP_REPLY_BYTES_MAX)
		buf_char(&line, 'x');
	cr_expect_eq(read_reply(buf_text(&line), &reply), SMTP_READ_GARBAGE);
}
