/* Users and tokens on the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/session.h"
#include "access/token.h"
#include "access/user.h"
#include "core/base/secret.h"
#include "core/cli/invocation.h"

enum { GENERATED_DIGITS = 20 };

/* Reads TELLTALE_PASSWORD or standard input, never the command line, which other users can see. */
static const char *read_password(struct invocation *invocation, bool *made) {
	char line[256];
	const char *given = getenv("TELLTALE_PASSWORD");
	*made = false;
	if (given)
		return given;
	if (!invocation_flag(invocation, "generate") && fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\r\n")] = '\0';
		return arena_copy(invocation->arena, line);
	}
	secret_random(line);
	line[GENERATED_DIGITS] = '\0';
	*made = true;
	return arena_copy(invocation->arena, line);
}

static struct value *outcome(struct invocation *invocation, const char *name, const char *password) {
	struct value *map = value_map(invocation->arena);
	value_put_text(map, "username", name);
	if (password)
		value_put_text(map, "password", password);
	return map;
}

static bool create(struct invocation *invocation, struct error *err) {
	const char *name = invocation_word(invocation, "NAME"), *email = invocation_text(invocation, "email", "");
	bool made;
	const char *password = read_password(invocation, &made);
	if (!user_create(invocation->store, invocation->settings, name, email,
	                 invocation_text(invocation, "full-name", NULL), password, made, invocation->now, err))
		return false;
	invocation_say(invocation, outcome(invocation, name, made ? password : NULL),
	               made ? "user %s created, password %s" : "user %s created", name, password);
	return true;
}

static bool set_password(struct invocation *invocation, struct error *err) {
	const char *name = invocation_word(invocation, "NAME");
	bool made;
	const char *password = read_password(invocation, &made);
	if (!user_set_password(invocation->store, invocation->settings, name, password, made, err) ||
	    !session_end_all(invocation->store, name, err))
		return false;
	invocation_say(invocation, outcome(invocation, name, made ? password : NULL),
	               made ? "password of %s is now %s" : "password of %s changed", name, password);
	return true;
}

static bool set_active(struct invocation *invocation, bool active, struct error *err) {
	const char *name = invocation_word(invocation, "NAME");
	if (!user_set_active(invocation->store, name, active, err) ||
	    (!active && !session_end_all(invocation->store, name, err)))
		return false;
	invocation_say(invocation, outcome(invocation, name, NULL), "user %s %s", name, active ? "enabled" : "disabled");
	return true;
}

static bool disable(struct invocation *invocation, struct error *err) {
	return set_active(invocation, false, err);
}

static bool enable(struct invocation *invocation, struct error *err) {
	return set_active(invocation, true, err);
}

static bool list(struct invocation *invocation, struct error *err) {
	struct rows users;
	if (!user_list(invocation->store, invocation->arena, &users, err))
		return false;
	invocation_rows(invocation, &user_record, &users);
	return true;
}

static bool token_make(struct invocation *invocation, struct error *err) {
	const char *token;
	struct param given[] = { { "name", invocation_text(invocation, "name", "") },
		                     { "scope", invocation_text(invocation, "scope", "read") } };
	struct token_request request;
	if (!record_from_form(&token_request_record, &(struct params){ given, 2 }, invocation->arena, &request, NULL,
	                      err) ||
	    !token_create(invocation->store, &request, store_new_id(invocation->arena), TOKEN_OF_COMMAND_LINE,
	                  invocation->now, invocation->arena, &token, err))
		return false;
	struct value *map = value_map(invocation->arena);
	value_put_text(map, "name", request.name);
	value_put_text(map, "token", token);
	invocation_say(invocation, map, "%s", token);
	return true;
}

static bool token_rows(struct invocation *invocation, struct error *err) {
	struct rows tokens;
	if (!token_list(invocation->store, invocation->arena, &tokens, err))
		return false;
	invocation_rows(invocation, &token_record, &tokens);
	return true;
}

static bool token_end(struct invocation *invocation, struct error *err) {
	const char *id = invocation_word(invocation, "ID");
	bool found;
	if (!token_revoke(invocation->store, id, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no token %s; see telltale token list", id);
	invocation_say(invocation, value_map(invocation->arena), "token %s revoked", id);
	return true;
}

static const struct command_option create_options[] = {
	{ "email", OPTION_TEXT, "E", "the user's address" },
	{ "full-name", OPTION_TEXT, "F", "the user's full name" },
	{ "generate", OPTION_FLAG, NULL, "creates a one-time password and prints it" },
	{ 0 },
};

static const struct command_option password_options[] = {
	{ "generate", OPTION_FLAG, NULL, "creates a one-time password and prints it" },
	{ 0 },
};

static const struct command_option token_options[] = {
	{ "name", OPTION_TEXT, "N", "what the token is for", .required = true },
	{ "scope", OPTION_TEXT, "S", "read (the default) or write" },
	{ 0 },
};

const struct command user_commands[] = {
	{ "user create",
	  { "NAME" },
	  create_options,
	  "Creates a super user. There can be MAX_USERS at most.",
	  "The password is read from TELLTALE_PASSWORD, or from standard input.",
	  create },
	{ "user password",
	  { "NAME" },
	  password_options,
	  "Sets a user’s password and ends all their sessions.",
	  "The password is read from TELLTALE_PASSWORD, or from standard input.",
	  set_password },
	{ "user disable",
	  { "NAME" },
	  NULL,
	  "Stops a user from signing in, and ends their sessions and API access.",
	  NULL,
	  disable },
	{ "user enable", { "NAME" }, NULL, "Lets a user sign in again.", NULL, enable },
	{ "user list",
	  { 0 },
	  NULL,
	  "Lists the users.",
	  "Columns: id, name, address, role, created by, active, one-time password, last sign-in, created.",
	  list },
	{ "token create",
	  { 0 },
	  token_options,
	  "Creates an API token and prints it. It is never shown again.",
	  NULL,
	  token_make },
	{ "token list",
	  { 0 },
	  NULL,
	  "Lists the API tokens.",
	  "Columns: id, name, scope, created by, created, last used.",
	  token_rows },
	{ "token revoke", { "ID" }, NULL, "Revokes an API token. It stops working at once.", NULL, token_end },
	{ 0 },
};
