/* Passwords: scrypt (RFC 7914), stored with its parameters as "scrypt:N:r:p:salt:hash". */
#ifndef ACCESS_PASSWORD_H
#define ACCESS_PASSWORD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"

enum { PASSWORD_MAX = 128 };

/* From now on, at most one derivation at a time (64 MiB each) runs among all processes that use this lock file. If the
 * file cannot be opened there is no locking. `path` is not copied. */
void password_lock(const char *path);

/* FAULT if out of memory (needs 64 MiB for about 0.3 s). */
bool password_hash(struct arena *arena, const char *password, const char **stored, struct error *err) MUST_CHECK;

/* *right: the password matches; *outdated: the stored parameters are weaker than today's. A damaged stored text never
 * matches. */
bool password_check(const char *password, const char *stored, bool *right, bool *outdated,
                    struct error *err) MUST_CHECK;

/* A stored text with today's parameters that no password matches, for unknown user names. */
const char *password_of_nobody(void);

/* INVALID: shorter than `shortest` characters, longer than PASSWORD_MAX bytes, among the most common, or containing the
 * user's name. */
bool password_acceptable(const char *password, const char *username, int64_t shortest, struct error *err) MUST_CHECK;

#endif
