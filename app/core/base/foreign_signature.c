/* Signatures of others, by OpenSSL. */
#include "core/base/foreign_signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 200, BYTES_MAX = TEXT_MAX / 4 * 3 };

/* Strict: whole groups of four, padded, and nothing else. Returns the number of bytes; 0: it is none. */
static size_t read_base64(const char *text, size_t size, unsigned char out[BYTES_MAX]) {
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t plain = size < TEXT_MAX ? strspn(text, digits) : 0, padding = size - plain;
	if (size == 0 || size >= TEXT_MAX || size % 4 != 0 || padding > 2 || strspn(text + plain, "=") < padding)
		return 0;
	int count = EVP_DecodeBlock(out, (const unsigned char *)text, (int)size);
	return count < (int)padding ? 0 : (size_t)count - padding;
}

static EVP_PKEY *read_key(const char *text, size_t size) {
	unsigned char der[BYTES_MAX];
	const unsigned char *at = der;
	char group[32];
	size_t length = read_base64(text, size, der);
	EVP_PKEY *key = length ? d2i_PUBKEY(NULL, &at, (long)length) : NULL;
	bool fine = key && at == der + length && EVP_PKEY_is_a(key, "EC") &&
	            EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 && strcmp(group, "prime256v1") == 0;
	if (fine)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

bool ecdsa_keys_check(const char *keys, const char *field, struct error *err) {
	int count = 0;
	for (const char *at = keys; *at; at += *at == ',') {
		size_t size = strcspn(at, ",");
		EVP_PKEY *key = ++count <= ECDSA_KEYS_MAX ? read_key(at, size) : NULL;
		if (!key)
			return error_field(err, field, "%s must be at most %d public keys of P-256 in base64, separated by a comma",
			                   field, ECDSA_KEYS_MAX);
		EVP_PKEY_free(key);
		at += size;
	}
	return true;
}

static bool is_of(EVP_PKEY *key, const unsigned char *signature, size_t signature_size, const char *first,
                  const void *rest, size_t size) {
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context)
		abort();
	bool fine = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
	            EVP_DigestVerifyUpdate(context, first, strlen(first)) == 1 &&
	            EVP_DigestVerifyUpdate(context, rest, size) == 1 &&
	            EVP_DigestVerifyFinal(context, signature, signature_size) == 1;
	EVP_MD_CTX_free(context);
	return fine;
}

bool ecdsa_verify(const char *keys, const char *signature, const char *first, const void *rest, size_t size) {
	unsigned char der[BYTES_MAX];
	size_t length = read_base64(signature, strlen(signature), der);
	bool is_signed = false;
	for (const char *at = keys; length && *at && !is_signed; at += *at == ',') {
		size_t its_size = strcspn(at, ",");
		EVP_PKEY *key = read_key(at, its_size);
		is_signed = key && is_of(key, der, length, first, rest, size);
		EVP_PKEY_free(key);
		at += its_size;
	}
	return is_signed;
}

void hmac_sha1(const char *key, const void *bytes, size_t size, char out[HMAC_SHA1_BASE64]) {
	unsigned char mac[HMAC_SHA1_BYTES];
	unsigned length = 0;
	if (!HMAC(EVP_sha1(), key, (int)strlen(key), bytes, size, mac, &length) || length != HMAC_SHA1_BYTES ||
	    EVP_EncodeBlock((unsigned char *)out, mac, HMAC_SHA1_BYTES) != HMAC_SHA1_BASE64 - 1)
		abort();
}
