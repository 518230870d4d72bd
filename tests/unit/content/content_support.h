/* Compiling and rendering in one line. */
#ifndef UNIT_CONTENT_SUPPORT_H
#define UNIT_CONTENT_SUPPORT_H

#include <stdio.h>
#include <string.h>

#include "content/place.h"
#include "content/program.h"
#include "core/formats/json.h"
#include "unit/support.h"

static const struct name test_name_rows[] = {
	{ "first_name", "First name", NAME_TEXT },
	{ "company", "Company", NAME_TEXT },
	{ "email", "Email", NAME_TEXT },
	{ "city", "City", NAME_TEXT },
	{ "shop", "Shop", NAME_TEXT },
	{ "usage", "Usage", NAME_NUMBER },
	{ "yearly usage 2025", "Usage", NAME_NUMBER },
	{ "renewal", "Renewal", NAME_DAY },
	{ "tags", "Tags", NAME_LIST },
	{ "opened_last", "Opened", NAME_TRUTH },
	{ "inactive_days", "Days", NAME_NUMBER },
	{ "site", "Site", NAME_URL },
	{ "today", "Today", NAME_DAY },
	{ "recommendations", "Recommendations", NAME_MARKUP },
	{ "unsubscribe_url", "Unsubscribe", NAME_OWN },
	{ "contact_id", "Id", NAME_TEXT },
};
static const struct names test_names = { test_name_rows, sizeof test_name_rows / sizeof *test_name_rows };

static inline struct program *compile(struct arena *arena, enum form form, const char *source, struct flaws *flaws) {
	flaws_begin(flaws, arena);
	return content_compile(source, strlen(source), form, &test_names, flaws);
}

static inline const struct value *const *values_of(struct arena *arena, const struct program *program,
                                                   const char *json) {
	struct error err = ERROR_INIT;
	struct value *data;
	struct strings names = program_names(program);
	const struct value **values = arena_array(arena, const struct value *, names.count);
	cr_assert(json_read(arena, json, strlen(json), &data, &err), "%s: %s", json, err.text);
	for (int i = 0; i < names.count; i++)
		values[i] = value_get(data, names.items[i]);
	return values;
}

static inline const char *render_with(struct arena *arena, const struct program *program, const char *json,
                                      const char *const *link_urls) {
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	struct rendering rendering = { values_of(arena, program, json), at("2026-11-27T10:00:00Z"), link_urls, NULL };
	cr_assert(program_render(program, &rendering, NULL, &out, &err), "%s", err.text);
	return arena_copy(arena, buf_text(&out));
}

/* What is rendered; or "LINE:COLUMN what is wrong" of the first error. */
static inline const char *rendered(struct arena *arena, enum form form, const char *source, const char *json) {
	struct flaws flaws;
	struct program *program = compile(arena, form, source, &flaws);
	for (int i = 0; i < flaws.count; i++)
		if (flaws.items[i].is_error)
			return arena_print(arena, "%d:%d %s", flaws.items[i].line, flaws.items[i].column, flaws.items[i].text);
	cr_assert(program, "%s", source);
	return render_with(arena, program, json, NULL);
}

struct case_of {
	const char *source, *json, *expected;
};

static inline void check_cases(enum form form, const struct case_of *cases, size_t count) {
	for (size_t i = 0; i < count; i++) {
		ARENA_AUTO arena = arena_new();
		const char *got = rendered(arena, form, cases[i].source, cases[i].json ? cases[i].json : "{}");
		cr_expect_str_eq(got, cases[i].expected, "%s\n  expected %s\n  got      %s", cases[i].source, cases[i].expected,
		                 got);
	}
}
#define CHECK_CASES(form, cases) check_cases(form, cases, sizeof(cases) / sizeof *(cases))

/* Each source is refused with an error that has `expected` in it. */
static inline void check_refused(enum form form, const struct case_of *cases, size_t count) {
	for (size_t i = 0; i < count; i++) {
		ARENA_AUTO arena = arena_new();
		struct flaws flaws;
		bool said = false;
		cr_expect_not(compile(arena, form, cases[i].source, &flaws), "%s", cases[i].source);
		for (int f = 0; f < flaws.count; f++) {
			const char *text = arena_print(arena, "%d:%d %s", flaws.items[f].line, flaws.items[f].column,
			                               flaws.items[f].text);
			said = said || (flaws.items[f].is_error && strstr(text, cases[i].expected));
		}
		cr_expect(said, "%s\n  expected %s\n  got      %s", cases[i].source, cases[i].expected,
		          flaws.count ? flaws.items[0].text : "nothing");
	}
}
#define CHECK_REFUSED(form, cases) check_refused(form, cases, sizeof(cases) / sizeof *(cases))

#endif
