/* Choices in imports. */
#include "audience/importing/choices.h"

#include "audience/fields/definition.h"
#include "audience/import/clean.h"

enum { OPTIONS_TOLD = 5 };

static const char *option_of(const struct definition *definition, const char *text, struct arena *arena) {
	for (int i = 0; i < definition->options.count; i++)
		if (text_same(text_fold(arena, definition->options.items[i]), text_fold(arena, text)))
			return definition->options.items[i];
	return NULL;
}

static void add_problem(struct import_row *row, const struct definition *definition, const char *text,
                        struct arena *arena) {
	struct import_problem *problems = arena_array(arena, struct import_problem, row->problem_count + 1);
	const struct strings told = { definition->options.items,
		                          definition->options.count < OPTIONS_TOLD ? definition->options.count : OPTIONS_TOLD };
	for (int i = 0; i < row->problem_count; i++)
		problems[i] = row->problems[i];
	problems[row->problem_count++] = (struct import_problem){
		.severity = PROBLEM_LEAVES_OUT,
		.column = -1,
		.heading = definition->label,
		.value = clean_short(arena, text),
		.why = arena_print(arena, "“%s” is none of its options (%s%s) and was left out", clean_short(arena, text),
		                   strings_join(arena, &told, ", "), definition->options.count > OPTIONS_TOLD ? " …" : ""),
	};
	row->problems = problems;
}

void import_choices_settle(const struct rows *definitions, struct import_row *row, struct arena *arena) {
	int kept = 0;
	for (int i = 0; i < row->field_count; i++) {
		struct import_value value = row->fields[i];
		const struct definition *definition = definition_of(definitions, value.key);
		if (definition && definition->type == CUSTOM_CHOICE) {
			const char *option = option_of(definition, value.text, arena);
			if (!option) {
				add_problem(row, definition, value.text, arena);
				continue;
			}
			value.text = option;
		}
		row->fields[kept++] = value;
	}
	row->field_count = kept;
}
