/* Secrets of connections. */
#include "connections/secrets.h"

#include <string.h>

#include "core/base/secret.h"

static const char CONNECTIONS[] = "connections";

struct keyring secrets_ring(const struct settings *settings) {
	struct error ignored;
	struct keyring ring;
	if (!keyring_read(settings->credentials_key, settings->credentials_old, "CREDENTIALS_KEY", &ring, &ignored))
		ring.count = 0;
	return ring;
}

static const char *place_of(const struct connection *connection, const char *name, struct arena *arena) {
	return arena_print(arena, "connection/%s/%s", connection->id, name);
}

static struct connection_secret *find(const struct connection *connection, const char *name) {
	struct connection_secret *secrets = connection->secrets.items;
	for (int i = 0; i < connection->secrets.count; i++)
		if (text_same(secrets[i].name, name))
			return &secrets[i];
	return NULL;
}

bool secret_put(const struct keyring *ring, struct connection *connection, const char *name, const char *value,
                struct moment now, struct arena *arena, struct error *err) {
	BUF_AUTO sealed = { 0 };
	if (ring->count == 0) {
		(void)error_field(err, name,
		                  "Passwords and keys cannot be stored here: CREDENTIALS_KEY is not set. Run deploy/up, which "
		                  "makes one");
		err->kind = ERROR_CONFLICT;
		return false;
	}
	sealed_close(ring, place_of(connection, name, arena), value, strlen(value), &sealed);
	char *bytes = arena_alloc(arena, sealed.size);
	memcpy(bytes, sealed.bytes, sealed.size);
	struct connection_secret secret = { name, { bytes, sealed.size }, now };
	struct connection_secret *there = find(connection, name);
	if (there) {
		*there = secret;
		return true;
	}
	struct connection_secret *all = arena_array(arena, struct connection_secret, connection->secrets.count + 1);
	if (connection->secrets.count > 0)
		memcpy(all, connection->secrets.items, sizeof *all * (size_t)connection->secrets.count);
	all[connection->secrets.count++] = secret;
	connection->secrets.items = all;
	return true;
}

void secret_forget(struct connection *connection, const char *name) {
	struct connection_secret *there = find(connection, name), *all = connection->secrets.items;
	if (!there)
		return;
	connection->secrets.count--;
	for (int i = (int)(there - all); i < connection->secrets.count; i++)
		all[i] = all[i + 1];
}

bool secret_get(const struct keyring *ring, const struct connection *connection, const char *name, struct buf *out,
                struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct connection_secret *secret = find(connection, name);
	if (!secret)
		return true;
	switch (sealed_open(ring, place_of(connection, name, arena), secret->sealed.data, secret->sealed.size, out)) {
	case SEALED_FINE:
		return true;
	case SEALED_NO_KEY:
		return error_set(err, ERROR_CONFLICT,
		                 "The %s was stored under another CREDENTIALS_KEY. Set that key as CREDENTIALS_KEYS_OLD, or "
		                 "type the %s again",
		                 secret_word(name), secret_word(name));
	default:
		return error_set(err, ERROR_CONFLICT, "The stored %s is damaged. Type it again", secret_word(name));
	}
}

/* *sealed: it was sealed with an older key and is now sealed with the first. */
static bool renew(const struct keyring *ring, const struct connection *connection, struct connection_secret *secret,
                  struct arena *arena, bool *sealed) {
	char id[SEALED_KEY_ID];
	BUF_AUTO plain = { 0 };
	BUF_AUTO anew = { 0 };
	sealed_key_id(secret->sealed.data, secret->sealed.size, id);
	*sealed = strcmp(id, ring->keys[0].id) != 0;
	const char *place = place_of(connection, secret->name, arena);
	bool fine = sealed_open(ring, place, secret->sealed.data, secret->sealed.size, &plain) == SEALED_FINE;
	*sealed &= fine;
	if (*sealed) {
		sealed_close(ring, place, buf_text(&plain), plain.size, &anew);
		char *bytes = arena_alloc(arena, anew.size);
		memcpy(bytes, anew.bytes, anew.size);
		secret->sealed = (struct bytes){ bytes, anew.size };
	}
	if (plain.bytes)
		secret_wipe(plain.bytes, plain.room);
	return fine;
}

/* One that is changed by somebody else at this moment is sealed with the first key already, or by the next rotation. */
static bool rotate(struct store *store, const struct keyring *ring, struct connection *connection, struct arena *arena,
                   struct rotation *rotation, struct error *err) {
	struct connection_secret *secrets = connection->secrets.items;
	bool found, sealed, any = false;
	for (int i = 0; i < connection->secrets.count; i++) {
		rotation->lost += !renew(ring, connection, &secrets[i], arena, &sealed);
		rotation->sealed += sealed;
		any |= sealed;
	}
	rotation->connections++;
	rotation->secrets += connection->secrets.count;
	return !any ||
	       store_save(store, CONNECTIONS, FILTER(by_id(connection->id)), &connection_record, connection,
	                  ONLY("secrets"), &found, err) ||
	       store_is_stale(err);
}

enum { ROTATORS_MAX = 8 };
static secrets_rotator *rotators[ROTATORS_MAX];
static int rotator_count;

void secrets_rotate_also(secrets_rotator *rotator) {
	if (rotator_count < ROTATORS_MAX)
		rotators[rotator_count++] = rotator;
}

bool secrets_rotate(struct store *store, const struct keyring *ring, struct arena *arena, struct rotation *rotation,
                    struct error *err) {
	struct rows all;
	*rotation = (struct rotation){ 0 };
	if (ring->count == 0)
		return error_set(err, ERROR_INVALID, "CREDENTIALS_KEY is not set");
	if (!connection_list(store, arena, &all, err))
		return false;
	struct connection *connections = all.items;
	for (int i = 0; i < all.count; i++)
		if (!rotate(store, ring, &connections[i], arena, rotation, err))
			return false;
	for (int i = 0; i < rotator_count; i++)
		if (!rotators[i](store, ring, arena, rotation, err))
			return false;
	return true;
}
