/* Signing keys of OpenSSL. */
#include "core/base/signature.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

enum { RSA_BITS = 2048, RSA_MIN = 1024, RSA_MAX = 4096, ED25519_BYTES = 32 };

struct signature_key {
	enum signature_kind kind;
	EVP_PKEY *pair;
	EVP_PKEY_CTX *rsa; /* ready to sign */
};

/* Adds what OpenSSL writes of the key. */
static void add_der(EVP_PKEY *pair, int (*write)(const EVP_PKEY *, unsigned char **), struct buf *out) {
	unsigned char *der = NULL;
	int size = write(pair, &der);
	if (size <= 0)
		abort();
	buf_add(out, (const char *)der, (size_t)size);
	OPENSSL_clear_free(der, (size_t)size);
}

static int write_pkcs8(const EVP_PKEY *pair, unsigned char **der) {
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pair);
	int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info, der) : 0;
	PKCS8_PRIV_KEY_INFO_free(info);
	return size;
}

void signature_make(enum signature_kind kind, struct buf *secret) {
	EVP_PKEY *pair = kind == SIGNATURE_RSA ? EVP_RSA_gen(RSA_BITS) : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (!pair)
		abort();
	add_der(pair, write_pkcs8, secret);
	EVP_PKEY_free(pair);
}

static EVP_PKEY *read_pair(const char *bytes, size_t size) {
	const unsigned char *at = (const unsigned char *)bytes;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)size);
	bool whole = info && at == (const unsigned char *)bytes + size;
	EVP_PKEY *pair = whole ? EVP_PKCS82PKEY(info) : NULL;
	PKCS8_PRIV_KEY_INFO_free(info);
	return pair;
}

static bool is_rsa(EVP_PKEY *pair) {
	int bits = EVP_PKEY_get_bits(pair);
	return EVP_PKEY_is_a(pair, "RSA") && bits >= RSA_MIN && bits <= RSA_MAX;
}

static EVP_PKEY_CTX *ready_to_sign(EVP_PKEY *pair) {
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pair, NULL);
	if (!context || EVP_PKEY_sign_init(context) != 1 || EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1)
		abort();
	return context;
}

bool signature_key_read(const char *bytes, size_t size, struct signature_key **key, struct error *err) {
	EVP_PKEY *pair = read_pair(bytes, size);
	*key = NULL;
	if (!pair || (!is_rsa(pair) && !EVP_PKEY_is_a(pair, "ED25519"))) {
		EVP_PKEY_free(pair);
		return error_set(err, ERROR_INVALID, "This is not a private key that signs email (RSA or Ed25519)");
	}
	*key = calloc(1, sizeof **key);
	if (!*key)
		abort();
	(*key)->pair = pair;
	(*key)->kind = is_rsa(pair) ? SIGNATURE_RSA : SIGNATURE_ED25519;
	(*key)->rsa = is_rsa(pair) ? ready_to_sign(pair) : NULL;
	return true;
}

void signature_key_free(struct signature_key *key) {
	if (!key)
		return;
	EVP_PKEY_CTX_free(key->rsa);
	EVP_PKEY_free(key->pair); /* wipes its numbers */
	free(key);
}

enum signature_kind signature_kind_of(const struct signature_key *key) {
	return key->kind;
}

void signature_public(const struct signature_key *key, struct buf *out) {
	unsigned char raw[ED25519_BYTES];
	size_t size = sizeof raw;
	if (key->kind == SIGNATURE_RSA) {
		add_der(key->pair, i2d_PUBKEY, out);
		return;
	}
	if (EVP_PKEY_get_raw_public_key(key->pair, raw, &size) != 1)
		abort();
	buf_add(out, (const char *)raw, size);
}

static size_t sign_ed25519(struct signature_key *key, const unsigned char *digest, unsigned char *out) {
	size_t size = SIGNATURE_MAX;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context || EVP_DigestSignInit(context, NULL, NULL, NULL, key->pair) != 1 ||
	    EVP_DigestSign(context, out, &size, digest, DIGEST_BYTES) != 1)
		abort();
	EVP_MD_CTX_free(context);
	return size;
}

size_t signature_sign(struct signature_key *key, const unsigned char digest[DIGEST_BYTES],
                      unsigned char out[SIGNATURE_MAX]) {
	size_t size = SIGNATURE_MAX;
	if (key->kind == SIGNATURE_ED25519)
		return sign_ed25519(key, digest, out);
	if (EVP_PKEY_sign(key->rsa, out, &size, digest, DIGEST_BYTES) != 1)
		abort();
	return size;
}
