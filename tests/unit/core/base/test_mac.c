/* MACs are those of RFC 4231 and of OpenSSL's own function; a ring of keys says what is wrong with it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mac.h"
#include "core/base/secret.h"

#define A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define B "202122232425262728292A2B2C2D2E2F303132333435363738393a3b3c3d3e3f"

static const char *hex_of(const unsigned char bytes[MAC_BYTES]) {
	static char hex[SECRET_HEX];
	for (int i = 0; i < MAC_BYTES; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	return hex;
}

static const char *mac_of(const void *key, size_t key_size, const void *bytes, size_t size) {
	struct mac_key kept;
	unsigned char out[MAC_BYTES];
	mac_key_set(&kept, key, key_size);
	mac_sign(&kept, bytes, size, out);
	return hex_of(out);
}

Test(mac, vectors_of_rfc_4231) {
	unsigned char key[131], data[152];
	memset(key, 0x0b, 20);
	cr_expect_str_eq(mac_of(key, 20, "Hi There", 8),
	                 "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	cr_expect_str_eq(mac_of("Jefe", 4, "what do ya want for nothing?", 28),
	                 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof key);
	memset(data, 0xdd, 50);
	cr_expect_str_eq(mac_of(key, 20, data, 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	cr_expect_str_eq(mac_of(key, sizeof key, "Test Using Larger Than Block-Size Key - Hash Key First", 54),
	                 "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

Test(mac, is_that_of_openssl_for_every_size) {
	char text[300], theirs[SECRET_HEX];
	for (size_t size = 0; size < sizeof text; size++) {
		memset(text, 'x', size);
		text[size] = '\0';
		secret_mac(size % 2 ? "a key" : A B, text, theirs);
		cr_expect_str_eq(mac_of(size % 2 ? "a key" : A B, size % 2 ? 5 : 128, text, size), theirs, "%zu", size);
	}
}

static void refused(const char *text, const char *why) {
	struct mac_ring ring;
	struct error err = ERROR_INIT;
	cr_expect(!mac_ring_read(text, "LINK_KEYS", &ring, &err), "%s", text);
	cr_expect(err.kind == ERROR_INVALID && strstr(err.text, why), "%s: %s", text, err.text);
	cr_expect(!strstr(err.text, "0001") && ring.count == 0);
}

Test(mac, a_ring_is_read_whole_or_not_at_all) {
	struct mac_ring ring;
	struct error err = ERROR_INIT;
	char many[MAC_RING_TEXT + 70] = "";
	cr_expect(mac_ring_read(NULL, "K", &ring, &err) && ring.count == 0);
	cr_expect(mac_ring_read("", "K", &ring, &err) && ring.count == 0);
	cr_assert(mac_ring_read(A "," B, "K", &ring, &err), "%s", err.text);
	cr_expect(ring.count == 2 && mac_ring_key(&ring, ring.ids[0]) == &ring.keys[0] &&
	          mac_ring_key(&ring, ring.ids[1]) == &ring.keys[1]);
	for (int id = 0; id < 256; id++)
		cr_expect((mac_ring_key(&ring, (unsigned char)id) != NULL) == (id == ring.ids[0] || id == ring.ids[1]));
	refused(A "," A, "cannot be told");
	refused("00010203", "64 hex digits");
	refused(A "0", "64 hex digits");
	refused(A ",", "64 hex digits");
	refused("," A, "64 hex digits");
	refused(A ", " B, "64 hex digits");
	refused("g" A, "64 hex digits");
	refused("x001020304050607080900a0b0c0d0e0f101112131415161718191a1b1c1d1e1", "64 hex digits");
	for (int i = 0; i < 40 && strlen(many) < MAC_RING_TEXT; i++) { /* those that can be told apart */
		char longer[sizeof many];
		(void)snprintf(longer, sizeof longer, "%s%s%064x", many, *many ? "," : "", i);
		if (mac_ring_read(longer, "K", &ring, &err) || strstr(err.text, "at most"))
			memcpy(many, longer, sizeof many);
	}
	refused(many, "at most 16");
}
