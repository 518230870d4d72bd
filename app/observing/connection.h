/* Connections: through what the objects of a provider are seen. A document has no secret: the key is a setting.
 * Written here: the one connection to EmailOctopus. */
#ifndef OBSERVING_CONNECTION_H
#define OBSERVING_CONNECTION_H

#include "core/process/settings.h"
#include "core/store/store.h"

struct connection {
	const char *id, *kind, *name, *base_url; /* kind: "emailoctopus" */
	struct moment created_at;
};
extern const struct record_type connection_record;

/* The connection to EmailOctopus: made when it is missing, its address renewed from the settings. */
bool connection_observed(struct store *store, const struct settings *settings, struct moment now, struct arena *arena,
                         struct connection *connection, struct error *err) MUST_CHECK;

#endif
