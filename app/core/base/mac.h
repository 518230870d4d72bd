/* HMAC-SHA-256 (RFC 2104, FIPS 198-1) for millions of short texts: a key is digested once and kept so, nothing is
 * allocated. And rings of such keys, of which the first one signs and all verify. */
#ifndef BASE_MAC_H
#define BASE_MAC_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/digest.h"
#include "core/base/error.h"

enum { MAC_KEY = 32, MAC_BYTES = DIGEST_BYTES, MAC_RING_MAX = 16, MAC_RING_TEXT = MAC_RING_MAX * (2 * MAC_KEY + 1) };

/* Opaque; as secret as the key itself. Copy it at will. */
struct mac_key {
	struct digest inner, outer;
};

void mac_key_set(struct mac_key *key, const void *bytes, size_t size);
void mac_sign(const struct mac_key *key, const void *bytes, size_t size, unsigned char out[MAC_BYTES]);

struct mac_ring {
	struct mac_key keys[MAC_RING_MAX]; /* the first one signs */
	unsigned char ids[MAC_RING_MAX];   /* the first byte of the key's MAC of "id": tells keys apart */
	int count;                         /* 0: nothing can be signed or verified */
};

/* Keys of 64 hex digits, separated by commas; NULL or "": none. INVALID names `field`, quotes nothing, and leaves the
 * ring empty: a key is malformed, there are more than MAC_RING_MAX, or two have the same id. */
bool mac_ring_read(const char *text, const char *field, struct mac_ring *ring, struct error *err) MUST_CHECK;
void mac_ring_wipe(struct mac_ring *ring);

/* The key with this id; NULL if there is none. */
const struct mac_key *mac_ring_key(const struct mac_ring *ring, unsigned char id);

#endif
