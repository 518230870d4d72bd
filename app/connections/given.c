/* The connections that come from the settings. */
#include <string.h>

#include "connections/connection.h"
#include "core/store/version.h"

static const char CONNECTIONS[] = "connections", DEFAULT[] = "default";

static const char *absent_if_empty(const char *text) {
	return text_is_empty(text) ? NULL : text;
}

static bool same_as_given(const struct connection *stored, const struct connection *given) {
	return stored->from_settings && stored->is_active && text_same(stored->base_url, given->base_url) &&
	       text_same(stored->from_email, given->from_email) && text_same(stored->from_name, given->from_name) &&
	       record_same(&connection_smtp_record, &stored->smtp, &given->smtp) &&
	       record_same(&connection_limits_record, &stored->limits, &given->limits);
}

static bool read_back(struct store *store, const struct filter *which, struct arena *arena,
                      struct connection *connection, struct error *err) {
	bool found;
	return store_find(store, CONNECTIONS, which, NULL, &connection_record, arena, connection, &found, err) &&
	       (found || error_set(err, ERROR_CONFLICT, "a connection of the settings has vanished"));
}

/* Another process may create it at this moment: an index admits one. */
static bool create(struct store *store, const struct filter *which, const struct connection *given, struct arena *arena,
                   struct connection *connection, struct error *err) {
	bool was_there;
	*connection = *given;
	connection->id = store_new_id(arena);
	if (!store_insert_once(store, CONNECTIONS, &connection_record, connection, &was_there, err))
		return false;
	return was_there ? read_back(store, which, arena, connection, err) : version_bump(store, REALM_SETTINGS, err);
}

static bool settle(struct store *store, const struct filter *which, const struct connection *given, struct arena *arena,
                   struct connection *connection, struct error *err) {
	bool found;
	if (!store_find(store, CONNECTIONS, which, NULL, &connection_record, arena, connection, &found, err))
		return false;
	if (!found)
		return create(store, which, given, arena, connection, err);
	if (same_as_given(connection, given))
		return true;
	return store_update(store, CONNECTIONS, FILTER(by_id(connection->id)),
	                    UPDATE(set_record(&connection_record, given,
	                                      ONLY("base_url", "from_email", "from_name", "smtp", "limits", "is_active",
	                                           "from_settings", "updated_at"))),
	                    &found, err) &&
	       version_bump(store, REALM_SETTINGS, err) && read_back(store, which, arena, connection, err);
}

static struct connection given_of(enum provider provider, const char *name, struct moment now) {
	struct connection given;
	record_clear(&connection_record, &given);
	given.provider = (unsigned)provider;
	given.name = name;
	given.is_active = given.from_settings = true;
	given.limits = provider_rows[provider].limits;
	given.created_at = given.updated_at = now;
	return given;
}

bool connection_observed(struct store *store, const struct settings *settings, struct moment now, struct arena *arena,
                         struct connection *connection, struct error *err) {
	struct connection given = given_of(PROVIDER_EMAILOCTOPUS, "EmailOctopus", now);
	given.base_url = settings->api_url;
	given.limits.per_second = settings->calls_per_second;
	return settle(store, FILTER(eq_choice("provider", &providers, PROVIDER_EMAILOCTOPUS)), &given, arena, connection,
	              err);
}

/* No mail server is set any more. */
static bool turn_off(struct store *store, struct error *err) {
	bool found;
	return store_update(store, CONNECTIONS,
	                    FILTER(eq_text("name", DEFAULT), eq_bool("from_settings", true), ne_bool("is_active", false)),
	                    UPDATE(set_bool("is_active", false)), &found, err) &&
	       (!found || version_bump(store, REALM_SETTINGS, err));
}

bool connection_is_demo(const struct connection *connection, const struct settings *settings) {
	return settings->mail_is_demo && connection->from_settings && connection->provider == PROVIDER_SMTP;
}

bool connection_default(struct store *store, const struct settings *settings, struct moment now, struct arena *arena,
                        struct connection *connection, bool *found, struct error *err) {
	struct connection given = given_of(PROVIDER_SMTP, DEFAULT, now);
	*found = !text_is_empty(settings->smtp_host);
	if (!*found)
		return turn_off(store, err);
	given.smtp = (struct connection_smtp){ .host = settings->smtp_host,
		                                   .port = settings->smtp_port,
		                                   .username = absent_if_empty(settings->smtp_user),
		                                   .tls = settings->smtp_tls };
	given.limits.per_second = COUNT_NONE; /* MAX_EMAILS_PER_SECOND holds for it as for the others */
	given.from_email = absent_if_empty(settings->smtp_from);
	given.from_name = absent_if_empty(settings->smtp_from_name);
	return settle(store, FILTER(eq_text("name", DEFAULT)), &given, arena, connection, err);
}
