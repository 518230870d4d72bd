/* SHA-256 (FIPS 180-4) piece by piece; nothing is allocated, and a copy of the struct goes on from where it is. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_BYTES = 32, DIGEST_BLOCK = 64 };

/* Opaque. */
struct digest {
	uint64_t state[14];
};

void digest_begin(struct digest *digest);
void digest_add(struct digest *digest, const void *bytes, size_t size);
void digest_end(struct digest *digest, unsigned char out[DIGEST_BYTES]);

#endif
