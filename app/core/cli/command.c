/* Dispatching commands and printing help. */
#include "core/cli/command.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/cli/invocation.h"

enum { PATIENCE_MS = 10000, LIST_WIDTH = 20, OPTION_WIDTH = 18, STATUS_FAILED = 1, STATUS_NO_COMMAND = 2 };

/* Names of the scripts that this program replaces: as its first word, or as the name of a link to it. */
static const char *const aliases[][2] = {
	{ "create_user", "user create" }, { "set_password", "user password" }, { "deactivate_user", "user disable" },
	{ "init_db", "db init" },         { "migrate", "db migrate" },         { "manual_sync", "sync" },
};

static const char *alias_of(const char *word) {
	for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
		if (strcmp(word, aliases[i][0]) == 0)
			return aliases[i][1];
	return NULL;
}

static bool asks_help(int count, char *const *words) {
	for (int i = 0; i < count && !text_same(words[i], "--"); i++)
		if (text_same(words[i], "--help") || text_same(words[i], "-h"))
			return true;
	return false;
}

/* "user create" is in the group "user"; every command is in the group NULL. */
static bool in_group(const struct command *command, const char *group) {
	return !group || (text_starts(command->name, group) && command->name[strlen(group)] == ' ');
}

/* Counts the commands of a group, listing them if `out` is not NULL. */
static int list_commands(const struct command *const *tables, int table_count, const char *group, FILE *out) {
	int listed = 0;
	for (int i = 0; i < table_count; i++)
		for (const struct command *command = tables[i]; command->name; command++) {
			if (!in_group(command, group))
				continue;
			listed++;
			if (out)
				fprintf(out, "  %-*s %s\n", LIST_WIDTH, command->name, command->summary);
		}
	return listed;
}

static void print_commands(const struct command *const *tables, int table_count, const char *group, FILE *out) {
	fprintf(out, "usage: telltale %s%sCOMMAND …\n\n", group ? group : "", group ? " " : "");
	(void)list_commands(tables, table_count, group, out);
	fprintf(out, "\nRun “telltale COMMAND --help” for more about a command; every command accepts --json.\n");
}

static void print_option(const struct command_option *option) {
	char text[64];
	(void)snprintf(text, sizeof text, "--%s%s%s", option->name, option->what ? " " : "",
	               option->what ? option->what : "");
	printf("  %-*s ", OPTION_WIDTH, text);
	for (const char *at = option->help; *at; at++)
		if (*at == '\n')
			printf("\n%*s", OPTION_WIDTH + 3, "");
		else
			(void)putchar(*at);
	(void)putchar('\n');
}

static void print_usage(const struct command *command) {
	printf("usage: telltale %s", command->name);
	for (int i = 0; i < COMMAND_WORDS && command->words[i]; i++)
		printf(" %s", command->words[i]);
	for (const struct command_option *option = command->options; option && option->name; option++)
		printf(option->required ? " --%s%s%s" : " [--%s%s%s]", option->name, option->what ? " " : "",
		       option->what ? option->what : "");
	printf(" [--json]\n");
}

static void print_help(const struct command *command) {
	print_usage(command);
	printf("\n%s\n%s%s\n", command->summary, command->help ? command->help : "", command->help ? "\n" : "");
	for (const struct command_option *option = command->options; option && option->name; option++)
		print_option(option);
	print_option(&invocation_json);
}

/* Finds the command whose name begins the line; *used is its number of words. */
static const struct command *find_command(const struct command *const *tables, int table_count, int count, char **words,
                                          int *used) {
	char two[64] = "";
	if (count > 1)
		(void)snprintf(two, sizeof two, "%s %s", words[0], words[1]);
	for (int i = 0; i < table_count; i++)
		for (const struct command *command = tables[i]; command->name; command++) {
			*used = strchr(command->name, ' ') ? 2 : 1;
			if (text_same(command->name, *used == 2 ? two : words[0]))
				return command;
		}
	return NULL;
}

/* "user --help" lists the commands of a group; anything else is an unknown command. */
static int without_command(const struct command *const *tables, int table_count, int count, char **words) {
	const char *group = list_commands(tables, table_count, words[0], NULL) > 0 ? words[0] : NULL;
	if (group && asks_help(count, words)) {
		print_commands(tables, table_count, group, stdout);
		return 0;
	}
	fprintf(stderr, "telltale: there is no command '%s%s%s'\n", words[0], count > 1 ? " " : "",
	        count > 1 ? words[1] : "");
	print_commands(tables, table_count, group, stderr);
	return STATUS_NO_COMMAND;
}

/* Loads what `up` stored for this home: database address, secret, paths. */
static void load_settings(struct arena *arena) {
	const char *home = getenv("TELLTALE_HOME");
	if (text_is_empty(home))
		home = getuid() == 0 ? "/var/lib/telltale" : arena_print(arena, "%s/.local/share/telltale", getenv("HOME"));
	settings_load(arena_print(arena, "%s/settings.env", home));
}

static bool run(struct invocation *invocation, struct settings *settings, struct error *err) {
	load_settings(invocation->arena);
	(void)log_set_level("warning");
	if (!settings_read(settings, err))
		return false;
	invocation->settings = settings;
	invocation->now = moment_now();
	invocation->store = store_open(settings->mongodb_uri, settings->mongodb_db, "telltale", PATIENCE_MS, err);
	bool fine = invocation->store && invocation->command->run(invocation, err);
	store_close(invocation->store);
	return fine;
}

/* The words after the program name, with an alias (as program name or first word) replaced by our name. */
static char **without_alias(struct arena *arena, int *count, char **words) {
	const char *own = basename(words[0]);
	int skip = 1;
	const char *name = alias_of(own);
	if (!name && *count > 1 && (name = alias_of(words[1])))
		skip = 2;
	char **more = arena_array(arena, char *, *count + 2);
	int used = 0;
	char *rest = name ? arena_copy(arena, name) : NULL, *word;
	while (rest && (word = strsep(&rest, " ")))
		more[used++] = word;
	for (int i = skip; i < *count; i++)
		more[used++] = words[i];
	*count = used;
	return more;
}

int command_main(const struct command *const *tables, int table_count, int count, char **words) {
	ARENA_AUTO arena = arena_new();
	struct invocation invocation;
	struct settings settings;
	struct error err = ERROR_INIT;
	int used = 0;
	words = without_alias(arena, &count, words);
	if (count == 0 || text_same(words[0], "help") || asks_help(1, words)) {
		print_commands(tables, table_count, NULL, stdout);
		return 0;
	}
	const struct command *command = find_command(tables, table_count, count, words, &used);
	if (!command)
		return without_command(tables, table_count, count, words);
	if (asks_help(count - used, words + used)) {
		print_help(command);
		return 0;
	}
	bool read = invocation_read(&invocation, command, arena, count - used, words + used, &err);
	if (read && run(&invocation, &settings, &err))
		return 0;
	error_print("telltale", &err);
	return read && command->failing ? command->failing : STATUS_FAILED;
}
