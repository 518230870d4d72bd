/* Randomness, digests and comparison in constant time (OpenSSL). */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

enum { SECRET_HEX = 65 }; /* 256 bits as hex, and a NUL */

/* 256 random bits as 64 hex digits. Aborts when the system gives none. */
void secret_random(char out[SECRET_HEX]);
void secret_random_bytes(void *out, size_t size);

/* SHA-256 of the text, as hex (FIPS 180-4). */
void secret_digest(const char *text, char out[SECRET_HEX]);

/* The same of any bytes. */
void secret_digest_bytes(const char *bytes, size_t size, char out[SECRET_HEX]);

/* HMAC-SHA-256 (RFC 2104), as hex. */
void secret_mac(const char *key, const char *text, char out[SECRET_HEX]);

/* Encrypts and authenticates (AES-256-GCM, NIST SP 800-38D) under a key that is a digest of `key`, which must be as
 * good as 256 random bits. Appends to `out`. */
void secret_seal(const char *key, const char *bytes, size_t size, struct buf *out);

/* Appends what was sealed. False: with another key, or it was changed; `out` is then as it was. */
bool secret_open(const char *key, const char *sealed, size_t size, struct buf *out);

/* Takes the same time whatever the first difference is. Lengths are no secret. */
bool secret_equal(const char *a, const char *b);

void secret_wipe(void *memory, size_t size);

#endif
