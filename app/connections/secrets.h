/* The secrets of a connection: sealed under CREDENTIALS_KEY, bound to the connection and their name. Whoever opens one
 * wipes the buffer after use (secret_wipe). */
#ifndef CONNECTIONS_SECRETS_H
#define CONNECTIONS_SECRETS_H

#include "connections/connection.h"
#include "core/base/sealed.h"

/* The keys of the settings, which have been checked. Wipe it (keyring_wipe). */
struct keyring secrets_ring(const struct settings *settings);

/* Puts it among the connection's secrets, instead of an earlier one. CONFLICT, with the secret as field, without a
 * key. */
bool secret_put(const struct keyring *ring, struct connection *connection, const char *name, const char *value,
                struct moment now, struct arena *arena, struct error *err) MUST_CHECK;
/* Removes it; no-op if it is not set. */
void secret_forget(struct connection *connection, const char *name);

/* Appends it to `out`; nothing if it is not set. CONFLICT, in words for people, if it does not open. */
bool secret_get(const struct keyring *ring, const struct connection *connection, const char *name, struct buf *out,
                struct error *err) MUST_CHECK;

struct rotation {
	int64_t connections, secrets, sealed; /* all, and how many secrets are newly sealed */
	int64_t lost;                         /* could not be opened: they stay as they are */
};

/* Rooms that seal secrets of their own tell so at the start of a program: secrets_rotate calls them, too. */
typedef bool secrets_rotator(struct store *store, const struct keyring *ring, struct arena *arena,
                             struct rotation *rotation, struct error *err);
void secrets_rotate_also(secrets_rotator *rotator);
/* Seals anew, with the first key, what another one sealed. May be interrupted and repeated. */
bool secrets_rotate(struct store *store, const struct keyring *ring, struct arena *arena, struct rotation *rotation,
                    struct error *err) MUST_CHECK;

#endif
