/* Finding and running a command. */
#include "core/cli/command.h"

#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/formats/json.h"

enum { PATIENCE_MS = 10000, NAME_WIDTH = 16 };

/* The names of the scripts that this command line took the place of: as its first word, or as a link to it. */
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

static bool is_option(const char *word) {
	return word[0] == '-' && word[1] == '-';
}

/* "--name N" in the usage: the option takes a value. */
static bool takes_value(const char *usage, const char *option) {
	const char *found = strstr(usage, option);
	const char *after = found ? found + strlen(option) : "";
	return after[0] == ' ' && after[1] != '[' && after[1] != '-' && after[1] != '\0';
}

const char *invocation_option(const struct invocation *invocation, const char *name) {
	for (int i = 0; i + 1 < invocation->count; i++)
		if (strcmp(invocation->words[i], name) == 0)
			return invocation->words[i + 1];
	return NULL;
}

bool invocation_flag(const struct invocation *invocation, const char *name) {
	for (int i = 0; i < invocation->count; i++)
		if (strcmp(invocation->words[i], name) == 0)
			return true;
	return false;
}

bool invocation_word(const struct invocation *invocation, const char *what, const char **word, struct error *err) {
	*word = invocation->count && !is_option(invocation->words[0]) ? invocation->words[0] : NULL;
	return *word || error_set(err, ERROR_INVALID, "%s is missing; see telltale --help", what);
}

void invocation_say(const struct invocation *invocation, const struct value *object, const char *sentence, ...) {
	BUF_AUTO json = { 0 };
	va_list rest;
	if (invocation->json) {
		json_write(&json, object);
		puts(buf_text(&json));
		return;
	}
	va_start(rest, sentence);
	(void)vprintf(sentence, rest);
	va_end(rest);
	putchar('\n');
}

static void print_cell(const struct value *value) {
	BUF_AUTO text = { 0 };
	if (value->kind == VALUE_TEXT)
		(void)fputs(value->text, stdout);
	else if (value->kind != VALUE_NULL) {
		json_write(&text, value);
		(void)fputs(buf_text(&text), stdout);
	} else {
		putchar('-');
	}
}

void invocation_rows(const struct invocation *invocation, const struct record_type *record, const struct rows *rows) {
	BUF_AUTO json = { 0 };
	if (invocation->json) {
		rows_to_json(record, rows, &json);
		puts(buf_text(&json));
		return;
	}
	for (int i = 0; i < rows->count; i++) {
		const struct value *row = record_to_value(record, (const char *)rows->items + record->size * (size_t)i,
		                                          invocation->arena);
		for (const struct value *cell = row->first; cell; cell = cell->next) {
			if (cell != row->first)
				putchar('\t');
			print_cell(cell);
		}
		putchar('\n');
	}
}

static int print_usage(const struct command *const *tables, int table_count, FILE *out) {
	fprintf(out, "usage: telltale COMMAND …   (telltale COMMAND --help tells more; --json gives JSON)\n");
	for (int i = 0; i < table_count; i++)
		for (const struct command *command = tables[i]; command->name; command++)
			fprintf(out, "  %-*s %s\n", NAME_WIDTH, command->name, command->usage);
	return out == stdout ? 0 : 2;
}

/* The command whose words begin the line; *used tells how many they are. */
static const struct command *find_command(const struct command *const *tables, int table_count, int count, char **words,
                                          int *used) {
	char two[64] = "";
	if (count > 1)
		(void)snprintf(two, sizeof two, "%s %s", words[0], words[1]);
	for (int i = 0; i < table_count; i++) {
		for (const struct command *command = tables[i]; command->name; command++) {
			*used = strchr(command->name, ' ') ? 2 : 1;
			if (strcmp(command->name, *used == 2 ? two : words[0]) == 0)
				return command;
		}
	}
	return NULL;
}

static bool check_options(const struct command *command, const struct invocation *invocation, struct error *err) {
	for (int i = 0; i < invocation->count; i++) {
		const char *word = invocation->words[i];
		if (!is_option(word) || strcmp(word, "--json") == 0)
			continue;
		if (!strstr(command->usage, word))
			return error_set(err, ERROR_INVALID, "'%s' has no option %s; see telltale %s --help", command->name, word,
			                 command->name);
		if (takes_value(command->usage, word) && ++i >= invocation->count)
			return error_set(err, ERROR_INVALID, "%s needs a value", word);
	}
	return true;
}

/* What `up` wrote down for this home: the database's address, the secret, where the files lie. */
static void load_settings(struct arena *arena) {
	const char *home = getenv("TELLTALE_HOME");
	if (text_is_empty(home))
		home = getuid() == 0 ? "/var/lib/telltale" : arena_print(arena, "%s/.local/share/telltale", getenv("HOME"));
	settings_load(arena_print(arena, "%s/settings.env", home));
}

static int run(const struct command *command, struct invocation *invocation, struct settings *settings) {
	struct error err = ERROR_INIT;
	invocation->settings = settings;
	load_settings(invocation->arena);
	(void)log_set_level("warning");
	bool fine = check_options(command, invocation, &err) && settings_read(settings, &err) &&
	            (invocation->store = store_open(settings->mongodb_uri, settings->mongodb_db, "telltale", PATIENCE_MS,
	                                            &err)) &&
	            command->run(invocation, &err);
	if (!fine)
		fprintf(stderr, "telltale: %s\n", err.text);
	store_close(invocation->store);
	return fine ? 0 : 1;
}

/* The words after the program's name, with an older name (the program's own or the first word) replaced by ours. */
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
	struct settings settings;
	int used = 0;
	words = without_alias(arena, &count, words);
	if (count == 0 || strcmp(words[0], "--help") == 0 || strcmp(words[0], "help") == 0)
		return print_usage(tables, table_count, stdout);
	const struct command *command = find_command(tables, table_count, count, words, &used);
	if (!command) {
		fprintf(stderr, "telltale: there is no command '%s%s%s'\n", words[0], count > 1 ? " " : "",
		        count > 1 ? words[1] : "");
		return print_usage(tables, table_count, stderr);
	}
	struct invocation invocation = { .count = count - used, .words = words + used, .arena = arena };
	invocation.json = invocation_flag(&invocation, "--json");
	if (invocation_flag(&invocation, "--help")) {
		printf("usage: telltale %s %s\n\n%s\n", command->name, command->usage, command->help);
		return 0;
	}
	return run(command, &invocation, &settings);
}
