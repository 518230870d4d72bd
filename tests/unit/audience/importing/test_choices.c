/* Choices in imports: an option is one whatever its case, anything else is left out and told. */
#include "audience/importing/choices.h"

#include <criterion/criterion.h>
#include <string.h>

#include "audience/fields/definition.h"

Test(choices, only_options_are_imported) {
	ARENA_AUTO arena = arena_new();
	struct definition definitions[] = {
		{ .key = "size", .label = "Size", .type = CUSTOM_CHOICE, .options = *TEXTS("Small", "Größer") },
		{ .key = "note", .label = "Note", .type = CUSTOM_TEXT },
	};
	const struct rows rows = { definitions, 2 };
	struct import_value fields[] = { { "size", "huge", IMPORT_TYPE_TEXT },
		                             { "note", "huge", IMPORT_TYPE_TEXT },
		                             { "size", "GRÖßER", IMPORT_TYPE_TEXT },
		                             { "other", "x", IMPORT_TYPE_TEXT } };
	struct import_row row = { .fields = fields, .field_count = 4 };
	import_choices_settle(&rows, &row, arena);
	cr_assert_eq(row.field_count, 3);
	cr_expect_str_eq(row.fields[0].key, "note");
	cr_expect_str_eq(row.fields[1].text, "Größer");
	cr_expect_str_eq(row.fields[2].key, "other");
	cr_assert_eq(row.problem_count, 1);
	cr_expect_eq(row.problems[0].severity, PROBLEM_LEAVES_OUT);
	cr_expect(
		strstr(import_problem_told(arena, &row.problems[0]), "Size: “huge” is none of its options (Small, Größer)"));
}
