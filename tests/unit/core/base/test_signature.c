/* Keys sign what others verify; what is no key is refused. */
#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "core/base/signature.h"

static struct signature_key *key_of(const struct buf *secret) {
	struct signature_key *key;
	struct error err = ERROR_INIT;
	cr_assert(signature_key_read(secret->bytes, secret->size, &key, &err), "%s", err.text);
	return key;
}

static EVP_PKEY *public_of(const struct signature_key *key) {
	BUF_AUTO published = { 0 };
	signature_public(key, &published);
	const unsigned char *at = (const unsigned char *)published.bytes;
	if (signature_kind_of(key) == SIGNATURE_RSA)
		return d2i_PUBKEY(NULL, &at, (long)published.size);
	cr_assert_eq(published.size, 32);
	return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, at, published.size);
}

/* Verifies the text by OpenSSL's own way: RSA digests it, Ed25519 is given the digest. */
static bool verifies(const struct signature_key *key, const char *text, const unsigned char *signature, size_t size) {
	bool rsa = signature_kind_of(key) == SIGNATURE_RSA;
	unsigned char digest[DIGEST_BYTES];
	struct digest state;
	digest_begin(&state);
	digest_add(&state, text, strlen(text));
	digest_end(&state, digest);
	EVP_PKEY *published = public_of(key);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	cr_assert_eq(EVP_DigestVerifyInit(context, NULL, rsa ? EVP_sha256() : NULL, NULL, published), 1);
	int fine = EVP_DigestVerify(context, signature, size, rsa ? (const unsigned char *)text : digest,
	                            rsa ? strlen(text) : sizeof digest);
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(published);
	return fine == 1;
}

static size_t sign(struct signature_key *key, const char *text, unsigned char out[SIGNATURE_MAX]) {
	unsigned char digest[DIGEST_BYTES];
	struct digest state;
	digest_begin(&state);
	for (const char *at = text; *at; at++) /* byte by byte */
		digest_add(&state, at, 1);
	digest_end(&state, digest);
	return signature_sign(key, digest, out);
}

Test(signature, a_new_key_signs_and_its_public_half_verifies) {
	for (enum signature_kind kind = SIGNATURE_RSA; kind <= SIGNATURE_ED25519; kind++) {
		unsigned char first[SIGNATURE_MAX], again[SIGNATURE_MAX];
		BUF_AUTO secret = { 0 };
		signature_make(kind, &secret);
		struct signature_key *key = key_of(&secret);
		cr_expect_eq(signature_kind_of(key), kind);
		size_t size = sign(key, "hello", first);
		cr_expect_eq(size, kind == SIGNATURE_RSA ? 256 : 64);
		cr_expect(verifies(key, "hello", first, size) && !verifies(key, "hellp", first, size));
		cr_expect(sign(key, "other", again) == size && verifies(key, "other", again, size));
		cr_expect(sign(key, "hello", again) == size && memcmp(first, again, size) == 0, "the same each time");
		signature_key_free(key);
	}
	signature_key_free(NULL);
}

Test(signature, keys_differ) {
	BUF_AUTO one = { 0 };
	BUF_AUTO other = { 0 };
	signature_make(SIGNATURE_ED25519, &one);
	signature_make(SIGNATURE_ED25519, &other);
	cr_expect(one.size == other.size && memcmp(one.bytes, other.bytes, one.size) != 0);
}

static void refused(const char *bytes, size_t size) {
	struct signature_key *key;
	struct error err = ERROR_INIT;
	cr_expect(!signature_key_read(bytes, size, &key, &err) && err.kind == ERROR_INVALID && !key);
}

Test(signature, what_is_no_key_is_refused) {
	BUF_AUTO secret = { 0 };
	unsigned char *der = NULL;
	signature_make(SIGNATURE_ED25519, &secret);
	refused("", 0);
	refused("-----BEGIN PRIVATE KEY-----", 27);
	for (size_t size = 0; size < secret.size; size++)
		refused(secret.bytes, size);
	buf_char(&secret, 'x');
	refused(secret.bytes, secret.size);
	EVP_PKEY *others[] = { EVP_EC_gen("P-256"), EVP_RSA_gen(512) };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(others[i]);
		int size = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
		refused((const char *)der, (size_t)size);
		OPENSSL_free(der);
		der = NULL;
		PKCS8_PRIV_KEY_INFO_free(info);
		EVP_PKEY_free(others[i]);
	}
}
