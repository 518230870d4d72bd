/* Private keys that sign, as mail needs them: RSA of 2,048 bits (PKCS#1 v1.5 with SHA-256, RFC 8017) and Ed25519 (RFC
 * 8032). A key is read once and kept. */
#ifndef BASE_SIGNATURE_H
#define BASE_SIGNATURE_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/digest.h"

enum signature_kind { SIGNATURE_RSA, SIGNATURE_ED25519 };
enum { SIGNATURE_MAX = 512 };

struct signature_key;

/* A new key, its private half as PKCS#8 (RFC 5208) in DER: a secret, to be sealed and wiped. RSA takes about 0.1 s. */
void signature_make(enum signature_kind kind, struct buf *secret);

/* INVALID, quoting nothing, if it is no private key in PKCS#8, no RSA key of 1,024 to 4,096 bits and not Ed25519.
 * signature_key_free frees it and wipes what it knew; NULL is a no-op. */
bool signature_key_read(const char *bytes, size_t size, struct signature_key **key, struct error *err) MUST_CHECK;
void signature_key_free(struct signature_key *key);

enum signature_kind signature_kind_of(const struct signature_key *key);

/* Appends the public half as DKIM publishes it: RSA as SubjectPublicKeyInfo in DER (RFC 6376), Ed25519 as its 32 bytes
 * (RFC 8463). */
void signature_public(const struct signature_key *key, struct buf *out);

/* Signs a digest; RSA says that it is one of SHA-256, Ed25519 signs its bytes. The same digest gets the same
 * signature. Returns its size. */
size_t signature_sign(struct signature_key *key, const unsigned char digest[DIGEST_BYTES],
                      unsigned char out[SIGNATURE_MAX]);

#endif
