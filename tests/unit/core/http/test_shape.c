/* Shapes of answers. */
#include <criterion/criterion.h>

#include "core/formats/json.h"
#include "core/http/shape.h"

static const char *schema_of(struct arena *arena, const char *shape) {
	BUF_AUTO out = { 0 };
	struct value *schema = value_map(arena);
	if (!shape_add(schema, shape))
		return NULL;
	json_write(&out, schema);
	return arena_copy(arena, buf_text(&out));
}

Test(shape, members_become_properties) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(schema_of(arena, "a:text b[]:number"),
	                 "{\"properties\":{\"a\":{\"type\":[\"string\",\"null\"]},\"b\":{\"type\":[\"array\",\"null\"],"
	                 "\"items\":{\"type\":[\"number\",\"null\"]}}}}");
	cr_expect_str_eq(
		schema_of(arena, "a{b:count c[]{d:bool}} e:any"),
		"{\"properties\":{\"a\":{\"type\":[\"object\",\"null\"],\"properties\":{\"b\":{\"type\":[\"integer\","
		"\"null\"],\"format\":\"int64\"},\"c\":{\"type\":[\"array\",\"null\"],\"items\":{\"type\":[\"object\","
		"\"null\"],\"properties\":{\"d\":{\"type\":[\"boolean\",\"null\"]}}}}}},\"e\":{}}}");
	cr_expect_str_eq(schema_of(arena, "*:count"),
	                 "{\"additionalProperties\":{\"type\":[\"integer\",\"null\"],\"format\":\"int64\"}}");
}

Test(shape, a_known_object_gets_more_members) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(schema_of(arena, "a{b:bool} a{c:bool}"), schema_of(arena, "a{b:bool c:bool}"));
}

Test(shape, what_is_none_is_refused) {
	ARENA_AUTO arena = arena_new();
	static const char *const wrong[] = { "",        "a",        "a:",      "a:word", "a{",
		                                 "a{}",     "a{b:text", "a:text}", ":text",  "a:text,b:text",
		                                 "a[:text", "a:text ",  "a[]" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		cr_expect_null(schema_of(arena, wrong[i]), "%s", wrong[i]);
}
