/* The command line: rows of commands, each with its words, typed options and help; output as text or, with --json, as
 * JSON. Exit status: 0 on success; 1 when the command failed or its options are wrong, with one line on stderr; 2 when
 * the command is unknown. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"

struct invocation;

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER };

struct command_option {
	const char *name; /* without dashes */
	enum option_kind kind;
	const char *what; /* its value in the help ("FILE"); NULL for a flag */
	const char *help;
	bool required;
	const char *with; /* the option that this one requires; or NULL */
	int64_t min, max; /* range of a number */
};

enum { COMMAND_WORDS = 2 };

struct command {
	const char *name;                 /* one or two words */
	const char *words[COMMAND_WORDS]; /* its arguments in the help ("NAME") */
	const struct command_option
		*options;        /* terminated by one without a name; or NULL. --json and --help are always accepted */
	const char *summary; /* one line */
	const char *help;    /* further lines of help; or NULL */
	bool (*run)(struct invocation *invocation, struct error *err);
	int failing; /* exit status if it failed once its options were read; 0: 1 */
};

/* Finds the command in the tables (each terminated by one without a name), parses its options, opens the store and runs
 * it. Returns the exit status. */
int command_main(const struct command *const *tables, int table_count, int count, char **words);

#endif
