/* Sealed targets: what was sealed is opened for its token alone; nothing else is. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "content/tokens/target.h"
#include "content/tokens/token.h"

#define A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define B "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"

enum { ROUNDS = 1500 };

static const char TOKEN[] = "abcdefghijklmnopqrstuvwxyz0123456789-_AB";

static struct mac_ring ring_of(const char *text) {
	struct mac_ring ring;
	struct error err = ERROR_INIT;
	cr_assert(mac_ring_read(text, "LINK_KEYS", &ring, &err), "%s", err.text);
	return ring;
}

Test(target, what_was_sealed_is_opened_byte_by_byte) {
	static const char *const targets[] = {
		"https://example.org/",
		"http://example.org/?a=1&b=2#part",
		"https://example.org/%2F;x=[0]?q=http://other.example/?href=\"http\"",
		"https://example.org/stra\xc3\x9f/\xe6\x97\xa5",
		"HTTPS://EXAMPLE.ORG",
	};
	const struct mac_ring a = ring_of(A), both = ring_of(B "," A), b = ring_of(B);
	char sealed[TARGET_SEALED], out[TARGET_CARRIED_MAX + 1];
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		size_t size = target_seal(&a, TOKEN, targets[i], sealed);
		cr_assert(size && size == strlen(sealed), "%s", targets[i]);
		cr_assert_eq(strspn(sealed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), size);
		cr_assert(target_open(&a, TOKEN, sealed, out) && strcmp(out, targets[i]) == 0, "%s", out);
		cr_assert(target_open(&both, TOKEN, sealed, out), "an old key still opens");
		cr_assert(!target_open(&b, TOKEN, sealed, out) && !*out);
	}
}

Test(target, every_length_is_opened_and_none_beyond_is_sealed) {
	const struct mac_ring ring = ring_of(A);
	char target[TARGET_CARRIED_MAX + 2] = "https://example.org/", sealed[TARGET_SEALED], out[TARGET_CARRIED_MAX + 1];
	for (size_t size = strlen(target); size <= TARGET_CARRIED_MAX; size++) {
		cr_assert(target_seal(&ring, TOKEN, target, sealed) && target_open(&ring, TOKEN, sealed, out));
		cr_assert_str_eq(out, target);
		target[size] = (char)('a' + size % 26);
	}
	cr_assert(target_seal(&ring, TOKEN, target, sealed) == 0 && !*sealed, "%zu bytes", strlen(target));
	cr_assert(target_is_safe(target), "it may still be redirected to");
}

Test(target, what_was_changed_is_not_opened) {
	static const char target[] = "https://example.org/path?a=1";
	const struct mac_ring ring = ring_of(A);
	char sealed[TARGET_SEALED + 1], out[TARGET_CARRIED_MAX + 1], other[sizeof TOKEN];
	uint64_t state = 20261127;
	size_t size = target_seal(&ring, TOKEN, target, sealed);
	for (int i = 0; i < ROUNDS; i++) {
		state = state * 6364136223846793005U + 1442695040888963407U;
		size_t at = (size_t)(state >> 33) % size;
		char kept = sealed[at];
		sealed[at] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ %"[(state >> 20) % 69];
		cr_assert(sealed[at] == kept || !target_open(&ring, TOKEN, sealed, out), "%s at %zu", sealed, at);
		sealed[at] = kept;
	}
	for (size_t cut = 0; cut < size; cut++) {
		char kept = sealed[cut];
		sealed[cut] = '\0';
		cr_assert(!target_open(&ring, TOKEN, sealed, out), "cut at %zu", cut);
		sealed[cut] = kept;
	}
	memcpy(other, TOKEN, sizeof TOKEN);
	other[0] = 'b';
	cr_assert(!target_open(&ring, other, sealed, out), "another link's");
}

Test(target, only_web_addresses_without_control_characters_are_redirected_to) {
	static const char *const bad[] = {
		"",
		"javascript:alert(1)",
		"//evil.example",
		"ftp://example.org/",
		"https:/example.org",
		"data:,x",
		"https://example.org/\r\nX: y",
		"https://example.org/\ttab",
		" https://example.org",
		"https://a.example/\x7f",
	};
	const struct mac_ring ring = ring_of(A);
	char sealed[TARGET_SEALED], longest[TARGET_MAX + 2];
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect(!target_is_safe(bad[i]) && target_seal(&ring, TOKEN, bad[i], sealed) == 0, "%s", bad[i]);
	memset(longest, 'a', sizeof longest);
	memcpy(longest, "https://", 8);
	longest[TARGET_MAX + 1] = '\0';
	cr_expect(!target_is_safe(longest));
	longest[TARGET_MAX] = '\0';
	cr_expect(target_is_safe(longest));
}
