/* Sealed targets: key id, MAC, target. */
#include "content/tokens/target.h"

#include <string.h>
#include <strings.h>

#include "content/tokens/spelling.h"
#include "content/tokens/token.h"
#include "core/base/secret.h"

enum { SEAL = 8, BEFORE = 1 + SEAL, LETTER = 't' };

bool target_is_safe(const char *target) {
	if (strncasecmp(target, "http://", 7) != 0 && strncasecmp(target, "https://", 8) != 0)
		return false;
	size_t size = 0;
	for (; target[size]; size++)
		if ((unsigned char)target[size] < ' ' || target[size] == 0x7f || size == TARGET_MAX)
			return false;
	return true;
}

/* Bytes, without a NUL. Returns what follows them. */
static unsigned char *put(unsigned char *at, const char *text, size_t size) {
	memcpy(at, text, size);
	return at + size;
}

/* Covers the token and the target, whose border is known: a token has no blank. */
static bool sign(const struct mac_key *key, const char *token, const char *target, size_t size,
                 unsigned char mac[MAC_BYTES]) {
	unsigned char covered[2 + TOKEN_TEXT + TARGET_CARRIED_MAX];
	size_t length = strlen(token);
	if (length >= TOKEN_TEXT)
		return false;
	covered[0] = LETTER;
	unsigned char *space = put(covered + 1, token, length);
	*space = ' ';
	(void)put(space + 1, target, size);
	mac_sign(key, covered, length + 2 + size, mac);
	return true;
}

size_t target_seal(const struct mac_ring *keys, const char *token, const char *target, char out[TARGET_SEALED]) {
	unsigned char bytes[BEFORE + TARGET_CARRIED_MAX], mac[MAC_BYTES];
	size_t size = strlen(target);
	*out = '\0';
	if (keys->count == 0 || size > TARGET_CARRIED_MAX || !target_is_safe(target) ||
	    !sign(&keys->keys[0], token, target, size, mac))
		return 0;
	bytes[0] = keys->ids[0];
	memcpy(bytes + 1, mac, SEAL);
	(void)put(bytes + BEFORE, target, size);
	spell(bytes, BEFORE + size, BASE64_BITS, out);
	return spelled_size(BEFORE + size, BASE64_BITS);
}

bool target_open(const struct mac_ring *keys, const char *token, const char *sealed, char out[TARGET_CARRIED_MAX + 1]) {
	unsigned char bytes[TARGET_SEALED], mac[MAC_BYTES];
	size_t size = strlen(sealed), got;
	*out = '\0';
	if (size >= TARGET_SEALED || !unspell(sealed, size, BASE64_BITS, bytes, &got) || got <= BEFORE)
		return false;
	const struct mac_key *key = mac_ring_key(keys, bytes[0]);
	if (!key || !sign(key, token, (const char *)bytes + BEFORE, got - BEFORE, mac) ||
	    !secret_equal_bytes(mac, bytes + 1, SEAL))
		return false;
	memcpy(out, bytes + BEFORE, got - BEFORE);
	out[got - BEFORE] = '\0';
	return true;
}
