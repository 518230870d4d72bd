/* HMAC with the states of its two digests kept. */
#include "core/base/mac.h"

#include <openssl/crypto.h>
#include <string.h>

#include "core/base/text.h"

static void begin(struct digest *digest, const unsigned char *key, unsigned char pad) {
	unsigned char block[DIGEST_BLOCK];
	for (size_t i = 0; i < sizeof block; i++)
		block[i] = key[i] ^ pad;
	digest_begin(digest);
	digest_add(digest, block, sizeof block);
	OPENSSL_cleanse(block, sizeof block);
}

void mac_key_set(struct mac_key *key, const void *bytes, size_t size) {
	unsigned char padded[DIGEST_BLOCK] = { 0 };
	if (size > sizeof padded) {
		digest_begin(&key->inner);
		digest_add(&key->inner, bytes, size);
		digest_end(&key->inner, padded);
	} else if (size > 0) {
		memcpy(padded, bytes, size);
	}
	begin(&key->inner, padded, 0x36);
	begin(&key->outer, padded, 0x5c);
	OPENSSL_cleanse(padded, sizeof padded);
}

void mac_sign(const struct mac_key *key, const void *bytes, size_t size, unsigned char out[MAC_BYTES]) {
	unsigned char inner[MAC_BYTES];
	struct digest digest = key->inner;
	digest_add(&digest, bytes, size);
	digest_end(&digest, inner);
	digest = key->outer;
	digest_add(&digest, inner, sizeof inner);
	digest_end(&digest, out);
}

static int digit_of(char c) {
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

static bool read_key(const char *text, size_t size, unsigned char bytes[MAC_KEY]) {
	bool fine = size == 2 * (size_t)MAC_KEY;
	for (size_t i = 0; fine && i < MAC_KEY; i++) {
		int high = digit_of(text[2 * i]), low = digit_of(text[2 * i + 1]);
		fine = high >= 0 && low >= 0;
		bytes[i] = fine ? (unsigned char)(high * 16 + low) : 0;
	}
	return fine;
}

static bool add_key(struct mac_ring *ring, const char *text, size_t size, const char *field, struct error *err) {
	unsigned char bytes[MAC_KEY], sum[MAC_BYTES];
	if (ring->count == MAC_RING_MAX)
		return error_field(err, field, "%s: there can be at most %d keys", field, MAC_RING_MAX);
	if (!read_key(text, size, bytes))
		return error_field(err, field, "%s must be keys of 64 hex digits, separated by commas (openssl rand -hex 32)",
		                   field);
	mac_key_set(&ring->keys[ring->count], bytes, sizeof bytes);
	OPENSSL_cleanse(bytes, sizeof bytes);
	mac_sign(&ring->keys[ring->count], "id", 2, sum);
	if (mac_ring_key(ring, sum[0]))
		return error_field(err, field, "%s: key %d cannot be told from an earlier one: make another", field,
		                   ring->count + 1);
	ring->ids[ring->count++] = sum[0];
	return true;
}

bool mac_ring_read(const char *text, const char *field, struct mac_ring *ring, struct error *err) {
	*ring = (struct mac_ring){ 0 };
	if (text_is_empty(text))
		return true;
	for (const char *at = text;; at++) {
		size_t size = strcspn(at, ",");
		if (!add_key(ring, at, size, field, err)) {
			mac_ring_wipe(ring);
			return false;
		}
		at += size;
		if (!*at)
			return true;
	}
}

void mac_ring_wipe(struct mac_ring *ring) {
	OPENSSL_cleanse(ring, sizeof *ring);
}

const struct mac_key *mac_ring_key(const struct mac_ring *ring, unsigned char id) {
	for (int i = 0; i < ring->count; i++)
		if (ring->ids[i] == id)
			return &ring->keys[i];
	return NULL;
}
