/* JSON of foreign servers: what one unreadable value costs, and encodings. */
#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/formats/json.h"

static const char *again(struct arena *arena, const char *bytes, size_t size, struct json_faults *faults) {
	struct value *value;
	struct error err = ERROR_INIT;
	BUF_AUTO out = { 0 };
	if (!json_read_lenient(arena, bytes, size, &value, faults, &err))
		return NULL;
	json_write(&out, value);
	return arena_copy(arena, buf_text(&out));
}

Test(json_lenient, reads_what_the_strict_reader_reads) {
	static const char *const texts[] = {
		"null",
		" [ ] ",
		"{}",
		"[1,-2,3.5,1e3,true,false,null]",
		"{\"a\":{\"b\":[\"\\u00e9\\ud83c\\udf1e\\n\\\"\\/\"]}}",
		"\"x\"",
	};
	ARENA_AUTO arena = arena_new();
	struct json_faults faults;
	struct error err = ERROR_INIT;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct value *strict;
		BUF_AUTO out = { 0 };
		cr_assert(json_read(arena, texts[i], strlen(texts[i]), &strict, &err), "%s", texts[i]);
		json_write(&out, strict);
		cr_expect_str_eq(again(arena, texts[i], strlen(texts[i]), &faults), buf_text(&out));
		cr_expect_eq(faults.count, 0, "%s", texts[i]);
	}
}

Test(json_lenient, an_unreadable_value_costs_that_value) {
	static const struct {
		const char *text, *read, *path;
	} cases[] = {
		{ "{\"data\":[{\"a\":1},{\"n\":\"x\\u0000y\",\"b\":2}]}", "{\"data\":[{\"a\":1},{\"n\":null,\"b\":2}]}",
		  "data[1].n" },
		{ "[\"\\ud800\",1]", "[null,1]", "[0]" },
		{ "[\"\xff\",1]", "[null,1]", "[0]" },
		{ "[123456789012345678901234567890,1]", "[null,1]", "[0]" },
		{ "[1e999,1]", "[null,1]", "[0]" },
		{ "[NaN,undefined,1]", "[null,null,1]", "[0]" },
		{ "{\"a\":1,\"a\":2}", "{\"a\":1}", "a" },
		{ "{\"a\\u0000\":1,\"b\":2}", "{\"b\":2}", "(a name)" },
		{ "\"\\u0000\"", "null", "the answer" },
	};
	ARENA_AUTO arena = arena_new();
	struct json_faults faults;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *read = again(arena, cases[i].text, strlen(cases[i].text), &faults);
		cr_assert(read, "%s", cases[i].text);
		cr_expect_str_eq(read, cases[i].read);
		cr_expect(faults.count > 0 && strcmp(faults.items[0].path, cases[i].path) == 0, "%s: %s", cases[i].text,
		          faults.items[0].path);
	}
}

Test(json_lenient, a_broken_structure_is_no_json) {
	static const char *const texts[] = { "",     "{",   "[1,",      "[1 2]", "{\"a\" 1}", "{a:1}",
		                                 "[1]]", "\"x", "{\"a\":}", "[,]",   "'x'" };
	ARENA_AUTO arena = arena_new();
	struct json_faults faults;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		cr_expect_null(again(arena, texts[i], strlen(texts[i]), &faults), "%s", texts[i]);
}

Test(json_lenient, depth_and_many_names_cost_little) {
	ARENA_AUTO arena = arena_new();
	struct json_faults faults;
	BUF_AUTO text = { 0 };
	buf_text_add(&text, "{\"deep\":");
	for (int i = 0; i < 100000; i++)
		buf_char(&text, '[');
	buf_text_add(&text, "\"]\\\"\"");
	for (int i = 0; i < 100000; i++)
		buf_char(&text, ']');
	for (int i = 0; i < 100000; i++)
		buf_print(&text, ",\"n%d\":0", i % 50000);
	buf_char(&text, '}');
	cr_assert_not_null(again(arena, buf_text(&text), text.size, &faults));
	cr_expect_eq(faults.count, 1 + 50000);
}

Test(json_lenient, every_encoding_of_json) {
	static const char text[] = "{\"name\":\"Gr\xc3\xbc\xc3\x9f"
							   "e \xf0\x9f\x8c\x9e\"}";
	static const char *const encodings[] = { "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE" };
	static const char *const marks[] = { "\xff\xfe", "\xfe\xff", "\xff\xfe\0", "\0\0\xfe\xff" };
	static const size_t sizes[] = { 2, 2, 4, 4 };
	ARENA_AUTO arena = arena_new();
	struct json_faults faults;
	cr_expect_str_eq(again(arena, "\xef\xbb\xbf{}", 5, &faults), "{}");
	for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
		for (int marked = 0; marked < 2; marked++) {
			gsize size;
			g_autofree char *other = g_convert(text, -1, encodings[i], "UTF-8", NULL, &size, NULL);
			BUF_AUTO bytes = { 0 };
			buf_add(&bytes, marks[i], marked ? sizes[i] : 0);
			buf_add(&bytes, other, size);
			const char *read = again(arena, buf_text(&bytes), bytes.size, &faults);
			cr_assert(read && faults.count == 0, "%s", encodings[i]);
			cr_expect_str_eq(read, text, "%s: %s", encodings[i], read);
		}
	size_t size = 12;
	const char *latin = json_in_utf8(arena, "{\"n\":\"Gr\xfc\xdf\"}", &size, "ISO-8859-1");
	cr_expect_str_eq(latin, "{\"n\":\"Gr\xc3\xbc\xc3\x9f\"}");
	size = 14;
	cr_expect_str_eq(json_in_utf8(arena, "{\"n\":\"Gr\xc3\xbc\xc3\x9f\"}", &size, "ISO-8859-1"), latin);
}

/* Half a pair in UTF-16 costs its text. */
Test(json_lenient, what_is_no_character_costs_its_text) {
	static const char bytes[] = "[\0\"\0\x00\xd8\"\0,\0001\0]\0";
	ARENA_AUTO arena = arena_new();
	struct json_faults faults;
	cr_expect_str_eq(again(arena, bytes, sizeof bytes - 1, &faults), "[null,1]");
	cr_expect_eq(faults.count, 1);
}

/* Old: 31 MB of ones in an answer took 12 GB. */
Test(json_lenient, too_many_values_are_refused) {
	ARENA_AUTO arena = arena_new();
	struct json_faults faults;
	BUF_AUTO bytes = { 0 };
	buf_char(&bytes, '[');
	for (int i = 0; i < JSON_VALUES_MAX - 2; i++)
		buf_text_add(&bytes, "1,");
	size_t size = bytes.size;
	buf_text_add(&bytes, "1]");
	cr_expect(again(arena, buf_text(&bytes), bytes.size, &faults));
	bytes.size = size;
	buf_text_add(&bytes, "1,1]");
	cr_expect_null(again(arena, buf_text(&bytes), bytes.size, &faults));
}
