/* HMAC with the states of its two digests kept: OpenSSL's own interface allocates for each text. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "core/base/mac.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

_Static_assert(sizeof(SHA256_CTX) == sizeof(((struct mac_key *)NULL)->inner), "a digest's state fits");

static void begin(uint64_t *state, const unsigned char *key, unsigned char pad) {
	unsigned char block[SHA256_CBLOCK];
	SHA256_CTX digest;
	for (size_t i = 0; i < sizeof block; i++)
		block[i] = key[i] ^ pad;
	if (SHA256_Init(&digest) != 1 || SHA256_Update(&digest, block, sizeof block) != 1)
		abort();
	memcpy(state, &digest, sizeof digest);
	OPENSSL_cleanse(block, sizeof block);
	OPENSSL_cleanse(&digest, sizeof digest);
}

void mac_key_set(struct mac_key *key, const void *bytes, size_t size) {
	unsigned char padded[SHA256_CBLOCK] = { 0 };
	if (size > sizeof padded)
		(void)SHA256(bytes, size, padded);
	else if (size > 0)
		memcpy(padded, bytes, size);
	begin(key->inner, padded, 0x36);
	begin(key->outer, padded, 0x5c);
	OPENSSL_cleanse(padded, sizeof padded);
}

static void finish(const uint64_t *state, const void *bytes, size_t size, unsigned char out[MAC_BYTES]) {
	SHA256_CTX digest;
	memcpy(&digest, state, sizeof digest);
	if (SHA256_Update(&digest, bytes, size) != 1 || SHA256_Final(out, &digest) != 1)
		abort();
}

void mac_sign(const struct mac_key *key, const void *bytes, size_t size, unsigned char out[MAC_BYTES]) {
	unsigned char inner[MAC_BYTES];
	finish(key->inner, bytes, size, inner);
	finish(key->outer, inner, sizeof inner, out);
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
