/* telltale: the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/process/master.h"
#include "core/store/migrate.h"
#include "sync/sync.h"
#include "users/session.h"
#include "users/token.h"
#include "users/user.h"

struct call {
	int count;
	char **words;
	struct settings settings;
	struct store *store;
	struct arena *arena;
};

struct command {
	const char *group, *verb, *usage;
	bool (*run)(struct call *call, struct error *err);
};

static const char *option(const struct call *call, const char *name) {
	for (int i = 0; i + 1 < call->count; i++)
		if (strcmp(call->words[i], name) == 0)
			return call->words[i + 1];
	return NULL;
}

static bool has_flag(const struct call *call, const char *name) {
	for (int i = 0; i < call->count; i++)
		if (strcmp(call->words[i], name) == 0)
			return true;
	return false;
}

static bool need(const struct call *call, int index, const char **word, struct error *err) {
	*word = call->count > index && call->words[index][0] != '-' ? call->words[index] : NULL;
	return *word || error_set(err, ERROR_INVALID, "a word is missing; see telltale --help");
}

static char *migrations(struct call *call) {
	return arena_print(call->arena, "%s/migrations", call->settings.root);
}

static bool db_migrate(struct call *call, struct error *err) {
	int applied;
	if (!migrate_apply(call->store, migrations(call), &applied, err))
		return false;
	printf("%d migrations applied\n", applied);
	return true;
}

static bool db_status(struct call *call, struct error *err) {
	if (!migrate_check(call->store, migrations(call), err))
		return false;
	printf("the schema is up to date\n");
	return true;
}

/* From TELLTALE_PASSWORD or standard input, never from the command line. Without either a random one. */
static const char *read_password(struct call *call, bool *made) {
	char line[256];
	const char *given = getenv("TELLTALE_PASSWORD");
	*made = false;
	if (given)
		return given;
	if (!has_flag(call, "--generate") && fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\r\n")] = '\0';
		return arena_copy(call->arena, line);
	}
	secret_random(line);
	line[20] = '\0';
	*made = true;
	return arena_copy(call->arena, line);
}

static bool user_create_command(struct call *call, struct error *err) {
	const char *name, *email = option(call, "--email");
	bool made;
	if (!need(call, 0, &name, err))
		return false;
	const char *password = read_password(call, &made);
	if (!user_create(call->store, &call->settings, name, email ? email : "", password, made, err))
		return false;
	printf(made ? "user %s created, password %s\n" : "user %s created\n", name, password);
	return true;
}

static bool user_password_command(struct call *call, struct error *err) {
	const char *name;
	bool made;
	if (!need(call, 0, &name, err))
		return false;
	const char *password = read_password(call, &made);
	if (!user_set_password(call->store, &call->settings, name, password, made, err) ||
	    !session_end_all(call->store, name, err))
		return false;
	printf(made ? "password of %s is now %s\n" : "password of %s changed\n", name, password);
	return true;
}

static bool user_disable_command(struct call *call, struct error *err) {
	const char *name;
	return need(call, 0, &name, err) && user_set_active(call->store, name, false, err) &&
	       session_end_all(call->store, name, err) && printf("user %s disabled\n", name) > 0;
}

static bool user_list_command(struct call *call, struct error *err) {
	struct user *users;
	int count;
	char time[MOMENT_TEXT];
	if (!user_list(call->store, call->arena, &users, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		printf("%s\t%s\t%s\n", users[i].username, users[i].is_active ? "active" : "disabled",
		       *moment_format(users[i].last_login, time) ? time : "never signed in");
	return true;
}

static bool token_create_command(struct call *call, struct error *err) {
	const char *name = option(call, "--name"), *scope = option(call, "--scope"), *token;
	struct param given[] = { { "name", name ? name : "" }, { "scope", scope ? scope : "read" } };
	struct params form = { given, 2 };
	struct token_request request;
	if (!record_from_form(&token_request_record, &form, call->arena, &request, err) ||
	    !token_create(call->store, &request, "cli", call->arena, &token, err))
		return false;
	printf("%s\n", token);
	return true;
}

static bool token_list_command(struct call *call, struct error *err) {
	struct records tokens;
	char time[MOMENT_TEXT];
	if (!token_list(call->store, call->arena, &tokens, err))
		return false;
	const struct token *items = tokens.items;
	for (int i = 0; i < tokens.count; i++)
		printf("%s\t%s\t%s\t%s\n", items[i].id, items[i].name, choice_name(&token_scopes, (int)items[i].scope),
		       moment_format(items[i].created_at, time));
	return true;
}

static bool token_revoke_command(struct call *call, struct error *err) {
	const char *id;
	bool found;
	if (!need(call, 0, &id, err) || !token_revoke(call->store, id, &found, err))
		return false;
	return found || error_set(err, ERROR_MISSING, "no token %s", id);
}

static void draw_bar(const struct sync_run *run) {
	enum { WIDTH = 30 };
	char bar[WIDTH + 1];
	int filled = run->planned > 0 ? (int)(WIDTH * run->done / run->planned) : 0;
	for (int i = 0; i < WIDTH; i++)
		bar[i] = i < filled ? '#' : '.';
	bar[WIDTH] = '\0';
	fprintf(stderr, "\r  sync [%s] %lld/%lld reports, %lld campaigns, %lld calls  ", bar, (long long)run->done,
	        (long long)run->planned, (long long)run->campaigns, (long long)run->calls);
}

static bool print_outcome(const struct sync_run *run, struct error *err) {
	struct value *value;
	ARENA_AUTO arena = arena_new();
	value = record_to_value(&sync_run_record, run, arena);
	printf("sync %s: %lld campaigns, %lld snapshots, %lld unchanged, %lld calls, %lld gaps\n",
	       value_get_text(value, "state"), (long long)run->campaigns, (long long)run->snapshots,
	       (long long)run->unchanged, (long long)run->calls, (long long)run->gap_count);
	for (int i = 0; i < run->gaps.count; i++)
		printf("  gap: %s\n", run->gaps.items[i]);
	return run->state != RUN_FAILED ||
	       error_set(err, ERROR_UNAVAILABLE, "%s", run->problem ? run->problem : "the sync failed");
}

/* Watches the run; carries it out here when no sync worker takes it. */
static bool sync_command(struct call *call, struct error *err) {
	const char *id;
	bool already, found, worked;
	struct sync_run run;
	if (!sync_request(call->store, "cli", "cli", call->arena, &id, &already, err))
		return false;
	for (int i = 0;; i++) {
		if (!sync_find(call->store, id, call->arena, &run, &found, err))
			return false;
		if (!found || (run.state != RUN_QUEUED && run.state != RUN_RUNNING))
			break;
		if (isatty(STDERR_FILENO))
			draw_bar(&run);
		if (i % 15 == 10 && !sync_turn(call->store, &call->settings, false, &worked, err) &&
		    err->kind != ERROR_CONFLICT)
			return false;
		(void)usleep(200000);
	}
	if (isatty(STDERR_FILENO)) {
		draw_bar(&run);
		fputc('\n', stderr);
	}
	return print_outcome(&run, err);
}

static bool config_check(struct call *call, struct error *err) {
	if (text_is_empty(call->settings.secret_key))
		return error_set(err, ERROR_INVALID, "SECRET_KEY is empty");
	if (text_is_empty(call->settings.api_key))
		return error_set(err, ERROR_INVALID, "EMAILOCTOPUS_API_KEY is empty");
	return store_ping(call->store, err) && printf("the configuration is complete, the database answers\n") > 0;
}

static const struct command commands[] = {
	{ "user", "create", "user create NAME [--email E] [--generate]   password from stdin", user_create_command },
	{ "user", "password", "user password NAME [--generate]", user_password_command },
	{ "user", "disable", "user disable NAME", user_disable_command },
	{ "user", "list", "user list", user_list_command },
	{ "token", "create", "token create --name N --scope read|write    prints the token", token_create_command },
	{ "token", "list", "token list", token_list_command },
	{ "token", "revoke", "token revoke ID", token_revoke_command },
	{ "db", "init", "db init", db_migrate },
	{ "db", "migrate", "db migrate", db_migrate },
	{ "db", "status", "db status", db_status },
	{ "config", "check", "config check", config_check },
	{ "sync", NULL, "sync                                        reads the provider now, with progress", sync_command },
};

static int usage(FILE *out, int status) {
	fprintf(out, "usage: telltale COMMAND\n");
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(out, "  telltale %s\n", commands[i].usage);
	return status;
}

static const struct command *find_command(int count, char **words) {
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (count > 1 && strcmp(words[1], commands[i].group) == 0 &&
		    (!commands[i].verb || (count > 2 && strcmp(words[2], commands[i].verb) == 0)))
			return &commands[i];
	return NULL;
}

/* What `up` wrote down for this home: the database's address, the secret, where the files lie. */
static void load_settings(struct arena *arena) {
	const char *home = getenv("TELLTALE_HOME");
	if (text_is_empty(home))
		home = getuid() == 0 ? "/var/lib/telltale" : arena_print(arena, "%s/.local/share/telltale", getenv("HOME"));
	settings_load(arena_print(arena, "%s/settings.env", home));
}

int main(int count, char **words) {
	const struct command *command = find_command(count, words);
	struct error err = ERROR_INIT;
	if (count < 2 || strcmp(words[1], "--help") == 0 || !command)
		return usage(count < 2 || !command ? stderr : stdout, command || count < 2 ? 0 : 2);
	int skip = command->verb ? 3 : 2;
	struct call call = { .count = count - skip, .words = words + skip, .arena = arena_new() };
	load_settings(call.arena);
	(void)log_set_level("warning");
	bool fine = settings_read(&call.settings, &err) &&
	            (call.store = store_open(call.settings.mongodb_uri, call.settings.mongodb_db, "telltale", 10000,
	                                     &err)) &&
	            command->run(&call, &err);
	if (!fine)
		fprintf(stderr, "telltale: %s\n", err.text);
	store_close(call.store);
	arena_free(call.arena);
	return fine ? 0 : 1;
}
