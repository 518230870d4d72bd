/* A parsed command line, and the output of its result. */
#ifndef CLI_INVOCATION_H
#define CLI_INVOCATION_H

#include "core/cli/command.h"
#include "core/fields/field.h"
#include "core/process/settings.h"
#include "core/store/store.h"

struct option_value {
	const char *text; /* NULL: not given; its name if it is a flag */
	int64_t number;
};

struct invocation {
	const struct command *command;
	const char *words[COMMAND_WORDS]; /* in the order of command->words */
	struct option_value *values;      /* in the order of command->options */
	bool json;
	struct arena *arena;
	const struct settings *settings;
	struct store *store;
	struct moment now; /* when it started; used for everything it does */
};

/* --json, accepted by every command. */
extern const struct command_option invocation_json;

/* Parses what follows the command's name: `--name value`, `--name=value`, and arguments; after `--` only arguments. The
 * texts are not copied. INVALID names an unknown option, a missing or surplus value or argument, a wrong number, an
 * option without the one it requires, a missing required option, or invalid UTF-8. */
bool invocation_read(struct invocation *invocation, const struct command *command, struct arena *arena, int count,
                     char *const *words, struct error *err) MUST_CHECK;

/* The values of the command's declared options and arguments; any other name or kind is a defect and aborts. */
bool invocation_flag(const struct invocation *invocation, const char *name);
const char *invocation_text(const struct invocation *invocation, const char *name, const char *otherwise);
int64_t invocation_number(const struct invocation *invocation, const char *name, int64_t otherwise);
const char *invocation_word(const struct invocation *invocation, const char *what);

/* Reports what was done: the object with --json, else the sentence. */
void invocation_say(const struct invocation *invocation, const struct value *object, const char *sentence, ...)
	PRINTF_LIKE(3, 4);

/* Prints a JSON array with --json, else one line per row with tab-separated cells, in table order. */
void invocation_rows(const struct invocation *invocation, const struct record_type *type, const struct rows *rows);

#endif
