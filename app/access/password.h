/* Passwords: scrypt (RFC 7914), stored with its parameters as "scrypt:N:r:p:salt:hash". */
#ifndef ACCESS_PASSWORD_H
#define ACCESS_PASSWORD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"

enum { PASSWORD_MAX = 128 };

/* From now on, among all processes that use this lock file, one derivation at a time runs (64 MiB for about 0.3 s each)
 * and at most `places` - 1 others wait for it. If the file cannot be opened there is no limit. `path` is not copied. */
void password_lock(const char *path, int places);

/* Strangers who try passwords, from however many addresses, must not keep away who has been here before: that one has
 * the next turn (core/process/turns.h). */
enum password_asker { PASSWORD_OF_STRANGER, PASSWORD_OF_KNOWN };

/* Waits for the turn to derive, so that what belongs to it can be done within; without it, each derivation has its own,
 * that of somebody known. BUSY, at once, if all places are taken; after a second, if the turn does not come. */
bool password_turn_begin(enum password_asker asker, struct error *err) MUST_CHECK;
void password_turn_end(void);

/* BUSY as above, or if there is no memory. */
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
