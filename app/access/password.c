/* All use of scrypt is here. libscrypt's own text format and check are not used: they modify their input and return one
 * of three values. */
#include "access/password.h"

#include <libscrypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "access/common_password.h"
#include "core/base/moment.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/process/turns.h"

enum { COST = 65536, BLOCK = 8, PARALLEL = 1, SALT_HEX = 32, HASH_BYTES = 32 };

struct parameters {
	unsigned long cost, block, parallel;
	char salt[SALT_HEX + 1], hash[SECRET_HEX];
};

static struct turns queue = { .file = -1 };

void password_lock(const char *path, int places) {
	queue.path = path;
	queue.places = places;
}

bool password_turn_begin(enum password_asker asker, struct error *err) {
	static const char words[] = "Too many people are signing in right now. Try again in a second.";
	return asker == PASSWORD_OF_KNOWN ? turns_begin_first(&queue, words, err) : turns_begin(&queue, words, err);
}

void password_turn_end(void) {
	turns_end(&queue);
}

static bool derive(const char *password, const struct parameters *with, char out[SECRET_HEX], struct error *err) {
	unsigned char raw[HASH_BYTES];
	bool has_turn = queue.file >= 0;
	if (!has_turn && !password_turn_begin(PASSWORD_OF_KNOWN, err))
		return false;
	int failed = libscrypt_scrypt((const uint8_t *)password, strlen(password), (const uint8_t *)with->salt,
	                              strlen(with->salt), with->cost, (uint32_t)with->block, (uint32_t)with->parallel, raw,
	                              sizeof raw);
	if (!has_turn)
		password_turn_end();
	if (failed)
		return error_wait(err, ERROR_BUSY, SECOND_MS, "The server is short of memory. Try again in a second.");
	for (int i = 0; i < HASH_BYTES; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", raw[i]);
	secret_wipe(raw, sizeof raw);
	return true;
}

bool password_hash(struct arena *arena, const char *password, const char **stored, struct error *err) {
	struct parameters with = { .cost = COST, .block = BLOCK, .parallel = PARALLEL };
	char random[SECRET_HEX];
	secret_random(random);
	memcpy(with.salt, random, SALT_HEX);
	if (!derive(password, &with, with.hash, err))
		return false;
	*stored = arena_print(arena, "scrypt:%lu:%lu:%lu:%s:%s", with.cost, with.block, with.parallel, with.salt,
	                      with.hash);
	return true;
}

static bool read_stored(const char *stored, struct parameters *with) {
	return sscanf(stored, "scrypt:%7lu:%2lu:%2lu:%32[0-9a-f]:%64[0-9a-f]", &with->cost, &with->block, &with->parallel,
	              with->salt, with->hash) == 5 &&
	       strlen(with->salt) == SALT_HEX && strlen(with->hash) == SECRET_HEX - 1 && with->cost <= 1 << 17 &&
	       with->block <= 16 && with->parallel <= 8;
}

bool password_check(const char *password, const char *stored, bool *right, bool *outdated, struct error *err) {
	struct parameters with = { 0 };
	char hash[SECRET_HEX];
	bool whole = stored && read_stored(stored, &with);
	*right = *outdated = false;
	if (!whole)
		(void)read_stored(password_of_nobody(), &with);
	if (!derive(password, &with, hash, err))
		return false;
	*right = whole && secret_equal(hash, with.hash);
	*outdated = *right && (with.cost < COST || with.block < BLOCK);
	return true;
}

const char *password_of_nobody(void) {
	return "scrypt:65536:8:1:00000000000000000000000000000000:"
		   "0000000000000000000000000000000000000000000000000000000000000000";
}

bool password_acceptable(const char *password, const char *username, int64_t shortest, struct error *err) {
	if ((int64_t)text_length(password) < shortest)
		return error_field(err, "password", "Use at least %lld characters", (long long)shortest);
	if (strlen(password) > PASSWORD_MAX)
		return error_field(err, "password", "Use at most %d bytes", PASSWORD_MAX);
	if (password_is_common(password) || strcasestr(password, username))
		return error_field(err, "password", "This password is too easy to guess. Choose another one");
	return true;
}
