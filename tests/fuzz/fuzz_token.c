/* Tokens come from anybody. What is read was signed with our key: writing it again gives the same text. That is
 * reached because the bytes are also taken as what a token says, which is written, changed at one place, and read. */
#include <stdlib.h>
#include <string.h>

#include "content/tokens/token.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static const char KEYS[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f,"
						   "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

static bool is_read(const struct mac_ring *ring, enum token_kind kind, const char *text, size_t size) {
	struct token token;
	char again[TOKEN_TEXT];
	if (!token_read(ring, kind, text, size, &token))
		return false;
	if (token_write(ring, kind, &token, again) != size || memcmp(again, text, size) != 0)
		abort();
	return true;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	static struct mac_ring ring;
	struct error err = ERROR_INIT;
	struct token token;
	char text[TOKEN_TEXT];
	if (ring.count == 0 && !mac_ring_read(KEYS, "LINK_KEYS", &ring, &err))
		abort();
	if (size < 1)
		return 0;
	enum token_kind kind = (enum token_kind)(bytes[0] % TOKEN_KIND_COUNT);
	(void)is_read(&ring, kind, (const char *)bytes + 1, size - 1);
	if (size < 3 + sizeof token)
		return 0;
	memcpy(&token, bytes + 3, sizeof token);
	token.campaign_id[TOKEN_ID - 1] = token.contact_id[TOKEN_ID - 1] = token.list_id[TOKEN_ID - 1] = '\0';
	token.confirmation_id[TOKEN_ID - 1] = '\0';
	size_t wrote = token_write(&ring, kind, &token, text);
	if (wrote == 0)
		return 0;
	if (!is_read(&ring, kind, text, wrote))
		abort();
	text[bytes[1] % wrote] ^= (char)(bytes[2] ? bytes[2] : 1);
	if (token_read(&ring, kind, text, wrote, &token))
		abort();
	return 0;
}
