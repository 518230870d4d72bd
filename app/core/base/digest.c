/* SHA-256 by OpenSSL's older interface: the newer one allocates for each digest. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "core/base/digest.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(SHA256_CTX) == sizeof(struct digest), "a digest's state fits");

void digest_begin(struct digest *digest) {
	SHA256_CTX state;
	if (SHA256_Init(&state) != 1)
		abort();
	memcpy(digest, &state, sizeof state);
}

void digest_add(struct digest *digest, const void *bytes, size_t size) {
	SHA256_CTX state;
	memcpy(&state, digest, sizeof state);
	if (SHA256_Update(&state, bytes, size) != 1)
		abort();
	memcpy(digest, &state, sizeof state);
}

void digest_end(struct digest *digest, unsigned char out[DIGEST_BYTES]) {
	SHA256_CTX state;
	memcpy(&state, digest, sizeof state);
	if (SHA256_Final(out, &state) != 1)
		abort();
}
