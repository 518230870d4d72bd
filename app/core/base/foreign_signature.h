/* Signatures that other services make: ECDSA on P-256 with SHA-256 (FIPS 186-5), checked with the public key; and
 * HMAC-SHA-1 (RFC 2104), whose key both sides have. */
#ifndef BASE_FOREIGN_SIGNATURE_H
#define BASE_FOREIGN_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

enum { ECDSA_KEYS_MAX = 2, HMAC_SHA1_BYTES = 20, HMAC_SHA1_BASE64 = 29 };

/* Public keys, each a SubjectPublicKeyInfo (RFC 5480) in base64, separated by commas; "": none. INVALID names `field`:
 * one is malformed or of another curve, or there are more than ECDSA_KEYS_MAX. */
bool ecdsa_keys_check(const char *keys, const char *field, struct error *err) MUST_CHECK;

/* Is `signature` (DER in strict base64) one of these bytes, `first` and then `rest`, by one of the keys? */
bool ecdsa_verify(const char *keys, const char *signature, const char *first, const void *rest, size_t size);

/* The base64 of the MAC. */
void hmac_sha1(const char *key, const void *bytes, size_t size, char out[HMAC_SHA1_BASE64]);

#endif
