/* Connections: storage. */
#include "observing/connection.h"

static const char CONNECTIONS[] = "connections", EMAILOCTOPUS[] = "emailoctopus";

static const struct field connection_fields[] = {
	FIELD(struct connection, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct connection, kind),
	FIELD(struct connection, name),
	FIELD(struct connection, base_url),
	FIELD(struct connection, created_at),
};
const struct record_type connection_record = RECORD_TYPE("Connection", struct connection, connection_fields);

static bool find(struct store *store, struct arena *arena, struct connection *connection, bool *found,
                 struct error *err) {
	return store_find(store, CONNECTIONS, FILTER(eq_text("kind", EMAILOCTOPUS)), NULL, &connection_record, arena,
	                  connection, found, err);
}

bool connection_observed(struct store *store, const struct settings *settings, struct moment now, struct arena *arena,
                         struct connection *connection, struct error *err) {
	bool found, was_there;
	if (!find(store, arena, connection, &found, err))
		return false;
	if (!found) {
		*connection = (struct connection){ store_new_id(arena), EMAILOCTOPUS, "EmailOctopus", settings->api_url, now };
		/* Another process may do the same at this moment: the unique index on the kind admits one. */
		if (!store_insert_once(store, CONNECTIONS, &connection_record, connection, &was_there, err) ||
		    (was_there && !find(store, arena, connection, &found, err)))
			return false;
	}
	if (text_same(connection->base_url, settings->api_url))
		return true;
	connection->base_url = settings->api_url;
	return store_update(store, CONNECTIONS, FILTER(by_id(connection->id)),
	                    UPDATE(set_text("base_url", connection->base_url)), &found, err);
}
