/* What all senders have learnt of the mailbox providers that a connection sends to (sending/destination.h has the
 * rules): documents of `send_destinations`, one for each that ever put anybody off. */
#ifndef SENDER_DESTINATIONS_H
#define SENDER_DESTINATIONS_H

#include "core/store/store.h"
#include "sending/destination.h"

enum { DESTINATIONS_MAX = 200 };

struct known_destination {
	const char *id, *key; /* key: "CONNECTION:NAME" */
	const char *connection_id, *name;
	struct destination pace;
	struct moment updated_at;
	int64_t rev;
};

/* Those that are limited now, by name. */
bool destinations_limited(struct store *store, const char *connection_id, struct arena *arena,
                          struct known_destination **destinations, int *count, struct error *err) MUST_CHECK;

struct destination_report {
	const char *connection_id, *name;
	struct destination_replies replies;
	int64_t minute; /* how many went there in the last minute */
};

/* *slowed: because of this report; then *destination is how it stands. */
bool destination_tell(struct store *store, const struct destination_report *report, struct moment now,
                      struct arena *arena, bool *slowed, struct known_destination *destination,
                      struct error *err) MUST_CHECK;

#endif
