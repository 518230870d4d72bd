/* Trying a connection. */
#include "connections/account.h"
#include "connections/trying_step.h"

#include <string.h>

#include "core/base/secret.h"
#include "core/formats/mail.h"

const char *trial_step_label(const char *name) {
	static const char *const labels[][2] = {
		{ "secret", "Stored secrets" },
		{ "resolve", "Look up the name" },
		{ "connect", "Connect" },
		{ "greeting", "Greeting" },
		{ "tls", "TLS" },
		{ "reach", "Reach the server" },
		{ "access", "Renew access" },
		{ "sign_in", "Sign in" },
		{ "account", "Account" },
		{ "sender", "Sender" },
	};
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (strcmp(labels[i][0], name) == 0)
			return labels[i][1];
	return name;
}

static void add(struct trying *trying, const char *step, enum step_state state, const char *words) {
	if (trying->count < TRYING_STEPS)
		trying->steps[trying->count++] = (struct trial_step){ step, (unsigned)state, arena_copy(trying->arena, words) };
}

void trying_pass(struct trying *trying, const char *step, const char *words) {
	add(trying, step, STEP_PASSED, words);
}

void trying_skip(struct trying *trying, const char *step, const char *words) {
	add(trying, step, STEP_SKIPPED, words);
}

void trying_fail(struct trying *trying, const char *step, const char *words) {
	add(trying, step, STEP_FAILED, words);
	trying->over = true;
}

const char *trying_secret(const struct trying *trying, const char *name) {
	const struct provider_row *row = &provider_rows[trying->connection->provider];
	for (int i = 0; row->secrets[i]; i++)
		if (text_same(row->secrets[i], name))
			return buf_text(&trying->secrets[i]);
	return "";
}

static void release(void *object) {
	struct trying *trying = object;
	smtp_probe_free(trying->probe);
	if (trying->pool)
		http_pool_free(trying->pool);
	for (int i = 0; i < PROVIDER_SECRETS; i++) {
		if (trying->secrets[i].bytes)
			secret_wipe(trying->secrets[i].bytes, trying->secrets[i].room);
		buf_finish(&trying->secrets[i]);
	}
	keyring_wipe(&trying->ring);
}

static bool open_secrets(struct trying *trying) {
	const struct provider_row *row = &provider_rows[trying->connection->provider];
	struct error err = ERROR_INIT;
	for (int i = 0; row->secrets[i]; i++)
		if (!secret_get(&trying->ring, trying->connection, row->secrets[i], &trying->secrets[i], &err)) {
			trying_fail(trying, "secret", err.text);
			return false;
		}
	return true;
}

static void begin_smtp(struct trying *trying) {
	const struct connection *connection = trying->connection;
	const struct settings *settings = trying->settings;
	const char *password = connection->from_settings ? settings->smtp_password : trying_secret(trying, "password");
	const char *from = mail_ascii_address(connection->from_email ? connection->from_email : "", trying->arena);
	trying->account = connection_account(connection, settings, from, password, trying->arena);
	trying->probe = smtp_probe_new(&trying->account, NULL, from);
}

struct trying *trying_begin(const struct settings *settings, const struct connection *connection, struct arena *arena) {
	struct trying *trying = arena_new_of(arena, struct trying);
	*trying = (struct trying){ .settings = settings, .connection = connection, .arena = arena };
	trying->ring = secrets_ring(settings);
	arena_defer(arena, release, trying);
	if (!open_secrets(trying))
		return trying;
	if (connection->provider == PROVIDER_SMTP) {
		begin_smtp(trying);
		return trying;
	}
	trying->pool = http_pool_new("Telltale/0.1 (self-hosted campaign console)");
	trying_call(trying);
	return trying;
}

/* The steps of a session, as far as it came. */

static const char *const step_names[] = {
	[PROBE_RESOLVE] = "resolve", [PROBE_CONNECT] = "connect", [PROBE_GREETING] = "greeting",
	[PROBE_TLS] = "tls",         [PROBE_SIGN_IN] = "sign_in", [PROBE_SENDER] = "sender",
};

static void put_step(struct trying *trying, enum probe_step step, const struct smtp_probed *probed) {
	const struct smtp_account *account = &trying->account;
	const char *name = step_names[step];
	switch (step) {
	case PROBE_CONNECT:
		trying_pass(trying, name, arena_print(trying->arena, "%s, port %d", account->host, account->port));
		break;
	case PROBE_TLS:
		if (account->tls)
			trying_pass(trying, name, probed->secured);
		else
			trying_skip(trying, name, "Not needed on this machine");
		break;
	case PROBE_SIGN_IN:
		if (*account->user)
			trying_pass(trying, name, account->user);
		else
			trying_skip(trying, name, "No user name is set");
		break;
	case PROBE_SENDER:
		trying_pass(trying, name, trying->connection->from_email);
		break;
	default:
		trying_pass(trying, name, NULL);
	}
}

static void take_probe(struct trying *trying) {
	static const enum probe_step usual[] = { PROBE_RESOLVE, PROBE_CONNECT, PROBE_GREETING,
		                                     PROBE_TLS,     PROBE_SIGN_IN, PROBE_SENDER };
	static const enum probe_step implicit[] = { PROBE_RESOLVE,  PROBE_CONNECT, PROBE_TLS,
		                                        PROBE_GREETING, PROBE_SIGN_IN, PROBE_SENDER };
	const struct smtp_probed *probed = smtp_probe_result(trying->probe);
	const enum probe_step *order = trying->account.tls && trying->account.port == 465 ? implicit : usual;
	for (int i = 0; i < PROBE_STEPS && !trying->over; i++) {
		if (!probed->fine && order[i] == probed->failed)
			trying_fail(trying, step_names[order[i]], probed->words);
		else
			put_step(trying, order[i], probed);
	}
	trying->over = true;
}

bool trying_turn(struct trying *trying, int ms) {
	if (trying->over)
		return true;
	if (trying->probe && smtp_probe_turn(trying->probe, ms))
		take_probe(trying);
	else if (trying->pool)
		http_turn(trying->pool, ms);
	return trying->over;
}

void trying_finish(const struct trying *trying, struct moment now, struct trial *trial) {
	struct trial_step *steps = arena_array(trying->arena, struct trial_step, TRYING_STEPS);
	memcpy(steps, trying->steps, sizeof trying->steps);
	trial->steps = (struct rows){ steps, trying->count };
	trial->state = TRIAL_PASSED;
	for (int i = 0; i < trying->count; i++)
		if (steps[i].state == STEP_FAILED)
			trial->state = TRIAL_FAILED;
	trial->ended_at = now;
}
