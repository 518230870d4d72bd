/* Encoded words, mailboxes and encodings. */
#include <criterion/criterion.h>
#include <gmime/gmime.h>
#include <string.h>

#include "content/quoted.h"
#include "core/base/text.h"

static void check_lines(const char *header) {
	for (const char *line = header; *line;) {
		const char *end = strstr(line, "\r\n");
		cr_assert(end, "%s", header);
		cr_expect(end - line <= 76, "%.*s", (int)(end - line), line);
		cr_expect(end > line + (line > header), "no line is blank: %s", header);
		for (const char *word = line; (word = strstr(word, "=?utf-8?")) && word < end; word++)
			cr_expect(strstr(word + 10, "?=") + 2 - word <= 75);
		line = end + 2;
	}
}

/* What another reader makes of the value. */
static const char *decoded(struct arena *arena, const char *header) {
	g_mime_init();
	g_autofree char *value = g_mime_utils_header_unfold(strchr(header, ':') + 1);
	g_autofree char *text = g_mime_utils_header_decode_text(NULL, value);
	return text_trim(arena, text);
}

Test(header, subjects_decode_to_themselves) {
#define MARKS "e\u0301e\u0301e\u0301e\u0301"
	static const char marks[] = MARKS MARKS MARKS MARKS MARKS;
	static const char *const subjects[] = {
		"Hi",
		"Komé: M'eating & Co",
		"🚀 Start 👨‍👩‍👧 jetzt",
		"Venera 🍀 posted",
		"=?utf-8?Q?x?= is no word",
		"春の大セール開催中、すべての商品が半額になりますのでお見逃しなく、今すぐご来店ください、お待ちしております",
		"Ein langer Betreff ohne Umlaute, der in mehrere Zeilen gefaltet wird, weil er mehr als 76 Zeichen lang ist",
		marks,
		"🇩🇪🇫🇷🇮🇹🇪🇸🇵🇱🇩🇪🇫🇷🇮🇹🇪🇸🇵🇱🇩🇪🇫🇷🇮🇹",
		"averylongwordaverylongwordaverylongwordaverylongwordaverylongwordaverylongwordaverylongword",
	};
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		ARENA_AUTO arena = arena_new();
		BUF_AUTO out = { 0 };
		header_add(&out, "Subject", subjects[i]);
		check_lines(buf_text(&out));
		cr_expect_str_eq(decoded(arena, buf_text(&out)), subjects[i]);
	}
}

Test(header, words_are_cut_between_letters) {
	BUF_AUTO out = { 0 };
	header_add(&out, "Subject",
	           "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧");
	for (const char *word = buf_text(&out); (word = strstr(word, "=?utf-8?B?")); word++) {
		gsize size;
		g_autofree char *encoded = g_strndup(word + 10, strcspn(word + 10, "?"));
		g_autofree guchar *bytes = g_base64_decode(encoded, &size);
		cr_expect(size % 18 == 0, "a family stays together: %zu", (size_t)size);
	}
}

Test(header, injection_is_impossible) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	header_add(&out, "Subject", "a\r\nBcc: x@y.example\r\n\r\nbody\x01 ü");
	header_add_mailbox(&out, "From", "b\r\nBcc: x", "a@b.example");
	cr_expect_not(strstr(buf_text(&out), "\r\nBcc"));
	cr_expect_not(strstr(buf_text(&out), "\r\n\r\n"));
}

Test(header, mailboxes) {
	static const char *const rows[][2] = {
		{ "", "From: <a@b.example>\r\n" },
		{ "Care Team", "From: Care Team <a@b.example>\r\n" },
		{ "Care Team, Billing", "From: \"Care Team, Billing\" <a@b.example>\r\n" },
		{ "a \"b\" \\ <c>", "From: \"a \\\"b\\\" \\\\ <c>\" <a@b.example>\r\n" },
		{ "Team 🎉", "From: =?utf-8?B?VGVhbSDwn46J?=\r\n <a@b.example>\r\n" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		BUF_AUTO out = { 0 };
		header_add_mailbox(&out, "From", rows[i][0], "a@b.example");
		cr_expect_str_eq(buf_text(&out), rows[i][1]);
	}
}

Test(header, raw_values_stay_whole) {
	BUF_AUTO out = { 0 };
	BUF_AUTO url = { 0 };
	buf_text_add(&url, "<https://x.example/");
	for (int i = 0; i < 130; i++)
		buf_char(&url, 'u');
	buf_print(&url, ">, <mailto:u@x.example>");
	header_add_raw(&out, "List-Unsubscribe", buf_text(&url));
	cr_expect_not(strstr(buf_text(&out), "=?"));
	cr_expect(strstr(buf_text(&out), "\r\n <mailto:"));
	g_autofree char *unfolded = g_mime_utils_header_unfold(strchr(buf_text(&out), '<'));
	cr_expect_str_eq(unfolded, buf_text(&url));
}

Test(quoted, pieces_joined_decode_to_their_bytes) {
	static const char *const pieces[] = { "a", "", "b \nc\t", ".\n.x", "From me", " ", "=3D ü", "\r\n", "x\n", "ende" };
	BUF_AUTO out = { 0 };
	BUF_AUTO bytes = { 0 };
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		quoted_add(&out, pieces[i], strlen(pieces[i]));
		buf_text_add(&bytes, pieces[i]);
	}
	for (const char *line = buf_text(&out); line && *line;
	     line = strstr(line, "\r\n") ? strstr(line, "\r\n") + 2 : NULL)
		cr_expect(*line != '.' && !text_starts(line, "From ") && strcspn(line, "\r") <= 76, "%s", line);
	guint32 save = 0;
	int state = 0;
	g_autofree char *plain = g_malloc0(out.size + 1);
	(void)g_mime_encoding_quoted_decode_step((const unsigned char *)out.bytes, out.size, (unsigned char *)plain, &state,
	                                         &save);
	cr_expect_str_eq(plain, "ab \r\nc\t.\r\n.xFrom me =3D ü\r\nx\r\nende");
}
