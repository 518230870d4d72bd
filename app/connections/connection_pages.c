/* Connections: all of them, one with its newest test; testing, turning off and deleting; as pages and JSON. */
#include "connections/connection_pages.h"

#include "connections/trying.h"
#include "connections/used_view_pages.h"
#include "connections/words.h"
#include "core/http/parts.h"

bool connection_of_address(struct exchange *x, struct connection *connection, struct error *err) {
	bool found;
	return connection_find(x->store, x->values[0], x->arena, connection, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "There is no connection “%.60s”", x->values[0]));
}

/* JSON. */

static struct value *json_of(const struct connection *connection, struct arena *arena) {
	const struct connection_health health = connection_health(connection);
	struct value *value = record_to_value(&connection_record, connection, arena);
	value_put_text(value, "health", health.label);
	return value;
}

bool reply_connection(struct exchange *x, const char *id, const char *done, struct error *err) {
	struct connection connection;
	bool found;
	if (!connection_find(x->store, id, x->arena, &connection, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "There is no connection “%.60s”", id);
	return reply_done(x, arena_print(x->arena, "/connections/%s?done=%s", connection.id, done),
	                  json_of(&connection, x->arena));
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows all;
	struct value *list = value_list(x->arena);
	if (!connection_list(x->store, x->arena, &all, err))
		return false;
	const struct connection *connections = all.items;
	for (int i = 0; i < all.count; i++)
		(void)value_push(list, json_of(&connections[i], x->arena));
	return reply_json(x, list);
}

static bool show_api(struct exchange *x, struct error *err) {
	struct connection connection;
	return connection_of_address(x, &connection, err) && reply_json(x, json_of(&connection, x->arena));
}

/* Pages. */

static void put_facts(const struct exchange *x, struct value *view, const struct connection *connection) {
	struct arena *arena = x->arena;
	const struct provider_row *row = &provider_rows[connection->provider];
	const struct connection_health health = connection_health(connection);
	const struct trial *test = &connection->last_test;
	value_put_text(view, "id", connection->id);
	value_put_text(view, "name", connection->name);
	value_put_text(view, "mark", row->mark);
	value_put_text(view, "provider", row->label);
	value_put_text(view, "channel", row->channel);
	value_put_text(view, "server", connection_server(connection, arena));
	value_put_text(view, "sender", connection_sender(connection, arena));
	value_put_text(view, "limits", limits_words(&connection->limits, row->channels == CHANNEL_SMS, arena));
	value_put_text(view, "status", health.label);
	value_put_text(view, "status_kind", health.kind);
	value_put_text(view, "why", health.why);
	value_put_bool(view, "alarm", text_same(health.kind, "failed"));
	value_put_text(view, "used",
	               moment_is_set(connection->last_used_at)
	                   ? text_of_moment_near(arena, connection->last_used_at, x->now)
	                   : NULL);
	value_put_text(view, "tested",
	               moment_is_set(test->ended_at) ? text_of_moment_near(arena, test->ended_at, x->now) : NULL);
	value_put_bool(view, "testing", test->state == TRIAL_WAITING);
	value_put_bool(view, "is_active", connection->is_active);
	value_put_bool(view, "from_settings", connection->from_settings);
	value_put_bool(view, "is_demo_mail", connection_is_demo(connection, x->settings));
	value_put_text(view, "priority",
	               connection->priority == COUNT_NONE ? NULL : text_of_count(arena, connection->priority));
}

static const char *const done_words[][2] = { { "created", "Connection added" },
	                                         { "saved", "Connection saved" },
	                                         { "off", "Connection turned off" },
	                                         { "on", "Connection turned on" },
	                                         { NULL } };

static bool show_all(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct rows all;
	bool any = false;
	if (!connection_list(x->store, x->arena, &all, err))
		return false;
	struct value *observing = value_put(view, "observing", value_list(x->arena));
	struct value *sending = value_put(view, "sending", value_list(x->arena));
	const struct connection *connections = all.items;
	for (int i = 0; i < all.count; i++) {
		bool observed = connections[i].provider == PROVIDER_EMAILOCTOPUS;
		struct value *row = value_push(observed ? observing : sending, value_map(x->arena));
		put_facts(x, row, &connections[i]);
		if (!limits_used_put(x, row, &connections[i], err))
			return false;
		any |= !observed;
	}
	value_put_bool(view, "has_observing", observing->count > 0);
	value_put_bool(view, "has_sending", any);
	value_put_bool(view, "deleted", params_get(&x->query, "deleted") != NULL);
	return reply_page(x, "connections/connections", "Connections", "connections", view, err);
}

static void put_test(const struct exchange *x, struct value *view, const struct trial *test) {
	static const char *const kinds[] = { [STEP_PASSED] = "done", [STEP_FAILED] = "failed", [STEP_SKIPPED] = "unknown" };
	static const char *const labels[] = {
		[STEP_PASSED] = "Passed", [STEP_FAILED] = "Failed", [STEP_SKIPPED] = "Skipped"
	};
	struct value *rows = value_put(view, "steps", value_list(x->arena));
	const struct trial_step *steps = test->steps.items;
	for (int i = 0; i < test->steps.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "name", trial_step_label(steps[i].name));
		value_put_text(row, "kind", kinds[steps[i].state]);
		value_put_text(row, "state", labels[steps[i].state]);
		value_put_text(row, "words", steps[i].words);
	}
	value_put_bool(view, "has_steps", test->steps.count > 0);
	value_put_text(view, "asked_by", test->state == TRIAL_NONE ? NULL : text_of_author(x->arena, test->asked_by));
}

static void put_secrets(const struct exchange *x, struct value *view, const struct connection *connection) {
	struct value *rows = value_put(view, "secrets", value_list(x->arena));
	const struct connection_secret *secrets = connection->secrets.items;
	for (int i = 0; i < connection->secrets.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "label", secret_label(secrets[i].name));
		value_put_text(row, "set", text_of_day(x->arena, secrets[i].set_at));
	}
	value_put_bool(view, "has_secrets", connection->secrets.count > 0);
}

static bool show_one(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct connection connection;
	struct connection_uses uses;
	if (!connection_of_address(x, &connection, err) ||
	    !connection_read_uses(x->store, connection.id, x->arena, &uses, err))
		return false;
	put_facts(x, view, &connection);
	if (!limits_used_put(x, view, &connection, err))
		return false;
	put_test(x, view, &connection.last_test);
	put_secrets(x, view, &connection);
	value_put_text(view, "org_id", connection.org_id);
	value_put_text(view, "account_sid", connection.account_sid);
	value_put_bool(view, "observes", connection.provider == PROVIDER_EMAILOCTOPUS);
	value_put_bool(view, "is_default", connection.from_settings && connection.provider == PROVIDER_SMTP);
	value_put_bool(view, "plain", connection.smtp.host && !connection.smtp.tls);
	value_put_bool(view, "secured", connection.smtp.host && connection.smtp.tls);
	struct value *rows = value_put(view, "uses", value_list(x->arena));
	for (int i = 0; i < uses.count && i < CONNECTION_USES_MAX; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "what", uses.items[i].what);
		value_put_text(row, "name", uses.items[i].name);
	}
	value_put_bool(view, "has_uses", uses.count > 0);
	value_put_text(view, "done", exchange_done(x, done_words));
	value_put_bool(view, "turned_off", text_same(params_get(&x->query, "done"), "off"));
	return reply_page(x, "connections/connection", connection.name, "connections", view, err);
}

/* Actions. */

static bool test(struct exchange *x, struct error *err) {
	struct connection connection;
	return connection_of_address(x, &connection, err) &&
	       connection_ask_test(x->store, &connection, x->identity.user, x->now, x->arena, err) &&
	       reply_connection(x, connection.id, "test", err);
}

struct activation {
	bool is_active;
};
static const struct field activation_fields[] = { FIELD(struct activation, is_active) };
static const struct record_type activation_record = RECORD_TYPE("ConnectionActivation", struct activation,
                                                                activation_fields);

static bool activate(struct exchange *x, struct error *err) {
	const struct activation *asked = x->input;
	struct connection connection;
	return connection_of_address(x, &connection, err) &&
	       connection_activate(x->store, &connection, asked->is_active, x->now, err) &&
	       reply_connection(x, connection.id, asked->is_active ? "on" : "off", err);
}

static bool ask_drop(struct exchange *x, struct error *err) {
	struct connection connection;
	if (!connection_of_address(x, &connection, err))
		return false;
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Delete the connection “%s”?", connection.name),
		.lines = { "Its passwords and keys are deleted, too. One that something uses cannot be deleted.",
		           connection.is_active ? "To stop using it for a while, turn it off instead." : NULL },
		.button = "Delete connection",
		.back = arena_print(x->arena, "/connections/%s", connection.id),
		.place = connection.name,
		.active = "connections",
	};
	return reply_confirm(x, &confirm, err);
}

static bool drop(struct exchange *x, struct error *err) {
	struct connection connection;
	return connection_of_address(x, &connection, err) && connection_drop(x->store, &connection, x->arena, err) &&
	       reply_deleted(x, "/connections?deleted=1");
}

#define SHAPE .shape = "health:text"

const struct route connection_routes[] = {
	{ "GET", "/connections", GUARD_SIGNED_IN, show_all },
	{ "GET", "/connections/:connection_id", GUARD_SIGNED_IN, show_one },
	{ "POST", "/connections/:connection_id/test", GUARD_SIGNED_IN, test, .form = show_one },
	{ "POST", "/connections/:connection_id/active", GUARD_SIGNED_IN, activate, .input = &activation_record,
	  .form = show_one },
	{ "GET", "/connections/:connection_id/delete", GUARD_SIGNED_IN, ask_drop },
	{ "POST", "/connections/:connection_id/delete", GUARD_SIGNED_IN, drop, .form = ask_drop },
	{ "GET", "/api/accounts", GUARD_SIGNED_IN, list_api, .summary = "Connections to providers",
	  .output = &connection_record, .list = true, SHAPE, .realms = REALM_SETTINGS },
	{ "GET", "/api/accounts/:account_id", GUARD_SIGNED_IN, show_api, .summary = "One connection",
	  .output = &connection_record, SHAPE, .realms = REALM_SETTINGS },
	{ "POST", "/api/accounts/:account_id/test", GUARD_SIGNED_IN, test,
	  .summary = "Test a connection without sending anything; last_test then has the steps", .status = 202,
	  .output = &connection_record, SHAPE },
	{ "DELETE", "/api/accounts/:account_id", GUARD_SIGNED_IN, drop,
	  .summary = "Delete a connection; refused while something uses it", .shape = "deleted:bool" },
	{ 0 },
};
