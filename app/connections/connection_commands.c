/* Connections on the command line. Secrets are neither shown nor taken here. */
#include "connections/connection_commands.h"

#include <stdio.h>

#include "connections/secrets.h"
#include "connections/trying.h"
#include "connections/words.h"
#include "core/cli/invocation.h"

enum { TURN_MS = 200 };

struct row {
	const char *id, *name, *provider, *server, *sender, *health, *why;
	struct moment tested_at;
};
static const struct field row_fields[] = {
	FIELD(struct row, id),     FIELD(struct row, name),   FIELD(struct row, provider), FIELD(struct row, server),
	FIELD(struct row, sender), FIELD(struct row, health), FIELD(struct row, why),      FIELD(struct row, tested_at),
};
static const struct record_type row_record = RECORD_TYPE("ConnectionRow", struct row, row_fields);

static bool list(struct invocation *invocation, struct error *err) {
	struct rows all;
	if (!connection_list(invocation->store, invocation->arena, &all, err))
		return false;
	const struct connection *connections = all.items;
	struct row *rows = arena_array(invocation->arena, struct row, all.count + 1);
	for (int i = 0; i < all.count; i++) {
		const struct connection_health health = connection_health(&connections[i]);
		rows[i] = (struct row){ connections[i].id,
			                    connections[i].name,
			                    choice_name(&providers, (int)connections[i].provider),
			                    connection_server(&connections[i], invocation->arena),
			                    connection_sender(&connections[i], invocation->arena),
			                    health.label,
			                    health.why,
			                    connections[i].last_test.ended_at };
	}
	invocation_rows(invocation, &row_record, &(struct rows){ rows, all.count });
	return true;
}

static bool find(struct invocation *invocation, struct connection *connection, struct error *err) {
	const char *name = invocation_word(invocation, "NAME");
	bool found;
	return connection_find(invocation->store, name, invocation->arena, connection, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "there is no connection “%.60s”", name));
}

static void say(struct invocation *invocation, const struct connection *connection) {
	static const char *const words[] = { [STEP_PASSED] = "ok", [STEP_FAILED] = "FAILED", [STEP_SKIPPED] = "skipped" };
	struct value *value = record_to_value(&connection_record, connection, invocation->arena);
	const struct trial *test = &connection->last_test;
	const struct trial_step *steps = test->steps.items;
	for (int i = 0; i < test->steps.count && !invocation->json; i++)
		printf("  %-18s %-8s %s\n", trial_step_label(steps[i].name), words[steps[i].state],
		       steps[i].words ? steps[i].words : "");
	invocation_say(invocation, value, "connection %s: %s", connection->name,
	               test->state == TRIAL_PASSED ? "works" : "does not work");
}

static bool test(struct invocation *invocation, struct error *err) {
	struct connection connection;
	if (!find(invocation, &connection, err))
		return false;
	connection.last_test = (struct trial){ .asked_at = invocation->now, .asked_by = "cli" };
	struct trying *trying = trying_begin(invocation->settings, &connection, invocation->arena);
	while (!trying_turn(trying, TURN_MS))
		;
	trying_finish(trying, invocation->now, &connection.last_test);
	if (!connection_note_trial(invocation->store, connection.id, &connection.last_test, err))
		return false;
	say(invocation, &connection);
	return connection.last_test.state == TRIAL_PASSED ||
	       error_set(err, ERROR_UNAVAILABLE, "the test of “%s” failed", connection.name);
}

static bool rotate(struct invocation *invocation, struct error *err) {
	struct keyring ring = secrets_ring(invocation->settings);
	struct rotation rotation;
	bool fine = secrets_rotate(invocation->store, &ring, invocation->arena, &rotation, err);
	keyring_wipe(&ring);
	if (!fine)
		return false;
	struct value *map = value_map(invocation->arena);
	value_put_int(map, "connections", rotation.connections);
	value_put_int(map, "secrets", rotation.secrets);
	value_put_int(map, "sealed", rotation.sealed);
	value_put_int(map, "lost", rotation.lost);
	invocation_say(invocation, map, "%lld of %lld secrets sealed anew with the key of CREDENTIALS_KEY",
	               (long long)rotation.sealed, (long long)rotation.secrets);
	return rotation.lost == 0 ||
	       error_set(err, ERROR_CONFLICT,
	                 "%lld could not be opened: set the key under which they were stored as CREDENTIALS_KEYS_OLD, or "
	                 "type them again",
	                 (long long)rotation.lost);
}

const struct command connection_commands[] = {
	{ "connection list", { 0 }, NULL, "Lists the connections and their state.", NULL, list },
	{ "connection test",
	  { "NAME" },
	  NULL,
	  "Tests a connection, given by name or id, step by step. Sends nothing.",
	  NULL,
	  test },
	{ "connection rotate",
	  { 0 },
	  NULL,
	  "Encrypts the stored passwords and keys again, with CREDENTIALS_KEY.",
	  "Put the key they were stored with into CREDENTIALS_KEYS_OLD first. Can be interrupted and run again.",
	  rotate },
	{ 0 },
};
