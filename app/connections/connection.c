/* Connections: storage. */
#include "connections/connection.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/store/version.h"

static const char CONNECTIONS[] = "connections";

static const char *const trial_names[] = {
	[TRIAL_NONE] = "none", [TRIAL_WAITING] = "waiting", [TRIAL_PASSED] = "passed", [TRIAL_FAILED] = "failed"
};
const struct choices trial_states = CHOICES(trial_names);
static const char *const step_names[] = {
	[STEP_PASSED] = "passed", [STEP_FAILED] = "failed", [STEP_SKIPPED] = "skipped"
};
const struct choices step_states = CHOICES(step_names);

static const struct field smtp_fields[] = {
	FIELD(struct connection_smtp, host, .max = 253),
	FIELD(struct connection_smtp, port, .max = 65535, .doc = "465: TLS from the start; otherwise STARTTLS"),
	FIELD(struct connection_smtp, username, .max = 320),
	FIELD(struct connection_smtp, tls, .flags = FIELD_TRUE, .doc = "False only for a server on this machine"),
};
const struct record_type connection_smtp_record = RECORD_TYPE("ConnectionSmtp", struct connection_smtp, smtp_fields);

static const struct field secret_fields[] = {
	FIELD(struct connection_secret, name),
	FIELD(struct connection_secret, sealed, .flags = FIELD_PRIVATE),
	FIELD(struct connection_secret, set_at),
};
static const struct record_type secret_record = RECORD_TYPE("ConnectionSecret", struct connection_secret,
                                                            secret_fields);

static const struct field step_fields[] = {
	FIELD(struct trial_step, name),
	FIELD(struct trial_step, state, .choices = &step_states),
	FIELD(struct trial_step, words),
};
static const struct record_type step_record = RECORD_TYPE("ConnectionTestStep", struct trial_step, step_fields);

static const struct field trial_fields[] = {
	FIELD(struct trial, state, .choices = &trial_states),
	FIELD(struct trial, asked_at),
	FIELD(struct trial, ended_at),
	FIELD(struct trial, asked_by),
	FIELD_LIST(struct trial, steps, step_record),
};
static const struct record_type trial_record = RECORD_TYPE("ConnectionTest", struct trial, trial_fields);

static const struct field connection_fields[] = {
	FIELD(struct connection, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct connection, provider, .choices = &providers),
	FIELD(struct connection, name),
	FIELD(struct connection, org_id),
	FIELD(struct connection, base_url),
	FIELD(struct connection, client_id),
	FIELD(struct connection, account_sid),
	FIELD(struct connection, from_phone),
	FIELD(struct connection, from_email),
	FIELD(struct connection, from_name),
	FIELD_RECORD(struct connection, smtp, connection_smtp_record),
	FIELD_RECORD(struct connection, limits, connection_limits_record),
	FIELD(struct connection, sms_rates, .doc = "What a segment costs by the beginning of phone numbers"),
	FIELD(struct connection, priority, .doc = "Of several the one with the smallest is used first"),
	FIELD(struct connection, is_active, .flags = FIELD_TRUE),
	FIELD(struct connection, from_settings, .doc = "It is as the settings say and cannot be changed here"),
	FIELD_LIST(struct connection, secrets, secret_record, .doc = "Which secrets are set, and since when"),
	FIELD_RECORD(struct connection, last_test, trial_record),
	FIELD(struct connection, last_error),
	FIELD(struct connection, last_error_at),
	FIELD(struct connection, last_used_at),
	FIELD(struct connection, created_by),
	FIELD(struct connection, created_at),
	FIELD(struct connection, updated_at),
	FIELD(struct connection, rev, .flags = FIELD_REVISION),
};
const struct record_type connection_record = RECORD_TYPE("Connection", struct connection, connection_fields);

bool connection_list(struct store *store, struct arena *arena, struct rows *connections, struct error *err) {
	return store_list(store, CONNECTIONS, &everything, SORT(asc("name"), asc("_id")), CONNECTIONS_MAX,
	                  &connection_record, arena, &connections->items, &connections->count, err);
}

bool connection_find(struct store *store, const char *id, struct arena *arena, struct connection *connection,
                     bool *found, struct error *err) {
	const char *bare = text_after(text_after(id, "connection_"), "account_");
	return store_find(store, CONNECTIONS, FILTER(by_id_or(bare, "name")), NULL, &connection_record, arena, connection,
	                  found, err);
}

/* Says that the name is taken, if that is why the write failed. */
static bool end_write(struct store *store, bool fine, const char *name, struct error *err) {
	if (fine)
		return version_bump(store, REALM_SETTINGS, err);
	if (err->kind != ERROR_CONFLICT || store_is_stale(err))
		return false;
	(void)error_field(err, "name", "A connection named “%.100s” exists already. Choose another name", name);
	err->kind = ERROR_CONFLICT;
	return false;
}

const struct connection *connection_for_email(const struct rows *connections) {
	const struct connection *all = connections->items, *best = NULL;
	for (int i = 0; i < connections->count; i++) {
		if (all[i].provider != PROVIDER_SMTP)
			continue;
		if (all[i].from_settings)
			return &all[i];
		if (all[i].is_active && (!best || all[i].priority < best->priority))
			best = &all[i];
	}
	return best;
}

bool connection_insert(struct store *store, const struct connection *connection, struct error *err) {
	int64_t others;
	bool was_there;
	if (!store_count(store, CONNECTIONS, FILTER(ne_id("_id", connection->id)), &others, err))
		return false;
	if (others >= CONNECTIONS_MAX)
		return error_set(err, ERROR_INVALID, "There are %d connections, the most there can be. Delete one first",
		                 CONNECTIONS_MAX);
	return end_write(store,
	                 store_create(store, CONNECTIONS, &connection_record, connection, connection->id, &was_there, err),
	                 connection->name, err);
}

static bool check_own(const struct connection *connection, struct error *err) {
	return !connection->from_settings ||
	       error_set(err, ERROR_CONFLICT, "The connection “%s” comes from the settings, and is changed there",
	                 connection->name);
}

bool connection_save(struct store *store, const struct connection *connection, struct error *err) {
	bool found = false;
	if (!check_own(connection, err))
		return false;
	bool fine = store_save(store, CONNECTIONS, FILTER(by_id(connection->id)), &connection_record, connection,
	                       EXCEPT("provider", "last_test", "last_error", "last_error_at", "last_used_at", "created_at",
	                              "created_by"),
	                       &found, err) &&
	            (found || error_set(err, ERROR_MISSING, "The connection “%s” was deleted", connection->name));
	return end_write(store, fine, connection->name, err);
}

bool connection_activate(struct store *store, const struct connection *connection, bool active, struct moment now,
                         struct error *err) {
	bool found;
	return check_own(connection, err) &&
	       store_update(store, CONNECTIONS, FILTER(by_id(connection->id)),
	                    UPDATE(set_bool("is_active", active), set_moment("updated_at", now), add_count("rev", 1)),
	                    &found, err) &&
	       version_bump(store, REALM_SETTINGS, err);
}

/* Uses. */

enum { USERS_MAX = 8 };
static connection_users *users[USERS_MAX];
static int user_count;

void connection_ask_users(connection_users *function) {
	if (user_count < USERS_MAX)
		users[user_count++] = function;
}

void connection_use_add(struct connection_uses *uses, const char *what, const char *name) {
	if (uses->count < CONNECTION_USES_MAX)
		uses->items[uses->count] = (struct connection_use){ what, name };
	uses->count++;
}

bool connection_read_uses(struct store *store, const char *id, struct arena *arena, struct connection_uses *uses,
                          struct error *err) {
	*uses = (struct connection_uses){ 0 };
	for (int i = 0; i < user_count; i++)
		if (!users[i](store, id, arena, uses, err))
			return false;
	return true;
}

bool connection_drop(struct store *store, const struct connection *connection, struct arena *arena, struct error *err) {
	struct connection_uses uses;
	bool found;
	if (!check_own(connection, err) || !connection_read_uses(store, connection->id, arena, &uses, err))
		return false;
	if (uses.count > 0)
		return error_set(err, ERROR_CONFLICT, "The %s “%.80s” uses this connection%s. Choose another one there first",
		                 uses.items[0].what, uses.items[0].name,
		                 uses.count > 1
		                     ? arena_print(arena, ", and %s", text_of_counted(arena, uses.count - 1, "more", "more"))
		                     : "");
	return store_remove(store, CONNECTIONS, FILTER(by_id(connection->id)), &connection_record, connection, &found,
	                    err) &&
	       version_bump(store, REALM_SETTINGS, err);
}

/* What happened. */

bool connection_note_use(struct store *store, const char *id, const char *problem, struct moment now,
                         struct error *err) {
	bool found;
	return store_update(store, CONNECTIONS, FILTER(by_id(id)),
	                    UPDATE(set_moment("last_used_at", now), set_text("last_error", problem),
	                           set_moment("last_error_at", problem ? now : MOMENT_NONE)),
	                    &found, err) &&
	       version_bump(store, REALM_SETTINGS, err);
}

static const char *reason_of(const struct trial *trial) {
	const struct trial_step *steps = trial->steps.items;
	for (int i = 0; i < trial->steps.count; i++)
		if (steps[i].state == STEP_FAILED)
			return steps[i].words;
	return NULL;
}

bool connection_note_trial(struct store *store, const char *id, const struct trial *trial, struct error *err) {
	const char *why = reason_of(trial);
	bool found, over = trial->state == TRIAL_PASSED || trial->state == TRIAL_FAILED;
	return store_update(store, CONNECTIONS, FILTER(by_id(id)),
	                    UPDATE(set_nested("last_test", &trial_record, trial),
	                           over ? set_text("last_error", why) : no_edit(),
	                           over ? set_moment("last_error_at", why ? trial->ended_at : MOMENT_NONE) : no_edit()),
	                    &found, err) &&
	       version_bump(store, REALM_SETTINGS, err);
}

/* Health. */

bool connection_has(const struct connection *connection, const char *secret) {
	const struct connection_secret *secrets = connection->secrets.items;
	for (int i = 0; i < connection->secrets.count; i++)
		if (text_same(secrets[i].name, secret))
			return true;
	return false;
}

static bool lacks_access(const struct connection *connection) {
	return connection->provider == PROVIDER_ZOHO && !connection_has(connection, "refresh_token") &&
	       !connection_has(connection, "cookies") && !connection_has(connection, "headers");
}

struct connection_health connection_health(const struct connection *connection) {
	if (!connection->is_active)
		return (struct connection_health){ "Off", "paused", NULL };
	if (connection->last_test.state == TRIAL_WAITING)
		return (struct connection_health){ "Being tested", "running", NULL };
	if (lacks_access(connection))
		return (struct connection_health){ "Not set up", "unknown", "It has neither a refresh token nor cookies" };
	if (connection->last_error)
		return (struct connection_health){ "Disconnected", "failed", connection->last_error };
	if (connection->last_test.state == TRIAL_PASSED || moment_is_set(connection->last_used_at))
		return (struct connection_health){ "Connected", "ok", NULL };
	return (struct connection_health){ "Not tested", "unknown", NULL };
}
