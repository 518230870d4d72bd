/* Bytes in, bytes out: JSON, forms, CSV, times. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "core/base/moment.h"
#include "core/base/text.h"
#include "core/formats/csv.h"
#include "core/formats/json.h"
#include "core/formats/multipart.h"
#include "core/formats/url.h"

static bool reads(const char *text) {
	ARENA_AUTO arena = arena_new();
	struct value *value;
	struct error err;
	return json_read(arena, text, strlen(text), &value, &err);
}

Test(json, refuses_what_is_not_json) {
	static const char *const bad[] = {
		"",     "{",          "{\"a\":1}{",           "{\"a\":1,\"a\":2}", "[NaN]",       "'x'",
		"[1,]", "{\"a\":01}", "99999999999999999999", "[\"\xff\"]",        "{\"a\":1} x", "[1e400]"
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect(!reads(bad[i]), "took %s", bad[i]);
	cr_expect(reads("{\"a\":[1,2.5,null,true,\"\\u00e9\"]}"));
	char deep[201];
	memset(deep, '[', 100);
	memset(deep + 100, ']', 100);
	deep[200] = '\0';
	cr_expect(!reads(deep));
}

Test(json, writes_text_that_may_stand_in_a_page) {
	BUF_AUTO out = { 0 };
	json_write_text(&out, "</script>\"\\\n\x01\xe2\x80\xa8 é");
	cr_expect_str_eq(buf_text(&out), "\"\\u003c/script\\u003e\\\"\\\\\\n\\u0001\\u2028 é\"");
	buf_reset(&out);
	json_write_real(&out, 0.1);
	json_write_real(&out, NAN);
	json_write_int(&out, ((int64_t)1 << 53) + 1);
	cr_expect_str_eq(buf_text(&out), "0.1null\"9007199254740993\"");
}

Test(url, decodes_strictly) {
	ARENA_AUTO arena = arena_new();
	struct params params;
	struct error err;
	cr_assert(params_read(arena, "a=1+2&b=%C3%A9&c&=x&a=3", &params, &err));
	cr_expect_str_eq(params_get(&params, "a"), "1 2");
	cr_expect_str_eq(params_get(&params, "b"), "é");
	cr_expect_str_eq(params_get(&params, "c"), "");
	cr_expect_null(params_get(&params, "d"));
	static const char *const bad[] = { "a=%", "a=%4", "a=%zz", "a=%ff", "a=%00" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect(!params_read(arena, bad[i], &params, &err), "took %s", bad[i]);
	cr_expect_str_eq(url_encoded(arena, "a b&é"), "a%20b%26%C3%A9");
}

Test(csv, quotes_and_defuses) {
	BUF_AUTO out = { 0 };
	csv_cell(&out, "=1+1", true);
	csv_cell(&out, "a,\"b\"", false);
	csv_cell(&out, "plain", false);
	csv_cell(&out, NULL, false);
	csv_end(&out);
	cr_expect_str_eq(buf_text(&out), "\"'=1+1\",\"a,\"\"b\"\"\",plain,\r\n");
}

Test(moment, reads_and_writes_iso_8601) {
	char text[MOMENT_TEXT];
	struct moment at;
	cr_assert(moment_parse("2015-12-01T12:59:37+00:00", &at));
	cr_expect_str_eq(moment_format(at, text), "2015-12-01T12:59:37Z");
	cr_assert(moment_parse("2024-02-29T23:30:00-02:30", &at));
	cr_expect_str_eq(moment_format(at, text), "2024-03-01T02:00:00Z");
	cr_assert(moment_parse("1969-12-31", &at));
	cr_expect_eq(at.ms, -DAY_MS);
	cr_expect_str_eq(moment_format_human(at, text), "31 Dec 1969, 00:00 UTC");
	static const char *const bad[] = { "9999-12-31T23:59:60Z",
		                               "0001-01-01T00:00:00+01:00",
		                               "",
		                               "2023-02-29",
		                               "2024-13-01",
		                               "2024-01-01T25:00",
		                               "2024-01-01x",
		                               "24-1-1",
		                               "2024-01-01T10:00:00 00:00" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect(!moment_parse(bad[i], &at), "took %s", bad[i]);
}

Test(text, counts_and_numbers) {
	ARENA_AUTO arena = arena_new();
	int64_t number;
	cr_expect_str_eq(text_of_count(arena, 1234567), "1,234,567");
	cr_expect_str_eq(text_of_count(arena, -100), "-100");
	cr_expect(text_to_int("42", 0, 50, &number) && number == 42);
	cr_expect(!text_to_int("42x", 0, 50, &number) && !text_to_int("51", 0, 50, &number) &&
	          !text_to_int(" 1", 0, 50, &number));
	cr_expect_str_eq(text_clean(arena, "a\xff\x01z"), "a\xef\xbf\xbd z");
}

Test(arena, runs_deferred_newest_first) {
	struct arena *arena = arena_new();
	char *big = arena_alloc(arena, 100000);
	big[99999] = 'x';
	cr_expect_str_eq(arena_print(arena, "%s-%d", "a", 7), "a-7");
	arena_reset(arena);
	cr_expect_eq(arena_used(arena), 0);
	arena_free(arena);
}

Test(multipart, reads_fields_and_files_byte_by_byte) {
	static const char type[] = "multipart/form-data; boundary=\"a b\"";
	static const char body[] = "--a b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n\r\n"
							   "--a b\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"\"\r\n\r\n\r\n"
							   "--a b\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"a.jpg\"\r\n"
							   "Content-Type: image/jpeg\r\n\r\n\xff\xd8\0\r\n\n--\r\xff\r\n"
							   "--a b--\r\n";
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct params fields;
	struct uploads uploads;
	cr_assert(multipart_read(arena, type, body, sizeof body - 1, &fields, &uploads, &err), "%s", err.text);
	cr_expect_str_eq(params_get(&fields, "csrf"), "abc\r\n");
	cr_expect_eq(uploads.count, 2);
	const struct upload *logo = uploads_get(&uploads, "logo"); /* the one that was chosen */
	cr_assert_not_null(logo);
	cr_expect_eq(logo->size, 10);
	cr_expect_eq(memcmp(logo->bytes, "\xff\xd8\0\r\n\n--\r\xff", 10), 0);
	cr_expect_null(uploads_get(&uploads, "other"));
}

Test(multipart, refuses_what_is_no_form) {
	static const char *const bodies[] = {
		"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--\r\n",
		"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--x--\r\n",
		"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n--y--\r\n--x--\r\n",
	};
	ARENA_AUTO arena = arena_new();
	struct params fields;
	struct uploads uploads;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct error err = ERROR_INIT;
		cr_expect_not(multipart_read(arena, "multipart/form-data; boundary=x", bodies[i], strlen(bodies[i]), &fields,
		                             &uploads, &err),
		              "%zu", i);
	}
	BUF_AUTO many = { 0 };
	for (int i = 0; i <= PARAMS_LIMIT; i++)
		buf_text_add(&many, "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n");
	buf_text_add(&many, "--x--\r\n");
	struct error err = ERROR_INIT;
	cr_expect_not(
		multipart_read(arena, "multipart/form-data; boundary=x", many.bytes, many.size, &fields, &uploads, &err));
	cr_expect(strstr(err.text, "parameters") != NULL);
}
