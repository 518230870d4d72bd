/* The command line: rows of commands, each with its words, options and help; output as text or, with --json, as JSON.
 * Exit status 0 only on success; errors are one line on stderr. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "core/fields/field.h"
#include "core/process/settings.h"
#include "core/store/store.h"

struct invocation {
	int count; /* words after the command's name, options included */
	char **words;
	bool json;
	const struct settings *settings;
	struct store *store;
	struct arena *arena;
};

struct command {
	const char *name;  /* one or two words */
	const char *usage; /* words and options after the name; an option that is not named here is refused */
	const char *help;  /* a sentence or more */
	bool (*run)(struct invocation *invocation, struct error *err);
};

/* Finds the command among the tables, opens the store, runs it. Returns the exit status. */
int command_main(const struct command *const *tables, int table_count, int count, char **words);

/* The word after `name`, or NULL. */
const char *invocation_option(const struct invocation *invocation, const char *name);
bool invocation_flag(const struct invocation *invocation, const char *name);

/* The first word that is neither an option nor an option's value. INVALID names `what` is missing. */
bool invocation_word(const struct invocation *invocation, const char *what, const char **word,
                     struct error *err) MUST_CHECK;

/* What was done: the object with --json, else the sentence. */
void invocation_say(const struct invocation *invocation, const struct value *object, const char *sentence, ...)
	PRINTF_LIKE(3, 4);

/* Rows: a JSON array with --json, else a line each, its cells parted by tabs, in the table's order. */
void invocation_rows(const struct invocation *invocation, const struct record_type *record, const struct rows *rows);

#endif
