/* Definitions of custom fields. */
#include <criterion/criterion.h>

#include "audience/fields/definition.h"

static const char *options[] = { "Gold", "Silver" };
static const struct definition size = { .label = "Size", .type = CUSTOM_NUMBER },
							   day = { .label = "Born", .type = CUSTOM_DATE },
							   asked = { .label = "Asked", .type = CUSTOM_BOOLEAN },
							   level = { .label = "Level", .type = CUSTOM_CHOICE, .options = { options, 2 } };

static const struct value *taken(const struct definition *definition, const char *text, struct arena *arena) {
	struct error err = ERROR_INIT;
	struct value *value;
	return definition_value(definition, value_text(arena, text), "f", arena, &value, &err) ? value : NULL;
}

Test(definition, a_value_gets_its_type) {
	ARENA_AUTO arena = arena_new();
	cr_expect(taken(&size, " 12 ", arena)->kind == VALUE_INT && taken(&size, "12", arena)->integer == 12);
	cr_expect(taken(&size, "-0.5", arena)->kind == VALUE_REAL);
	cr_expect_str_eq(taken(&day, "2028-02-29", arena)->text, "2028-02-29");
	cr_expect(taken(&asked, "Yes", arena)->boolean && !taken(&asked, "0", arena)->boolean);
	cr_expect_str_eq(taken(&level, "gold", arena)->text, "Gold");
	cr_expect_eq(taken(&level, "", arena)->kind, VALUE_NULL);
	cr_expect_eq(taken(&size, NULL, arena)->kind, VALUE_NULL);
}

Test(definition, what_is_of_another_type_is_refused) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct value *value;
	cr_expect_null(taken(&size, "1,5", arena));
	cr_expect_null(taken(&size, "0x10", arena));
	cr_expect_null(taken(&day, "2027-02-29", arena));
	cr_expect_null(taken(&day, "29.02.2028", arena));
	cr_expect_null(taken(&asked, "perhaps", arena));
	cr_expect_not(definition_value(&level, value_text(arena, "Bronze"), "custom_fields.level", arena, &value, &err));
	cr_expect_str_eq(err.text, "Level has no option “Bronze”. Choose one of: Gold, Silver");
	cr_expect_str_eq(err.field, "custom_fields.level");
}

Test(definition, keys) {
	ARENA_AUTO arena = arena_new();
	static const char *const fine[] = { "birthday", "Yearly usage", "a.b-c_d", "Größe", "B2" };
	static const char *const wrong[] = { "", "$where", "2b", "a  b", "a ", "a\nb", "a\"b" };
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		cr_expect(custom_key_is_valid(fine[i]), "%s", fine[i]);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		cr_expect_not(custom_key_is_valid(wrong[i]), "%s", wrong[i]);
	cr_expect_str_eq(custom_key_of(arena, "Yearly usage (kWh)"), "yearly_usage_kwh");
	cr_expect_str_eq(custom_key_of(arena, "Größe"), "grosse");
	cr_expect_str_eq(custom_key_of(arena, "2nd home"), "field_2nd_home");
	cr_expect(custom_key_is_valid(custom_key_of(arena, "–")));
}

Test(definition, a_value_is_shown_as_people_write_it) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(definition_shown(&asked, value_bool(arena, true), arena), "Yes");
	cr_expect_str_eq(definition_shown(NULL, value_bool(arena, false), arena), "No");
	cr_expect_str_eq(definition_shown(&day, value_text(arena, "2024-03-01"), arena), "1 Mar 2024");
	cr_expect_str_eq(definition_shown(&day, value_text(arena, "in spring"), arena), "in spring");
	cr_expect_str_eq(definition_shown(NULL, value_text(arena, "2024-03-01"), arena), "2024-03-01");
	cr_expect_str_eq(definition_shown(&size, value_int(arena, 4711), arena), "4711");
	cr_expect_str_eq(definition_shown(&day, value_null(arena), arena), "");
}
