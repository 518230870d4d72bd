/* Adding and changing connections. */
#include <string.h>

#include "connections/connection_pages.h"
#include "connections/request.h"
#include "connections/secrets.h"
#include "connections/words.h"
#include "core/http/parts.h"

/* The form. */

static const char *number_text(struct arena *arena, int64_t number) {
	return number == COUNT_NONE ? NULL : arena_print(arena, "%lld", (long long)number);
}

static void put(struct exchange *x, struct value *view, const char *name, const char *stored) {
	part_field(x, view, name, exchange_typed(x, name, stored));
}

static void put_choices(struct exchange *x, struct value *view, const struct connection *connection) {
	enum provider provider = (enum provider)connection->provider;
	const char *own = provider_url(provider, x->settings), *now = exchange_typed(x, "base_url", connection->base_url);
	struct value *places = part_select(x, view, "base_url");
	bool listed = false;
	if (!now)
		now = own;
	for (const struct provider_place *place = provider_rows[provider].places; place && place->name; place++) {
		put_choice(places, place->url, place->name, text_same(place->url, now));
		listed |= text_same(place->url, own);
	}
	if (!listed && own)
		put_choice(places, own, arena_print(x->arena, "As set here: %s", own), text_same(own, now));
	struct value *tls = part_select(x, view, "tls");
	bool on = !text_same(exchange_typed(x, "tls", connection->smtp.tls ? "on" : "off"), "off");
	put_choice(tls, "on", "Yes", on);
	put_choice(tls, "off", "No, it is on this machine", !on);
}

static void put_texts(struct exchange *x, struct value *view, const struct connection *connection) {
	const struct connection_smtp *smtp = &connection->smtp;
	put(x, view, "name", connection->name);
	put(x, view, "host", smtp->host);
	put(x, view, "port", number_text(x->arena, smtp->port));
	put(x, view, "username", smtp->username);
	put(x, view, "from_email", connection->from_email);
	put(x, view, "from_name", connection->from_name);
	put(x, view, "from_phone", connection->from_phone);
	put(x, view, "sms_rates", strings_join(x->arena, &connection->sms_rates, "\n"));
	put(x, view, "account_sid", connection->account_sid);
	put(x, view, "client_id", connection->client_id);
	put(x, view, "org_id", connection->org_id);
	put(x, view, "priority", number_text(x->arena, connection->priority));
	for (int i = 0; i < connection_limits_record.count; i++) {
		const struct field *field = &connection_limits_record.fields[i];
		const int64_t *limit = (const int64_t *)(const void *)((const char *)&connection->limits + field->offset);
		put(x, view, field->name, number_text(x->arena, *limit));
	}
}

/* Controls for secrets never have a value: what was typed is typed again. */
static void put_secrets(struct exchange *x, struct value *view, const struct connection *connection) {
	static const char *const all[] = { "password",      "api_key", "auth_token", "client_secret",
		                               "refresh_token", "cookies", "headers" };
	const struct connection_secret *secrets = connection->secrets.items;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		part_field(x, view, all[i], NULL);
	struct value *set = value_put(view, "set", value_map(x->arena));
	set->sparse = true;
	struct value *rows = value_put(view, "secrets", value_list(x->arena));
	for (int i = 0; i < connection->secrets.count; i++) {
		const char *since = arena_print(x->arena, "Set on %s. Leave it empty to keep it.",
		                                text_of_day(x->arena, secrets[i].set_at));
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(set, secrets[i].name, since);
		value_put_text(row, "name", secrets[i].name);
		value_put_text(row, "word", secret_word(secrets[i].name));
	}
	value_put_bool(view, "has_secrets", connection->secrets.count > 0);
}

static void put_asks(struct value *view, unsigned asks, enum provider provider) {
	static const char *const names[] = {
		"asks_smtp", "asks_sender", "asks_phone", "asks_org", "asks_sid", "asks_client"
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		value_put_bool(view, names[i], (asks & (1U << i)) != 0);
	value_put_bool(view, "asks_api_key", provider == PROVIDER_SENDGRID);
	value_put_bool(view, "asks_place", provider_rows[provider].places != NULL);
	value_put_bool(view, "is_sms", provider_rows[provider].channels == CHANNEL_SMS);
}

/* A form shown again names its fields without "smtp.". */
static void strip_paths(struct exchange *x) {
	for (int i = 0; i < x->problems.count; i++)
		x->problems.items[i].field = text_after(text_after(x->problems.items[i].field, "smtp."), "limits.");
}

static bool show_form(struct exchange *x, const struct connection *connection, struct error *err) {
	struct value *view = value_map(x->arena);
	const struct provider_row *row = &provider_rows[connection->provider];
	bool is_new = text_is_empty(connection->id);
	strip_paths(x);
	put_texts(x, view, connection);
	put_choices(x, view, connection);
	put_secrets(x, view, connection);
	put_asks(view, row->asks, (enum provider)connection->provider);
	struct value *late = put_late(x, view);
	if (!is_new) {
		put_saved(late, "Name", connection->name, exchange_typed(x, "name", connection->name));
		put_saved(late, "Server", connection->smtp.host, exchange_typed(x, "host", connection->smtp.host));
		put_saved(late, "User name", connection->smtp.username,
		          exchange_typed(x, "username", connection->smtp.username));
		put_saved(late, "Sender address", connection->from_email,
		          exchange_typed(x, "from_email", connection->from_email));
	}
	value_put_text(view, "id", is_new ? NULL : connection->id);
	value_put_text(view, "title", is_new ? NULL : connection->name);
	value_put_text(view, "provider", choice_name(&providers, (int)connection->provider));
	value_put_text(view, "provider_label", row->label);
	value_put_text(view, "about", row->about);
	value_put_bool(view, "has_key", !text_is_empty(x->settings->credentials_key));
	value_put_text(view, "rev", is_new ? NULL : exchange_revision(x, connection->rev));
	return reply_page(x, "connections/form",
	                  is_new ? arena_print(x->arena, "Add a connection: %s", row->label) : connection->name,
	                  "connections", view, err);
}

static bool show_choices(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct value *rows = value_put(view, "providers", value_list(x->arena));
	for (int i = 0; i < PROVIDERS; i++) {
		if (provider_rows[i].given)
			continue;
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "key", choice_name(&providers, i));
		value_put_text(row, "label", provider_rows[i].label);
		value_put_text(row, "mark", provider_rows[i].mark);
		value_put_text(row, "about", provider_rows[i].about);
	}
	return reply_page(x, "connections/choose", "Add a connection", "connections", view, err);
}

static struct connection blank(enum provider provider) {
	struct connection connection;
	record_clear(&connection_record, &connection);
	connection.provider = (unsigned)provider;
	connection.is_active = true;
	connection.limits = provider_rows[provider].limits;
	connection.smtp.port = provider == PROVIDER_SMTP ? 587 : COUNT_NONE;
	return connection;
}

static bool show_new(struct exchange *x, struct error *err) {
	int provider;
	const char *asked = x->form.count ? params_get(&x->form, "provider") : params_get(&x->query, "provider");
	if (text_is_empty(asked) || !choice_find(&providers, asked, &provider) || provider_rows[provider].given)
		return show_choices(x, err);
	const struct connection connection = blank((enum provider)provider);
	return show_form(x, &connection, err);
}

static bool show_edit(struct exchange *x, struct error *err) {
	struct connection connection;
	if (!connection_of_address(x, &connection, err))
		return false;
	if (connection.from_settings)
		return reply_redirect(x, arena_print(x->arena, "/connections/%s", connection.id));
	return show_form(x, &connection, err);
}

/* Saving. */

static bool apply(struct exchange *x, const struct connection_request *request, struct connection *connection,
                  struct error *err) {
	struct keyring ring = secrets_ring(x->settings);
	bool fine = request_apply(request, x->settings, &ring, x->now, x->arena, connection, &x->problems, err);
	keyring_wipe(&ring);
	return fine;
}

static bool create(struct exchange *x, struct error *err) {
	struct connection_request request = *(const struct connection_request *)x->input;
	enum provider provider;
	if (!request_provider(&request, &provider, err))
		return false;
	struct connection connection = blank(provider);
	connection.id = exchange_new_id(x);
	connection.created_by = x->identity.user;
	connection.created_at = x->now;
	if (!x->wants_json)
		request.is_active = true;
	else if (!value_get(x->json, "limits"))
		request.limits = connection.limits;
	return apply(x, &request, &connection, err) && connection_insert(x->store, &connection, err) &&
	       reply_connection(x, connection.id, "created", err);
}

/* What a client leaves out stays as it was. */
static void keep_absent(struct exchange *x, const struct connection *before, struct connection_request *request) {
	const struct connection_request was = { .name = before->name,
		                                    .org_id = before->org_id,
		                                    .base_url = before->base_url,
		                                    .client_id = before->client_id,
		                                    .account_sid = before->account_sid,
		                                    .from_phone = before->from_phone,
		                                    .from_email = before->from_email,
		                                    .from_name = before->from_name,
		                                    .smtp = before->smtp,
		                                    .limits = before->limits,
		                                    .sms_rates = before->sms_rates,
		                                    .priority = before->priority,
		                                    .is_active = before->is_active };
	static const char *const names[] = { "name",       "org_id",     "base_url",  "client_id", "account_sid",
		                                 "from_phone", "from_email", "from_name", "smtp",      "limits",
		                                 "priority",   "is_active",  "sms_rates" };
	struct strings absent = { arena_array(x->arena, const char *, sizeof names / sizeof *names), 0 };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!value_get(x->json, names[i]))
			absent.items[absent.count++] = names[i];
	record_keep(&connection_request_record, request, &was, &absent, x->arena);
}

static bool check_provider(const struct connection_request *request, const struct connection *connection,
                           struct error *err) {
	return text_is_empty(request->provider) ||
	       text_same(request->provider, choice_name(&providers, (int)connection->provider)) ||
	       error_field(err, "provider", "A connection stays with its provider. Add another one instead");
}

static bool change(struct exchange *x, struct error *err) {
	struct connection_request request = *(const struct connection_request *)x->input;
	struct connection before;
	if (!connection_of_address(x, &before, err))
		return false;
	if (before.from_settings)
		return error_set(err, ERROR_CONFLICT, "The connection “%s” comes from the settings, and is changed there",
		                 before.name);
	if (x->wants_json)
		keep_absent(x, &before, &request);
	else
		request.is_active = before.is_active;
	struct connection after = before;
	if (!check_provider(&request, &before, err) || !apply(x, &request, &after, err))
		return false;
	if (connection_save(x->store, &after, err))
		return reply_connection(x, before.id, "saved", err);
	return store_is_stale(err) && connection_of_address(x, &before, err) &&
	       exchange_stale(x, &connection_record, &before, err);
}

const struct route connection_change_routes[] = {
	{ "GET", "/connections/new", GUARD_SIGNED_IN, show_new },
	{ "GET", "/connections/:connection_id/edit", GUARD_SIGNED_IN, show_edit },
	{ "POST", "/connections", GUARD_SIGNED_IN, create, .input = &connection_form_record, .form = show_new,
	  .creates = true },
	{ "POST", "/connections/:connection_id", GUARD_SIGNED_IN, change, .input = &connection_form_record,
	  .form = show_edit },
	{ "POST", "/api/accounts", GUARD_SIGNED_IN, create, .summary = "Add a connection", .output = &connection_record,
	  .shape = "health:text", .input = &connection_request_record, .creates = true },
	{ "PUT", "/api/accounts/:account_id", GUARD_SIGNED_IN, change,
	  .summary = "Change a connection; what is left out stays", .output = &connection_record, .shape = "health:text",
	  .input = &connection_request_record },
	{ 0 },
};
