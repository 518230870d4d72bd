/* Secrets that are stored: encrypted with AES-256-GCM (NIST SP 800-38D) under a key of a ring. What is sealed says with
 * which key, so that keys can be changed one secret at a time, and is bound to the place where it belongs: put
 * elsewhere it does not open. */
#ifndef BASE_SEALED_H
#define BASE_SEALED_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

enum { SEALED_KEY = 32, SEALED_KEY_ID = 17, KEYRING_MAX = 8 };

struct sealed_key {
	unsigned char bytes[SEALED_KEY];
	char id[SEALED_KEY_ID]; /* 16 hex digits of its digest: tells keys apart and tells nothing of them */
};

struct keyring {
	struct sealed_key keys[KEYRING_MAX]; /* what is new is sealed with the first one */
	int count;                           /* 0: nothing can be sealed or opened */
};

/* `key` is 32 bytes in base64, or empty; `old`: earlier ones, separated by commas, or empty. INVALID names `field` and
 * quotes nothing. Wipe it when it is no longer needed. */
bool keyring_read(const char *key, const char *old, const char *field, struct keyring *ring,
                  struct error *err) MUST_CHECK;
void keyring_wipe(struct keyring *ring);

enum sealed_state {
	SEALED_FINE,
	SEALED_NO_KEY,  /* it was sealed with a key that the ring does not have */
	SEALED_DAMAGED, /* it was altered, or belongs elsewhere */
};

/* Appends the sealed bytes. `place` says where they belong. The ring must have a key. */
void sealed_close(const struct keyring *ring, const char *place, const char *bytes, size_t size, struct buf *out);

/* Appends the bytes; `out` is unchanged unless FINE. */
enum sealed_state sealed_open(const struct keyring *ring, const char *place, const char *sealed, size_t size,
                              struct buf *out);

/* The id of the key with which it was sealed; "" if that cannot be read. */
void sealed_key_id(const char *sealed, size_t size, char out[SEALED_KEY_ID]);

/* The cipher alone: a random nonce, the tag, the bytes encrypted. `place` may be NULL. */
void sealed_encrypt(const unsigned char key[SEALED_KEY], const char *place, const char *bytes, size_t size,
                    struct buf *out);
bool sealed_decrypt(const unsigned char key[SEALED_KEY], const char *place, const char *sealed, size_t size,
                    struct buf *out);

#endif
