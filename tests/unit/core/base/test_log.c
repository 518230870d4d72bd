/* Lines of the log. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/base/log.h"

static const char *escaped(const char *text) {
	static char out[200];
	log_escape(text, out, sizeof out);
	return out;
}

Test(log, shows_text_as_it_is) {
	cr_expect_str_eq(escaped("Grüße, 日本語, مرحبا, 🌞 = 1"), "Grüße, 日本語, مرحبا, 🌞 = 1");
}

Test(log, escapes_what_would_deceive_a_reader) {
	cr_expect_str_eq(escaped("a\nb\x1b[2J\x7f"), "a\\x0ab\\x1b[2J\\x7f");
	cr_expect_str_eq(escaped("\xc2\x9b"
	                         "31m"),
	                 "\\xc2\\x9b31m", "C1 in UTF-8");
	cr_expect_str_eq(escaped("\x9b"
	                         "31m\xff\xc3"),
	                 "\\x9b31m\\xff\\xc3", "C1 and other bytes that are no UTF-8");
	cr_expect_str_eq(escaped("a\xe2\x80\xae"
	                         "b\xe2\x81\xa6"),
	                 "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6", "reordering");
	cr_expect_str_eq(escaped("\xe2\x80\xa8"), "\\xe2\\x80\\xa8", "a line separator");
}

Test(log, cuts_between_characters) {
	char out[20], text[101] = "";
	for (int i = 0; i < 100; i++)
		text[i] = i % 2 ? '\xa9' : '\xc3';
	log_escape(text, out, sizeof out);
	cr_expect(strlen(out) < sizeof out && strlen(out) % 2 == 0 && strncmp(out, text, strlen(out)) == 0);
}
