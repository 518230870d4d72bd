/* Connections: accounts at providers through which objects are read. The document holds no secret: the key is a
 * setting. Currently the only one is to EmailOctopus. */
#ifndef OBSERVING_CONNECTION_H
#define OBSERVING_CONNECTION_H

#include "core/process/settings.h"
#include "core/store/store.h"

struct connection {
	const char *id, *kind, *name, *base_url; /* kind: "emailoctopus" */
	struct moment created_at;
};
extern const struct record_type connection_record;

/* The connection to EmailOctopus: created if missing, its URL updated from the settings. */
bool connection_observed(struct store *store, const struct settings *settings, struct moment now, struct arena *arena,
                         struct connection *connection, struct error *err) MUST_CHECK;

#endif
