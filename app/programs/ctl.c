/* telltale: the command line. */
#include "access/user.h"
#include "audience/customers/customer.h"
#include "connections/connection_commands.h"
#include "core/cli/invocation.h"
#include "core/store/migrate.h"
#include "dispatch/reconcile_commands.h"
#include "inbound/inbound_commands.h"
#include "observing/sync.h"
#include "operate/demo.h"
#include "operate/doctor.h"
#include "operate/upgrade.h"
#include "reports/report.h"
#include "reports/report_commands.h"
#include "reports/request.h"
#include "senders/keys.h"
#include "webhooks/webhook.h"

static char *migrations(const struct invocation *invocation) {
	return arena_print(invocation->arena, "%s/migrations", invocation->settings->root);
}

static bool db_migrate(struct invocation *invocation, struct error *err) {
	int applied;
	if (!upgrade_run(invocation->store, invocation->settings, migrations(invocation), &applied, err))
		return false;
	struct value *map = value_map(invocation->arena);
	value_put_int(map, "applied", applied);
	invocation_say(invocation, map, "%d migration%s applied", applied, applied == 1 ? "" : "s");
	return true;
}

static bool db_status(struct invocation *invocation, struct error *err) {
	if (!migrate_check(invocation->store, migrations(invocation), err))
		return false;
	struct value *map = value_map(invocation->arena);
	value_put_bool(map, "current", true);
	invocation_say(invocation, map, "the schema is up to date");
	return true;
}

static bool db_drop_copy(struct invocation *invocation, struct error *err) {
	const char *copy = invocation_word(invocation, "NAME");
	if (!rewrite_drop_copy(invocation->store, copy, err))
		return false;
	struct value *map = value_map(invocation->arena);
	value_put_text(map, "dropped", copy);
	invocation_say(invocation, map, "%s was dropped", copy);
	return true;
}

static const struct command own_commands[] = {
	{ "db init", { 0 }, NULL, "Creates the schema in an empty database. The same as db migrate.", NULL, db_migrate },
	{ "db migrate",
	  { 0 },
	  NULL,
	  "Applies the migrations that the database lacks, in order.",
	  "A migration that rewrites data needs all programs stopped, and copies the database first.\n"
	  "Can be interrupted: run it again, and it continues where it stopped.",
	  db_migrate },
	{ "db status",
	  { 0 },
	  NULL,
	  "Checks that exactly these migrations were applied; if not, fails and says why.",
	  NULL,
	  db_status },
	{ "db drop-copy",
	  { "NAME" },
	  NULL,
	  "Deletes the copy of the database that a migration made.",
	  "The copy still holds contacts who have been erased since.",
	  db_drop_copy },
	{ "doctor",
	  { 0 },
	  NULL,
	  "Checks everything the console needs, and says how to fix what is wrong.",
	  "Calls the provider once.",
	  doctor_run },
	{ "config check", { 0 }, NULL, "Checks the same as doctor, without calling the provider.", NULL, doctor_config },
	{ 0 },
};

static const struct command *const tables[] = {
	user_commands, own_commands,        sync_commands,    report_commands,    customer_commands,
	demo_commands, connection_commands, inbound_commands, reconcile_commands,
};

int main(int count, char **words) {
	secrets_rotate_also(keys_reseal);
	secrets_rotate_also(webhooks_reseal);
	return command_main(tables, sizeof tables / sizeof *tables, count, words);
}
