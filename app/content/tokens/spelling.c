/* Base64url and base32. */
#include "content/tokens/spelling.h"

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

size_t spelled_size(size_t size, unsigned bits) {
	return (size * 8 + bits - 1) / bits;
}

/* The value of a character, -1 for any other. */
static int value_of(char c, unsigned bits) {
	bool is_small = c >= 'a' && c <= 'z';
	if (bits == BASE32_BITS)
		return is_small ? c - 'a' : c >= '2' && c <= '7' ? c - '2' + 26 : -1;
	return c >= 'A' && c <= 'Z'   ? c - 'A'
	       : is_small             ? c - 'a' + 26
	       : c >= '0' && c <= '9' ? c - '0' + 52
	       : c == '-'             ? 62
	       : c == '_'             ? 63
	                              : -1;
}

void spell(const unsigned char *bytes, size_t size, unsigned bits, char *out) {
	const char *alphabet = bits == BASE32_BITS ? base32 : base64;
	unsigned held = 0, have = 0;
	for (size_t i = 0; i < size; i++) {
		held = (held << 8 | bytes[i]) & 0xFFFF;
		for (have += 8; have >= bits; have -= bits)
			*out++ = alphabet[held >> (have - bits) & ((1U << bits) - 1)];
	}
	if (have)
		*out++ = alphabet[held << (bits - have) & ((1U << bits) - 1)];
	*out = '\0';
}

bool unspell(const char *text, size_t size, unsigned bits, unsigned char *out, size_t *got) {
	unsigned held = 0, have = 0;
	*got = 0;
	for (size_t i = 0; i < size; i++) {
		int value = value_of(text[i], bits);
		if (value < 0)
			return false;
		held = (held << bits | (unsigned)value) & 0xFFFF;
		have += bits;
		if (have >= 8) {
			have -= 8;
			out[(*got)++] = (unsigned char)(held >> have);
		}
	}
	/* Bits to spare are fewer than a character has, and are 0. */
	return have < bits && (held & ((1U << have) - 1)) == 0;
}
