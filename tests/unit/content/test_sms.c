/* Segments of text messages: the vectors were sent live, or are the calculators' of a provider. */
#include <criterion/criterion.h>
#include <string.h>

#include "content/sms.h"
#include "core/base/buf.h"

struct run {
	int times;
	const char *text;
};

struct vector {
	struct run runs[3];
	enum sms_encoding encoding;
	int units, segments;
};

static const struct vector vectors[] = {
	{ { { 0, "" } }, SMS_GSM, 0, 0 },
	{ { { 160, "a" } }, SMS_GSM, 160, 1 },
	{ { { 161, "a" } }, SMS_GSM, 161, 2 },
	{ { { 306, "a" } }, SMS_GSM, 306, 2 },
	{ { { 307, "a" } }, SMS_GSM, 307, 3 },
	{ { { 1600, "a" } }, SMS_GSM, 1600, 11 },
	{ { { 158, "a" }, { 1, "€" } }, SMS_GSM, 160, 1 },
	{ { { 159, "a" }, { 1, "€" } }, SMS_GSM, 161, 2 },
	{ { { 152, "a" }, { 1, "[" }, { 151, "a" } }, SMS_GSM, 305, 2 },
	{ { { 152, "a" }, { 1, "[" }, { 152, "a" } }, SMS_GSM, 306, 3 },
	{ { { 152, "]" } }, SMS_GSM, 304, 2 },
	{ { { 153, "]" } }, SMS_GSM, 306, 3 },
	{ { { 80, "a" }, { 1, "\n" }, { 79, "a" } }, SMS_GSM, 160, 1 },
	{ { { 80, "a" }, { 1, "\r\n" }, { 79, "a" } }, SMS_GSM, 161, 2 },
	{ { { 200, "a" }, { 1, "\r\n" }, { 105, "a" } }, SMS_GSM, 307, 3 },
	{ { { 70, "é" } }, SMS_GSM, 70, 1 },
	{ { { 70, "e\u0301" } }, SMS_UCS2, 140, 3 },
	{ { { 70, "中" } }, SMS_UCS2, 70, 1 },
	{ { { 71, "中" } }, SMS_UCS2, 71, 2 },
	{ { { 134, "中" } }, SMS_UCS2, 134, 2 },
	{ { { 135, "中" } }, SMS_UCS2, 135, 3 },
	{ { { 35, "😀" } }, SMS_UCS2, 70, 1 },
	{ { { 36, "😀" } }, SMS_UCS2, 72, 2 },
	{ { { 66, "😀" } }, SMS_UCS2, 132, 2 },
	{ { { 67, "😀" } }, SMS_UCS2, 134, 3 },
	{ { { 1, "this is a " }, { 74, "]" }, { 1, "😘" } }, SMS_UCS2, 86, 2 },
	{ { { 1, "Acme: 20% off pizza. Show code: https://s.example/q/7Kd93mQ2 Reply STOP to opt out" } }, SMS_GSM, 82, 1 },
	{ { { 1, "Acme: 20\u00a0% off pizza. Show code: https://s.example/q/7Kd93mQ2 Reply STOP to opt out" } },
	  SMS_UCS2,
	  83,
	  2 },
};

static const char *text_of(struct arena *arena, const struct vector *vector) {
	BUF_AUTO text = { 0 };
	for (int r = 0; r < 3; r++)
		for (int i = 0; i < vector->runs[r].times; i++)
			buf_text_add(&text, vector->runs[r].text);
	return arena_copy(arena, buf_text(&text));
}

Test(sms, segments) {
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		struct sms_size size = sms_size(text_of(arena, &vectors[i]));
		cr_expect(size.encoding == vectors[i].encoding && size.units == vectors[i].units &&
		              size.segments == vectors[i].segments,
		          "vector %zu: %s, %d units, %d segments", i, size.encoding ? "UCS-2" : "GSM", size.units,
		          size.segments);
	}
}

Test(sms, segments_joined_are_the_text) {
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		BUF_AUTO joined = { 0 };
		const char *text = text_of(arena, &vectors[i]);
		struct strings parts = sms_split(arena, text);
		cr_expect_eq(parts.count, vectors[i].segments);
		for (int p = 0; p < parts.count; p++) {
			cr_expect(text_is_utf8(parts.items[p], strlen(parts.items[p])));
			buf_text_add(&joined, parts.items[p]);
		}
		cr_expect_str_eq(buf_text(&joined), text);
	}
}

Test(sms, what_is_left) {
	cr_expect_eq(sms_size("").left, 0);
	cr_expect_eq(sms_size("abc").left, 157);
	cr_expect_eq(sms_size("ł").left, 69);
}

Test(sms, sent_composed_and_with_plain_line_ends) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(sms_text(arena, "e\u0301\r\nb\rc\td\x01\x7f"), "é\nb\nc d");
}

Test(sms, hints_say_what_would_be_cheaper) {
	ARENA_AUTO arena = arena_new();
	const char *text = "“Hélène” paid 5\u00a0€ … ça va? “Łódź” 中";
	struct sms_hints hints = sms_hints(arena, text);
	static const char *const expected[][2] = { { "“", "\"" },  { "”", "\"" }, { "\u00a0", " " },
		                                       { "…", "..." }, { "ç", "c" },  { "Ł", "L" },
		                                       { "ó", "o" },   { "ź", "z" },  { "中", NULL } };
	cr_assert_eq(hints.count, 9);
	for (int i = 0; i < hints.count; i++) {
		cr_expect_str_eq(hints.items[i].character, expected[i][0]);
		cr_expect(text_same(hints.items[i].instead, expected[i][1]), "%s", expected[i][0]);
	}
	cr_expect_eq(hints.items[0].count, 2);
	cr_expect_eq(hints.segments, 1);
	cr_expect_str_eq(sms_plain(arena, text), "\"Hélène\" paid 5 € ... ca va? \"Lodz\" 中");
	cr_expect_eq(sms_size(sms_plain(arena, "ça va… “bien”")).encoding, SMS_GSM);
	cr_expect_eq(sms_hints(arena, "plain").count, 0);
}

Test(sms, hints_are_bounded) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO text = { 0 };
	for (int i = 0; i < 200; i++)
		buf_print(&text, "%c%c%c", 0xe4, 0xb8 + i / 64, 0x80 + i % 64);
	cr_expect_eq(sms_hints(arena, buf_text(&text)).count, SMS_HINTS);
}
