/* Randomness, digests and comparison in constant time (OpenSSL). */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

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

/* Takes the same time whatever the first difference is. Lengths are no secret. */
bool secret_equal(const char *a, const char *b);

void secret_wipe(void *memory, size_t size);

#endif
