/* Parsing of command lines. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/cli/invocation.h"

static const struct command_option options[] = {
	{ "all", OPTION_FLAG, NULL, "" },
	{ "title", OPTION_TEXT, "T", "", .required = true },
	{ "days", OPTION_NUMBER, "N", "", .min = -9, .max = 99 },
	{ "into", OPTION_TEXT, "T", "", .with = "all" },
	{ 0 },
};
static const struct command command = { "thing do", { "NAME" }, options, "", NULL, NULL };
static const struct command bare = { "thing", { 0 }, NULL, "", NULL, NULL };

enum { WORDS_MAX = 10 };

/* `line` is split at spaces. */
static bool read_line(const struct command *its, struct arena *arena, const char *line, struct invocation *invocation,
                      struct error *err) {
	char *words[WORDS_MAX], *rest = arena_copy(arena, line);
	int count = 0;
	while (*line && count < WORDS_MAX && (words[count] = strsep(&rest, " ")))
		count++;
	return invocation_read(invocation, its, arena, count, words, err);
}

Test(invocation, takes_options_and_words_in_any_order) {
	static const char *const lines[] = { "--all --title a=b --days -5 --json bob",
		                                 "bob --json --days=-5 --title=a=b --all" };
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		ARENA_AUTO arena = arena_new();
		struct invocation got;
		struct error err = ERROR_INIT;
		cr_assert(read_line(&command, arena, lines[i], &got, &err), "%s: %s", lines[i], err.text);
		cr_expect(got.json && invocation_flag(&got, "all") && invocation_number(&got, "days", 7) == -5);
		cr_expect(strcmp(invocation_text(&got, "title", "x"), "a=b") == 0);
		cr_expect(strcmp(invocation_word(&got, "NAME"), "bob") == 0);
	}
}

Test(invocation, what_is_not_given_has_a_fallback) {
	ARENA_AUTO arena = arena_new();
	struct invocation got;
	struct error err = ERROR_INIT;
	cr_assert(read_line(&command, arena, "--title= -- --all", &got, &err), "%s", err.text);
	cr_expect(!got.json && !invocation_flag(&got, "all") && invocation_number(&got, "days", 7) == 7);
	cr_expect(invocation_text(&got, "into", NULL) == NULL);
	cr_expect(strcmp(invocation_text(&got, "title", "x"), "") == 0);
	cr_expect(strcmp(invocation_word(&got, "NAME"), "--all") == 0, "after -- there are only words");
	cr_expect(read_line(&bare, arena, "", &got, &err) && !got.json);
}

Test(invocation, what_is_wrong_is_refused_by_name) {
	static const struct {
		const char *line, *said;
	} wrong[] = {
		{ "bob --title t --al", "'thing do' has no option --al; see telltale thing do --help" },
		{ "bob --title t --ally=3", "no option --ally;" },
		{ "bob --title t -a", "no option -a;" },
		{ "bob --title t --all=1", "--all takes no value" },
		{ "bob --title", "--title needs a value" },
		{ "bob --title --all", "--title needs a value" },
		{ "bob --title t --title u", "--title is given twice" },
		{ "bob --title t --days 100", "--days must be a whole number from -9 to 99, not '100'" },
		{ "bob --title t --days 1x", "not '1x'" },
		{ "bob --title t --days", "--days needs a value" },
		{ "bob --title t alice", "'thing do' takes no word 'alice'" },
		{ "bob --title t --into u", "--into says nothing without --all" },
		{ "--title t", "NAME is missing; see telltale thing do --help" },
		{ "bob", "--title is missing" },
		{ "bob --title \xff", "is not UTF-8" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		ARENA_AUTO arena = arena_new();
		struct invocation got;
		struct error err = ERROR_INIT;
		cr_expect(!read_line(&command, arena, wrong[i].line, &got, &err), "%s", wrong[i].line);
		cr_expect(err.kind == ERROR_INVALID && strstr(err.text, wrong[i].said), "%s: %s", wrong[i].line, err.text);
	}
	ARENA_AUTO arena = arena_new();
	struct invocation got;
	struct error err = ERROR_INIT;
	cr_expect(!read_line(&bare, arena, "now", &got, &err) && strstr(err.text, "takes no word 'now'"));
}
