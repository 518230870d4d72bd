/* Random numbers, digests, constant-time comparison. */
#include "core/base/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

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

enum { NONCE_BYTES = 12, TAG_BYTES = 16, KEY_BYTES = 32 };

static EVP_CIPHER_CTX *cipher_of(const char *key, const unsigned char *nonce, int encrypts) {
	unsigned char digest[KEY_BYTES];
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	if (!context || EVP_Digest(key, strlen(key), digest, NULL, EVP_sha256(), NULL) != 1 ||
	    EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, digest, nonce, encrypts) != 1)
		abort();
	OPENSSL_cleanse(digest, sizeof digest);
	return context;
}

void secret_seal(const char *key, const char *bytes, size_t size, struct buf *out) {
	unsigned char nonce[NONCE_BYTES], tag[TAG_BYTES];
	int wrote, rest;
	secret_random_bytes(nonce, sizeof nonce);
	EVP_CIPHER_CTX *context = cipher_of(key, nonce, 1);
	unsigned char *sealed = OPENSSL_malloc(size + 1);
	if (!sealed || EVP_EncryptUpdate(context, sealed, &wrote, (const unsigned char *)bytes, (int)size) != 1 ||
	    EVP_EncryptFinal_ex(context, sealed + wrote, &rest) != 1 ||
	    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, tag) != 1)
		abort();
	buf_add(out, (const char *)nonce, sizeof nonce);
	buf_add(out, (const char *)tag, sizeof tag);
	buf_add(out, (const char *)sealed, size);
	OPENSSL_free(sealed);
	EVP_CIPHER_CTX_free(context);
}

bool secret_open(const char *key, const char *sealed, size_t size, struct buf *out) {
	unsigned char tag[TAG_BYTES];
	int wrote, rest;
	if (size < NONCE_BYTES + TAG_BYTES)
		return false;
	size -= NONCE_BYTES + TAG_BYTES;
	memcpy(tag, sealed + NONCE_BYTES, sizeof tag);
	EVP_CIPHER_CTX *context = cipher_of(key, (const unsigned char *)sealed, 0);
	unsigned char *plain = OPENSSL_malloc(size + 1);
	if (!plain)
		abort();
	bool fine = EVP_DecryptUpdate(context, plain, &wrote, (const unsigned char *)sealed + NONCE_BYTES + TAG_BYTES,
	                              (int)size) == 1 &&
	            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1 &&
	            EVP_DecryptFinal_ex(context, plain + wrote, &rest) == 1;
	if (fine)
		buf_add(out, (const char *)plain, size);
	OPENSSL_clear_free(plain, size + 1);
	EVP_CIPHER_CTX_free(context);
	return fine;
}

bool secret_equal(const char *a, const char *b) {
	size_t size = strlen(a);
	return size == strlen(b) && CRYPTO_memcmp(a, b, size) == 0;
}

void secret_wipe(void *memory, size_t size) {
	OPENSSL_cleanse(memory, size);
}
