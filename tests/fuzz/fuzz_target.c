/* Sealed targets come from anybody. What is opened may be redirected to, and sealing it again gives the same text. The
 * bytes are also taken as a target, which is sealed, changed at one place, and opened. */
#include <stdlib.h>
#include <string.h>

#include "content/tokens/target.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static const char KEYS[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f,"
						   "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
static const char TOKEN[] = "abcdefghijklmnopqrstuvwxyz0123456789-_AB";

static bool is_opened(const struct mac_ring *ring, const char *sealed) {
	char target[TARGET_CARRIED_MAX + 1], again[TARGET_SEALED];
	if (!target_open(ring, TOKEN, sealed, target))
		return false;
	if (!target_is_safe(target) || !target_seal(ring, TOKEN, target, again) || strcmp(again, sealed) != 0)
		abort();
	return true;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	static struct mac_ring ring;
	struct error err = ERROR_INIT;
	char text[2 * TARGET_CARRIED_MAX], sealed[TARGET_SEALED];
	if (ring.count == 0 && !mac_ring_read(KEYS, "LINK_KEYS", &ring, &err))
		abort();
	if (size < 2 || size - 2 >= sizeof text)
		return 0;
	memcpy(text, bytes + 2, size - 2);
	text[size - 2] = '\0';
	(void)is_opened(&ring, text);
	size_t wrote = target_seal(&ring, TOKEN, text, sealed);
	if (wrote == 0)
		return 0;
	if (!is_opened(&ring, sealed))
		abort();
	sealed[bytes[0] % wrote] ^= (char)(bytes[1] ? bytes[1] : 1);
	if (is_opened(&ring, sealed))
		abort();
	return 0;
}
