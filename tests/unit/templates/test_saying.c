/* Requests, what they make of a template, and the designs to begin with. */
#include <criterion/criterion.h>

#include <string.h>

#include "templates/parts.h"
#include "templates/starters.h"
#include "unit/support.h"

static bool say(const struct template *before, const struct template_request *request, const struct strings *given,
                struct arena *arena, struct template *after, struct problems *problems, struct problems *warnings) {
	const struct template_saying saying = { *given, "mara", at("2026-11-27T10:00:00Z") };
	struct error err = ERROR_INIT;
	return template_say(before, request, &saying, &standard_names, arena, after, problems, warnings, &err);
}

Test(saying, only_what_is_given_changes) {
	ARENA_AUTO arena = arena_new();
	const struct template before = {
		.id = "a", .name = "N", .subject = "S", .html_content = "<p>{{email}}</p>", .rev = 3, .is_active = true
	};
	struct template_request request = { .subject = "{{first_name}}", .rev = 3 };
	struct problems problems = { 0 }, warnings = { 0 };
	struct template after;
	cr_assert(say(&before, &request, &(struct strings){ (const char *[]){ "subject" }, 1 }, arena, &after, &problems,
	              &warnings));
	cr_assert(text_same(after.name, "N") && text_same(after.subject, "{{first_name}}") && after.is_active &&
	          text_same(after.updated_by, "mara"));
	cr_assert_str_eq(strings_join(arena, &after.variables, " "), "first_name email");
	cr_assert(strstr(problems_of(&warnings, "html_content"), "unsubscribe"));
	request.html_content = "";
	cr_assert_not(say(&before, &request, &(struct strings){ (const char *[]){ "html_content" }, 1 }, arena, &after,
	                  &problems, &warnings));
	cr_assert(strstr(problems_of(&problems, "html_content"), "needs some content"));
}

Test(saying, every_starter_is_fine_and_small) {
	for (int i = 0; i < starter_count; i++) {
		ARENA_AUTO arena = arena_new();
		const struct template template = starter_template(&starters[i], arena);
		const struct template_request nothing = { .rev = COUNT_NONE };
		struct problems problems = { 0 }, warnings = { 0 };
		struct template after;
		cr_assert(say(&template, &nothing, &(struct strings){ 0 }, arena, &after, &problems, &warnings), "%s: %s",
		          starters[i].key, problems_text(&problems, arena));
		cr_assert_eq(warnings.count, 0, "%s: %s", starters[i].key, problems_text(&warnings, arena));
		cr_assert_lt(strlen(after.html_content), 20000);
	}
	cr_assert_null(starter_find("nothing"));
	cr_assert_null(starter_find(NULL));
}

Test(saying, a_preheader_stands_first_in_the_body) {
	static const char *const cases[][2] = {
		{ "<html><head></head><body class=\"a\"><p>x", "<html><head></head><body class=\"a\"><div style=" },
		{ "<p>x", "<div style=" },
		{ "<BODY>x", "<BODY><div style=" },
		{ "<bodyguard>x", "<div style=" },
		{ "<body", "<div style=" },
	};
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_assert(text_starts(html_with_preheader(cases[i][0], "P", arena), cases[i][1]), "%s",
		          html_with_preheader(cases[i][0], "P", arena));
	cr_assert_str_eq(html_with_preheader("<p>x", "", arena), "<p>x");
}
