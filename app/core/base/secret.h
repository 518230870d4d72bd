/* Random numbers, digests and constant-time comparison (OpenSSL). */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

enum { SECRET_HEX = 65 }; /* 256 bits in hex, plus a NUL */

/* 256 random bits as 64 hex digits. Aborts if the system cannot supply them. */
void secret_random(char out[SECRET_HEX]);
void secret_random_bytes(void *out, size_t size);

/* SHA-256 of the text, in hex (FIPS 180-4). */
void secret_digest(const char *text, char out[SECRET_HEX]);

/* The same for arbitrary bytes. */
void secret_digest_bytes(const char *bytes, size_t size, char out[SECRET_HEX]);

/* HMAC-SHA-256 (RFC 2104), in hex. */
void secret_mac(const char *key, const char *text, char out[SECRET_HEX]);

/* Encrypts and authenticates (AES-256-GCM, NIST SP 800-38D) with a key derived from `key` by a digest; `key` must have
 * 256 bits of entropy. Appends to `out`. */
void secret_seal(const char *key, const char *bytes, size_t size, struct buf *out);

/* Decrypts and appends to `out`. Returns false, with `out` unchanged, if the key differs or the data was altered. */
bool secret_open(const char *key, const char *sealed, size_t size, struct buf *out);

/* Constant time for equal lengths; the lengths are not secret. */
bool secret_equal(const char *a, const char *b);
bool secret_equal_bytes(const void *a, const void *b, size_t size);

void secret_wipe(void *memory, size_t size);

#endif
