/* Passwords: scrypt (RFC 7914) with its parameters in the stored text "scrypt:N:r:p:salt:hash". */
#ifndef ACCESS_PASSWORD_H
#define ACCESS_PASSWORD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"

enum { PASSWORD_MAX = 128 };

/* From now on at most one derivation runs among all processes that name this file: each takes 64 MiB. A file that
 * cannot be opened locks nothing. The text must live on. */
void password_lock(const char *path);

/* FAULT when there is no memory for it (64 MiB for about 0.3 s). */
bool password_hash(struct arena *arena, const char *password, const char **stored, struct error *err) MUST_CHECK;

/* *right is true only when the password is the stored one; *outdated when its parameters were raised since.
 * A damaged text is wrong, never right. */
bool password_check(const char *password, const char *stored, bool *right, bool *outdated,
                    struct error *err) MUST_CHECK;

/* A stored text that no password matches, with today's parameters: for names nobody has. */
const char *password_of_nobody(void);

/* INVALID: shorter than `shortest` characters, longer than PASSWORD_MAX bytes, one of the most used, or
 * holding the user's name. */
bool password_acceptable(const char *password, const char *username, int64_t shortest, struct error *err) MUST_CHECK;

#endif
