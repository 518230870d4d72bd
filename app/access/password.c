/* All use of scrypt is here. libscrypt's own text format and check are not used: they modify their input and return one
 * of three values. */
#include "access/password.h"

#include <fcntl.h>
#include <libscrypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/secret.h"
#include "core/base/text.h"

enum { COST = 65536, BLOCK = 8, PARALLEL = 1, SALT_HEX = 32, HASH_BYTES = 32 };

struct parameters {
	unsigned long cost, block, parallel;
	char salt[SALT_HEX + 1], hash[SECRET_HEX];
};

static const char *lock_path;

void password_lock(const char *path) {
	lock_path = path;
}

/* A lock that is released if its holder dies. -1 if there is none. */
static int take_lock(void) {
	int lock = lock_path ? open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (lock >= 0)
		(void)flock(lock, LOCK_EX);
	return lock;
}

static void release_lock(int lock) {
	if (lock >= 0)
		(void)close(lock);
}

static bool derive(const char *password, const struct parameters *with, char out[SECRET_HEX], struct error *err) {
	unsigned char raw[HASH_BYTES];
	int lock = take_lock();
	int failed = libscrypt_scrypt((const uint8_t *)password, strlen(password), (const uint8_t *)with->salt,
	                              strlen(with->salt), with->cost, (uint32_t)with->block, (uint32_t)with->parallel, raw,
	                              sizeof raw);
	release_lock(lock);
	if (failed)
		return error_set(err, ERROR_UNAVAILABLE, "no memory to check a password");
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

static bool is_common(const char *password) {
	static const char *const common[] = { "password", "123456789012",  "qwertyuiop",  "letmein",
		                                  "telltale", "administrator", "welcome1234", "iloveyou" };
	for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
		size_t size = strlen(common[i]);
		if (strncasecmp(password, common[i], size) == 0 && strlen(password) < size + 5)
			return true;
	}
	return strspn(password, (char[]){ password[0], '\0' }) == strlen(password);
}

bool password_acceptable(const char *password, const char *username, int64_t shortest, struct error *err) {
	if ((int64_t)text_length(password) < shortest)
		return error_field(err, "password", "the password needs at least %lld characters", (long long)shortest);
	if (strlen(password) > PASSWORD_MAX)
		return error_field(err, "password", "the password may have at most %d bytes", PASSWORD_MAX);
	if (is_common(password) || strcasestr(password, username))
		return error_field(err, "password", "this password is too easy to guess: choose another one");
	return true;
}
