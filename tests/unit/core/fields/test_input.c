/* Records from forms and JSON, and the problems reported. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/fields/field.h"
#include "core/formats/json.h"

struct span {
	int64_t from, to;
};
static const struct field span_fields[] = {
	FIELD(struct span, from, .flags = FIELD_REQUIRED),
	FIELD(struct span, to, .max = 9),
};
static const struct record_type span_record = RECORD_TYPE("Span", struct span, span_fields);

enum color { RED, BLUE };
static const char *const color_names[] = { "red", "blue" };
static const struct choices colors = CHOICES(color_names);

struct order {
	const char *name, *secret;
	int64_t amount;
	unsigned color;
	struct strings tags;
	struct span span;
};
static const struct field order_fields[] = {
	FIELD(struct order, name, .flags = FIELD_REQUIRED, .max = 5),
	FIELD(struct order, secret, .flags = FIELD_PRIVATE),
	FIELD(struct order, amount, .max = 10),
	FIELD(struct order, color, .choices = &colors),
	FIELD(struct order, tags, .max = 2),
	FIELD_RECORD(struct order, span, span_record),
};
static const struct record_type order_record = RECORD_TYPE("Order", struct order, order_fields);

static bool from_form(struct arena *arena, const char *text, struct order *order, struct problems *problems,
                      struct error *err) {
	struct params form;
	*problems = (struct problems){ 0 };
	cr_assert(params_read(arena, text, &form, err));
	return record_from_form(&order_record, &form, arena, order, problems, err);
}

static bool from_json(struct arena *arena, const char *text, struct order *order, struct problems *problems,
                      struct error *err) {
	struct value *json;
	*problems = (struct problems){ 0 };
	cr_assert(json_read(arena, text, strlen(text), &json, err));
	return record_from_json(&order_record, json, arena, order, problems, err);
}

Test(input, a_form_is_read_and_tells_all_that_is_wrong) {
	ARENA_AUTO arena = arena_new();
	struct order order;
	struct problems problems;
	struct error err = ERROR_INIT;
	cr_assert(from_form(arena, "name=+ab+&amount=7&color=blue&tags=a&tags=b&csrf=x", &order, &problems, &err));
	cr_expect(strcmp(order.name, "ab") == 0 && order.amount == 7 && order.color == BLUE && order.tags.count == 2);
	cr_expect_eq(problems.count, 0);
	cr_expect(!from_form(arena, "amount=11&color=green&tags=a&tags=b&tags=c", &order, &problems, &err));
	cr_expect_eq(problems.count, 4);
	cr_expect_str_eq(err.field, "name");
	cr_expect_str_eq(problems_of(&problems, "name"), "Name is missing");
	cr_expect_str_eq(problems_of(&problems, "color"), "Color cannot be “green”. Choose one of those offered");
	cr_expect_not_null(strstr(problems_of(&problems, "amount"), "10"));
	cr_expect_not_null(problems_of(&problems, "tags"));
	cr_expect_null(problems_of(&problems, "span"));
}

/* old: a text of blanks passed for a name, and then there was none. */
Test(input, blanks_are_no_text) {
	ARENA_AUTO arena = arena_new();
	struct order order;
	struct problems problems;
	struct error err = ERROR_INIT;
	static const char *const bodies[] = { "{\"name\":\"\"}", "{\"name\":\" \\n\\t \"}", "{\"name\":null}", "{}" };
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		cr_expect(!from_json(arena, bodies[i], &order, &problems, &err), "%s", bodies[i]);
		cr_expect_eq(problems.count, 1);
		cr_expect_str_eq(problems_of(&problems, "name"), "Name is missing");
	}
	cr_expect(from_form(arena, "name=x&color=blue&tags=+&tags=a", &order, &problems, &err));
	cr_expect(order.tags.count == 1 && strcmp(order.tags.items[0], "a") == 0);
	cr_expect(from_json(arena, "{\"name\":\"x\",\"tags\":[\" \",\"a\"]}", &order, &problems, &err));
	cr_expect(order.tags.count == 1 && strcmp(order.tags.items[0], "a") == 0);
	cr_expect(!from_form(arena, "name=+%0A+&color=blue", &order, &problems, &err));
	cr_expect_eq(problems.count, 1);
	cr_expect_str_eq(problems_of(&problems, "name"), "Name is missing");
}

Test(input, what_can_be_read_is_there_beside_what_is_wrong) {
	ARENA_AUTO arena = arena_new();
	struct order order;
	struct problems problems;
	struct error err = ERROR_INIT;
	cr_expect(!from_form(arena, "name=good&amount=x&color=blue", &order, &problems, &err));
	cr_expect_str_eq(order.name, "good");
	cr_expect_eq(order.color, BLUE);
	cr_expect_str_eq(problems_text(&problems, arena), "Amount must be a whole number");
}

Test(input, json_tells_all_that_is_wrong_even_inside) {
	ARENA_AUTO arena = arena_new();
	struct order order;
	struct problems problems;
	struct error err = ERROR_INIT;
	cr_assert(from_json(arena, "{\"name\":\"ab\",\"span\":{\"from\":1,\"to\":2}}", &order, &problems, &err));
	cr_expect_eq(order.span.to, 2);
	cr_expect(!from_json(arena, "{\"nane\":\"ab\",\"secret\":\"x\",\"amount\":\"7\",\"span\":{\"to\":99}}", &order,
	                     &problems, &err));
	static const char *const wrong[] = { "nane", "secret", "amount", "span.to", "span.from", "name" };
	cr_expect_eq(problems.count, 6, "%d: %s", problems.count, problems_text(&problems, arena));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		cr_expect_not_null(problems_of(&problems, wrong[i]), "%s", wrong[i]);
	cr_expect_str_eq(err.field, "nane");
	cr_expect_str_eq(problems_of(&problems, "span.from"), "Span: From is missing");
	cr_expect(!from_json(arena, "{\"name\":\"ab\",\"span\":{\"form\":1}}", &order, &problems, &err));
	cr_expect_str_eq(err.field, "span.form");
	cr_expect(!record_from_json(&order_record, value_list(arena), arena, &order, &problems, &err));
	cr_expect_str_eq(err.field, "");
}

Test(input, a_flood_of_problems_is_cut) {
	ARENA_AUTO arena = arena_new();
	struct order order;
	struct problems problems;
	struct error err = ERROR_INIT;
	BUF_AUTO text = { 0 };
	for (int i = 0; i < 3 * PROBLEMS_MAX; i++)
		buf_print(&text, "%s\"x%d\":1", i ? "," : "{", i);
	buf_text_add(&text, "}");
	cr_expect(!from_json(arena, buf_text(&text), &order, &problems, &err));
	cr_expect_eq(problems.count, PROBLEMS_MAX);
}

struct thing {
	const char *name, *extras;
};
static const struct field thing_fields[] = {
	FIELD(struct thing, name),
	FIELD(struct thing, extras, .flags = FIELD_OBJECT, .max = 40),
};
static const struct record_type thing_record = RECORD_TYPE("Thing", struct thing, thing_fields);

static bool read_thing(struct arena *arena, const char *text, struct thing *thing, struct error *err) {
	struct value *json;
	cr_assert(json_read(arena, text, strlen(text), &json, err));
	return record_from_json(&thing_record, json, arena, thing, NULL, err);
}

Test(input, an_object_is_kept_as_it_is) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct thing thing;
	struct error err = ERROR_INIT;
	cr_assert(read_thing(arena, "{\"extras\":{\"a\":1,\"b\":[true,\"<\"]}}", &thing, &err));
	record_to_json(&thing_record, &thing, &out);
	cr_expect_str_eq(buf_text(&out), "{\"name\":null,\"extras\":{\"a\":1,\"b\":[true,\"\\u003c\"]}}");
	const struct value *view = record_to_value(&thing_record, &thing, arena);
	cr_expect(value_get(value_get(view, "extras"), "a")->integer == 1);
	cr_expect(!read_thing(arena, "{\"extras\":[1]}", &thing, &err));
	cr_expect_str_eq(err.text, "Extras must be an object");
	cr_expect(!read_thing(arena, "{\"extras\":{\"a\":\"0123456789012345678901234567890123456789\"}}", &thing, &err));
	cr_expect_str_eq(err.text, "Extras can have at most 40 bytes");
}

Test(input, no_form_gives_an_object) {
	ARENA_AUTO arena = arena_new();
	struct params form;
	struct thing thing;
	struct error err = ERROR_INIT;
	cr_assert(params_read(arena, "name=x&extras=%7B%7D", &form, &err));
	cr_assert(record_from_form(&thing_record, &form, arena, &thing, NULL, &err));
	cr_expect(thing.extras == NULL);
}
