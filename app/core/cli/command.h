/* The command line: rows of commands, each with its words, typed options and help; output as text or, with --json, as
 * JSON. Exit status: 0 on success; 1 when the command failed or its options are wrong, with one line on stderr; 2 when
 * there is no such command. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"

struct invocation;

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER };

struct command_option {
	const char *name; /* without its dashes */
	enum option_kind kind;
	const char *what; /* what its value is, for the help ("FILE"); NULL of a flag */
	const char *help;
	bool required;
	const char *with; /* the option without which this one says nothing; NULL for none */
	int64_t min, max; /* of a number */
};

enum { COMMAND_WORDS = 2 };

struct command {
	const char *name;                 /* one or two words */
	const char *words[COMMAND_WORDS]; /* what has to follow it, for the help ("NAME") */
	const struct command_option
		*options;        /* the last one has no name; NULL for none. --json and --help are everywhere */
	const char *summary; /* one line */
	const char *help;    /* what else there is to say, in lines; NULL for nothing */
	bool (*run)(struct invocation *invocation, struct error *err);
};

/* Finds the command among the tables (each ends with a command without a name), reads its options, opens the store and
 * runs it. Returns the exit status. */
int command_main(const struct command *const *tables, int table_count, int count, char **words);

#endif
