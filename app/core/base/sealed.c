/* Sealed secrets: a version, the id of the key, then the cipher's nonce, tag and bytes. */
#include "core/base/sealed.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/secret.h"
#include "core/base/text.h"

enum { VERSION = 1, ID_BYTES = 8, HEAD = 1 + ID_BYTES, NONCE_BYTES = 12, TAG_BYTES = 16, BASE64_KEY = 44 };

static EVP_CIPHER_CTX *cipher_of(const unsigned char *key, const unsigned char *nonce, const char *place,
                                 int encrypts) {
	int ignored;
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	if (!context || EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce, encrypts) != 1)
		abort();
	if (place && EVP_CipherUpdate(context, NULL, &ignored, (const unsigned char *)place, (int)strlen(place)) != 1)
		abort();
	return context;
}

void sealed_encrypt(const unsigned char key[SEALED_KEY], const char *place, const char *bytes, size_t size,
                    struct buf *out) {
	unsigned char nonce[NONCE_BYTES], tag[TAG_BYTES];
	int wrote, rest;
	secret_random_bytes(nonce, sizeof nonce);
	EVP_CIPHER_CTX *context = cipher_of(key, nonce, place, 1);
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

bool sealed_decrypt(const unsigned char key[SEALED_KEY], const char *place, const char *sealed, size_t size,
                    struct buf *out) {
	unsigned char tag[TAG_BYTES];
	int wrote, rest;
	if (size < NONCE_BYTES + TAG_BYTES)
		return false;
	size -= NONCE_BYTES + TAG_BYTES;
	memcpy(tag, sealed + NONCE_BYTES, sizeof tag);
	EVP_CIPHER_CTX *context = cipher_of(key, (const unsigned char *)sealed, place, 0);
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

/* 32 bytes are 43 characters and one "=". */
static bool read_key(const char *text, size_t size, struct sealed_key *key) {
	unsigned char bytes[SEALED_KEY + 1];
	char digest[SECRET_HEX];
	bool fine = size == BASE64_KEY && text[size - 1] == '=' && text[size - 2] != '=' &&
	            EVP_DecodeBlock(bytes, (const unsigned char *)text, BASE64_KEY) == SEALED_KEY + 1;
	if (fine) {
		memcpy(key->bytes, bytes, SEALED_KEY);
		secret_digest_bytes((const char *)key->bytes, SEALED_KEY, digest);
		memcpy(key->id, digest, SEALED_KEY_ID - 1);
		key->id[SEALED_KEY_ID - 1] = '\0';
	}
	OPENSSL_cleanse(bytes, sizeof bytes);
	return fine;
}

static bool add_key(struct keyring *ring, const char *text, size_t size, const char *field, struct error *err) {
	if (ring->count == KEYRING_MAX)
		return error_field(err, field, "%s: there can be at most %d keys", field, KEYRING_MAX);
	if (!read_key(text, size, &ring->keys[ring->count]))
		return error_field(err, field, "%s must be 32 random bytes in base64, 44 characters (openssl rand -base64 32)",
		                   field);
	ring->count++;
	return true;
}

bool keyring_read(const char *key, const char *old, const char *field, struct keyring *ring, struct error *err) {
	*ring = (struct keyring){ 0 };
	if (text_is_empty(key))
		return true;
	if (!add_key(ring, key, strlen(key), field, err))
		return false;
	for (const char *at = old ? old : ""; *at;) {
		size_t size = strcspn(at, ",");
		if (size > 0 && !add_key(ring, at, size, "CREDENTIALS_KEYS_OLD", err))
			return false;
		at += size + (at[size] == ',');
	}
	return true;
}

void keyring_wipe(struct keyring *ring) {
	OPENSSL_cleanse(ring, sizeof *ring);
}

static int digit_of(char c) {
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

void sealed_close(const struct keyring *ring, const char *place, const char *bytes, size_t size, struct buf *out) {
	const struct sealed_key *key = &ring->keys[0];
	if (ring->count == 0)
		abort();
	buf_char(out, VERSION);
	for (int i = 0; i < ID_BYTES; i++)
		buf_char(out, (char)(digit_of(key->id[2 * i]) * 16 + digit_of(key->id[2 * i + 1])));
	sealed_encrypt(key->bytes, place, bytes, size, out);
}

void sealed_key_id(const char *sealed, size_t size, char out[SEALED_KEY_ID]) {
	static const char digits[] = "0123456789abcdef";
	*out = '\0';
	if (size < HEAD || sealed[0] != VERSION)
		return;
	for (int i = 0; i < ID_BYTES; i++) {
		unsigned char byte = (unsigned char)sealed[1 + i];
		*out++ = digits[byte >> 4];
		*out++ = digits[byte & 15];
	}
	*out = '\0';
}

enum sealed_state sealed_open(const struct keyring *ring, const char *place, const char *sealed, size_t size,
                              struct buf *out) {
	char id[SEALED_KEY_ID];
	sealed_key_id(sealed, size, id);
	if (!*id)
		return SEALED_DAMAGED;
	for (int i = 0; i < ring->count; i++)
		if (strcmp(ring->keys[i].id, id) == 0)
			return sealed_decrypt(ring->keys[i].bytes, place, sealed + HEAD, size - HEAD, out) ? SEALED_FINE
			                                                                                   : SEALED_DAMAGED;
	return SEALED_NO_KEY;
}
