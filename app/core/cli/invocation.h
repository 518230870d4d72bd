/* One command line, read by the rows of its command, and what it answers. */
#ifndef CLI_INVOCATION_H
#define CLI_INVOCATION_H

#include "core/cli/command.h"
#include "core/fields/field.h"
#include "core/process/settings.h"
#include "core/store/store.h"

struct option_value {
	const char *text; /* NULL: not given; of a flag its name */
	int64_t number;
};

struct invocation {
	const struct command *command;
	const char *words[COMMAND_WORDS]; /* as command->words names them */
	struct option_value *values;      /* one for each of command->options */
	bool json;
	struct arena *arena;
	const struct settings *settings;
	struct store *store;
	struct moment now; /* when it began: one moment for all that it does */
};

/* --json, which every command takes. */
extern const struct command_option invocation_json;

/* Reads what follows the command's name: `--name value`, `--name=value`, and words; after `--` only words. The texts
 * are not copied. INVALID names an unknown option, a missing or surplus value or word, a wrong number, an option
 * without the one it belongs to, what is required and missing, what is not UTF-8. */
bool invocation_read(struct invocation *invocation, const struct command *command, struct arena *arena, int count,
                     char *const *words, struct error *err) MUST_CHECK;

/* Of options and words that the command declares, by their names there; any other name or kind is a defect and aborts.
 */
bool invocation_flag(const struct invocation *invocation, const char *name);
const char *invocation_text(const struct invocation *invocation, const char *name, const char *otherwise);
int64_t invocation_number(const struct invocation *invocation, const char *name, int64_t otherwise);
const char *invocation_word(const struct invocation *invocation, const char *what);

/* What was done: the object with --json, else the sentence. */
void invocation_say(const struct invocation *invocation, const struct value *object, const char *sentence, ...)
	PRINTF_LIKE(3, 4);

/* A JSON array with --json, else a line each, its cells parted by tabs, in the table's order. */
void invocation_rows(const struct invocation *invocation, const struct record_type *type, const struct rows *rows);

#endif
