/* What is said here about people, and what it makes with what lists say: C-019, C-023, D-010, D-013, D-030 … D-032. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "audience/contacts/change.h"
#include "core/formats/json.h"

static struct arena *arena;
static struct error err;

static void open_arena(void) {
	arena = arena_new();
	err = ERROR_INIT;
}

static void close_arena(void) {
	arena_free(arena);
}

TestSuite(own, .init = open_arena, .fini = close_arena);

static struct own nothing(void) {
	struct own own;
	record_clear(&own_record, &own);
	return own;
}

static const char *tag_of(const char *typed) {
	const char *tag;
	return own_tag(typed, "tags", arena, &tag, &err) ? tag : NULL;
}

Test(own, a_tag_is_any_short_text_in_lower_case) {
	cr_expect_str_eq(tag_of("  VIP "), "vip");
	cr_expect_str_eq(tag_of("R&D"), "r&d");
	cr_expect(!tag_of("a,b") && !tag_of(" ") && !tag_of("a\nb"));
	cr_expect(tag_of("0123456789012345678901234567890123456789012345678901234567890123"));
	cr_expect(!tag_of("01234567890123456789012345678901234567890123456789012345678901234"));
}

static const char *phone_of(const char *typed) {
	const char *phone;
	return own_phone(typed, "phone", arena, &phone, &err) ? phone : NULL;
}

Test(own, a_phone_number_has_its_country) {
	cr_expect_str_eq(phone_of("+49 (0)170 / 123-45"), "+4917012345");
	cr_expect_str_eq(phone_of("0049 170 12345"), "+4917012345");
	cr_expect_str_eq(phone_of("+1234567890"), "+1234567890");
	cr_expect(!phone_of("0170 1234567") && !phone_of("+49") && !phone_of("+49 170 CALL ME") && !phone_of("+") &&
	          !phone_of("+0123456789") && !phone_of("+1234567890123456") && !phone_of(""));
}

static bool takes(const char *json) {
	struct value *fields;
	cr_assert(json_read(arena, json, strlen(json), &fields, &err));
	return own_check_fields(fields, "custom_fields", &err);
}

Test(own, a_custom_field_has_a_name_that_no_query_takes_for_its_own) {
	cr_expect(takes("{\"interests\":\"solar\",\"Plan B\":1,\"\xc3\xbc\":true,\"a.b-c_1\":null}"));
	cr_expect(!takes("{\"$where\":\"1\"}") && strstr(err.text, "$where"));
	cr_expect(!takes("{\"\":1}") && !takes("{\"1st\":1}") && !takes("{\"a\\nb\":1}") && !takes("{\"a \":1}"));
	cr_expect(!takes("{\"a\":[1]}") && !takes("{\"a\":{}}"));
}

Test(own, what_is_typed_counts_and_what_lists_say_fills_the_rest) {
	struct own own = nothing();
	const struct strings
		lists = *TEXTS("{\"FirstName\":\"Ines\",\"LastName\":\"K\",\"City\":\"Ulm\",\"Phone\":\"0731 1\"}",
	                   "{\"First name\":\"I.\",\"City\":\"Bonn\",\"Visits\":7,\"Since\":\"2026-11-27\"}");
	own.last_name = "Kowalski";
	own.company = "";
	own.fields = "{\"City\":null,\"interests\":\"solar\"}";
	const struct profile shown = own_apply(&own, &lists, arena);
	const struct attribute *all = shown.attributes.items;
	cr_expect_str_eq(shown.first_name, "Ines");
	cr_expect_str_eq(shown.last_name, "Kowalski");
	cr_expect(!shown.company && !shown.phone, "a number without a country cannot be dialled");
	cr_expect_str_eq(shown.custom_fields,
	                 "{\"interests\":\"solar\",\"Phone\":\"0731 1\",\"Visits\":7,\"Since\":\"2026-11-27\"}");
	cr_assert(shown.attributes.count == 4);
	cr_expect(isnan(all[0].number) && !moment_is_set(all[0].at));
	cr_expect_eq(all[2].number, 7);
	cr_expect(moment_is_set(all[3].at) && isnan(all[3].number));
}

static struct own said(struct own before, const char *json, enum contact_source source, const struct strings *tags,
                       const struct contact *shown) {
	struct value *body;
	struct contact_request request;
	struct contact_saying saying = { .source = source, .by = "mara", .now = { 1000 } };
	struct own after;
	cr_assert(json_read(arena, json, strlen(json), &body, &err));
	cr_assert(record_from_json(&contact_request_record, body, arena, &request, NULL, &err), "%s", err.text);
	saying.given.items = arena_array(arena, const char *, body->count + 1);
	for (const struct value *one = body->first; one; one = one->next)
		saying.given.items[saying.given.count++] = one->name;
	cr_assert(contact_say(&before, &request, &saying, tags, shown, arena, &after, &err), "%s", err.text);
	return after;
}

Test(own, only_what_is_given_changes) {
	const struct strings none = { 0 };
	const struct contact unknown = { 0 };
	struct own own = said(nothing(),
	                      "{\"email\":\"a@x.example\",\"first_name\":\"Ada\",\"tags\":[\"VIP\",\"vip\",\"\"]}",
	                      SOURCE_API, &none, &unknown);
	cr_expect(own.tags.count == 1 && own.source == SOURCE_API && own.created_at.ms == 1000);
	own = said(own, "{\"company\":\"Acme\"}", SOURCE_API, &none, &unknown);
	cr_expect_str_eq(own.first_name, "Ada");
	cr_expect_str_eq(own.company, "Acme");
	cr_expect(own.tags.count == 1);
	own = said(own, "{\"company\":null,\"custom_fields\":{\"a\":\"1\"}}", SOURCE_API, &none, &unknown);
	cr_expect_str_eq(own.company, "");
	own = said(own, "{\"custom_fields\":{\"b\":2}}", SOURCE_API, &none, &unknown);
	cr_expect_str_eq(own.fields, "{\"a\":\"1\",\"b\":2}");
}

Test(own, a_form_that_shows_what_lists_say_does_not_make_it_typed) {
	const struct strings listed = *TEXTS("News", "old");
	const struct contact shown = { .email = "no address", .profile.first_name = "Ines" };
	struct own
		own = said(nothing(),
	               "{\"email\":\"no address\",\"first_name\":\"Ines\",\"company\":\"\",\"tags\":[\"news\",\"vip\"]}",
	               SOURCE_TYPED, &listed, &shown);
	cr_expect(!own.first_name && !own.company && !own.email);
	cr_expect(own.tags.count == 1 && strcmp(own.tags.items[0], "vip") == 0);
	cr_expect(own.dropped.count == 1 && strcmp(own.dropped.items[0], "old") == 0);
	const struct strings tags = own_apply_tags(&own, &listed, arena);
	cr_expect(tags.count == 2 && strings_have(&tags, "news") && strings_have(&tags, "vip"));
}

Test(own, two_people_become_one_without_losing_anything) {
	struct own a = nothing(), b = nothing();
	a.first_name = "Ada";
	a.tags = *TEXTS("x");
	a.fields = "{\"k\":\"a\"}";
	b.first_name = "Eve";
	b.company = "Acme";
	b.tags = *TEXTS("x", "y");
	b.fields = "{\"k\":\"b\",\"l\":1}";
	b.unsubscribed_at = (struct moment){ 5 };
	const struct own both = own_merge(&a, &b, arena);
	cr_expect_str_eq(both.first_name, "Ada");
	cr_expect_str_eq(both.company, "Acme");
	cr_expect_str_eq(both.fields, "{\"l\":1,\"k\":\"a\"}");
	cr_expect(both.tags.count == 2 && both.unsubscribed_at.ms == 5);
}
