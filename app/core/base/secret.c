/* Random numbers, digests, constant-time comparison. */
#include "core/base/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/sealed.h"

static void to_hex(const unsigned char *bytes, size_t size, char *out) {
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < size; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * size] = '\0';
}

void secret_random_bytes(void *out, size_t size) {
	if (RAND_bytes(out, (int)size) != 1)
		abort();
}

void secret_random(char out[SECRET_HEX]) {
	unsigned char bytes[32];
	secret_random_bytes(bytes, sizeof bytes);
	to_hex(bytes, sizeof bytes, out);
	OPENSSL_cleanse(bytes, sizeof bytes);
}

void secret_digest(const char *text, char out[SECRET_HEX]) {
	secret_digest_bytes(text, strlen(text), out);
}

void secret_digest_bytes(const char *bytes, size_t size, char out[SECRET_HEX]) {
	unsigned char digest[32];
	if (EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL) != 1)
		abort();
	to_hex(digest, sizeof digest, out);
}

void secret_mac(const char *key, const char *text, char out[SECRET_HEX]) {
	unsigned char digest[32];
	unsigned int size = sizeof digest;
	if (!HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)text, strlen(text), digest, &size))
		abort();
	to_hex(digest, sizeof digest, out);
}

static void key_of(const char *key, unsigned char out[SEALED_KEY]) {
	if (EVP_Digest(key, strlen(key), out, NULL, EVP_sha256(), NULL) != 1)
		abort();
}

void secret_seal(const char *key, const char *bytes, size_t size, struct buf *out) {
	unsigned char derived[SEALED_KEY];
	key_of(key, derived);
	sealed_encrypt(derived, NULL, bytes, size, out);
	OPENSSL_cleanse(derived, sizeof derived);
}

bool secret_open(const char *key, const char *sealed, size_t size, struct buf *out) {
	unsigned char derived[SEALED_KEY];
	key_of(key, derived);
	bool fine = sealed_decrypt(derived, NULL, sealed, size, out);
	OPENSSL_cleanse(derived, sizeof derived);
	return fine;
}

bool secret_equal(const char *a, const char *b) {
	size_t size = strlen(a);
	return size == strlen(b) && CRYPTO_memcmp(a, b, size) == 0;
}

bool secret_equal_bytes(const void *a, const void *b, size_t size) {
	return CRYPTO_memcmp(a, b, size) == 0;
}

void secret_wipe(void *memory, size_t size) {
	OPENSSL_cleanse(memory, size);
}
