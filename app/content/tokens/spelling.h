/* Bytes as text for addresses: base64url and base32 in small letters (RFC 4648), without padding; private to the
 * folder. */
#ifndef CONTENT_TOKENS_SPELLING_H
#define CONTENT_TOKENS_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

enum { BASE64_BITS = 6, BASE32_BITS = 5 }; /* of a character */

/* How many characters `size` bytes are spelled with. */
size_t spelled_size(size_t size, unsigned bits);

/* Writes spelled_size(size, bits) characters and a NUL. */
void spell(const unsigned char *bytes, size_t size, unsigned bits, char *out);

/* Reads what spell writes, in the one way in which it writes it: at most size * bits / 8 bytes, whose number is
 * *got. */
bool unspell(const char *text, size_t size, unsigned bits, unsigned char *out, size_t *got);

#endif
