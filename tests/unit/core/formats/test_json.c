/* JSON, reading and writing. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "core/formats/json.h"

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
	ARENA_AUTO arena = arena_new();
	struct value *value;
	struct error err;
	cr_expect_not(json_read(arena, "{}\0x", 4, &value, &err));
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
