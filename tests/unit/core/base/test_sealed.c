/* Sealed secrets: they open with their key, at their place, unchanged, and in no other way. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/base/sealed.h"
#include "core/base/secret.h"

#define KEY_A "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define KEY_B "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="

static const char SECRET[] = "correct horse battery staple";

static struct keyring ring_of(const char *key, const char *old) {
	struct keyring ring;
	struct error err = ERROR_INIT;
	cr_assert(keyring_read(key, old, "CREDENTIALS_KEY", &ring, &err), "%s", err.text);
	return ring;
}

static enum sealed_state open_with(const struct keyring *ring, const char *place, const struct buf *sealed) {
	BUF_AUTO out = { 0 };
	buf_text_add(&out, "before");
	enum sealed_state state = sealed_open(ring, place, sealed->bytes, sealed->size, &out);
	if (state == SEALED_FINE)
		cr_expect_str_eq(buf_text(&out) + strlen("before"), SECRET);
	else
		cr_expect_str_eq(buf_text(&out), "before", "what did not open leaves nothing");
	return state;
}

Test(sealed, opens_with_its_key_at_its_place) {
	const struct keyring a = ring_of(KEY_A, ""), b = ring_of(KEY_B, NULL), both = ring_of(KEY_B, KEY_A);
	char id[SEALED_KEY_ID];
	BUF_AUTO sealed = { 0 };
	sealed_close(&a, "connection/1/password", SECRET, strlen(SECRET), &sealed);
	cr_expect_eq(open_with(&a, "connection/1/password", &sealed), SEALED_FINE);
	cr_expect_eq(open_with(&both, "connection/1/password", &sealed), SEALED_FINE, "an old key still opens");
	cr_expect_eq(open_with(&b, "connection/1/password", &sealed), SEALED_NO_KEY);
	cr_expect_eq(open_with(&a, "connection/2/password", &sealed), SEALED_DAMAGED, "moved to another row");
	cr_expect_eq(open_with(&a, "connection/1/api_key", &sealed), SEALED_DAMAGED, "moved to another field");
	sealed_key_id(sealed.bytes, sealed.size, id);
	cr_expect_str_eq(id, a.keys[0].id);
	cr_expect(!memmem(sealed.bytes, sealed.size, SECRET, 8));
}

Test(sealed, what_is_new_is_sealed_with_the_first_key) {
	const struct keyring both = ring_of(KEY_B, KEY_A), b = ring_of(KEY_B, "");
	BUF_AUTO first = { 0 };
	BUF_AUTO second = { 0 };
	sealed_close(&both, "p", SECRET, strlen(SECRET), &first);
	sealed_close(&both, "p", SECRET, strlen(SECRET), &second);
	cr_expect_eq(open_with(&b, "p", &first), SEALED_FINE);
	cr_expect(first.size == second.size && memcmp(first.bytes, second.bytes, first.size) != 0, "a nonce each");
}

Test(sealed, every_changed_byte_and_every_cut_is_noticed) {
	const struct keyring a = ring_of(KEY_A, "");
	BUF_AUTO sealed = { 0 };
	sealed_close(&a, "p", SECRET, strlen(SECRET), &sealed);
	for (size_t i = 0; i < sealed.size; i++) {
		sealed.bytes[i] ^= 0x20;
		cr_expect_neq(open_with(&a, "p", &sealed), SEALED_FINE, "byte %zu", i);
		sealed.bytes[i] ^= 0x20;
	}
	for (size_t size = 0; size < sealed.size; size++) {
		const struct buf cut = { .bytes = sealed.bytes, .size = size };
		cr_expect_neq(open_with(&a, "p", &cut), SEALED_FINE, "%zu bytes", size);
	}
	buf_char(&sealed, 'x');
	cr_expect_eq(open_with(&a, "p", &sealed), SEALED_DAMAGED, "a byte more");
}

Test(sealed, random_bytes_open_nothing) {
	const struct keyring a = ring_of(KEY_A, KEY_B);
	char bytes[200];
	for (int i = 0; i < 2000; i++) {
		secret_random_bytes(bytes, sizeof bytes);
		bytes[0] = 1;
		const struct buf any = { .bytes = bytes, .size = (size_t)(unsigned char)bytes[1] % sizeof bytes };
		cr_expect_neq(open_with(&a, "p", &any), SEALED_FINE);
	}
}

Test(sealed, an_empty_secret_is_a_secret) {
	const struct keyring a = ring_of(KEY_A, "");
	BUF_AUTO sealed = { 0 };
	BUF_AUTO out = { 0 };
	sealed_close(&a, "p", "", 0, &sealed);
	cr_expect_eq(sealed_open(&a, "p", sealed.bytes, sealed.size, &out), SEALED_FINE);
	cr_expect_eq(out.size, 0);
}

Test(sealed, a_key_is_32_bytes_in_base64_and_is_not_quoted) {
	static const char *const wrong[] = {
		"short", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ==",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", "AAECAwQF*gcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	};
	struct keyring ring;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct error err = ERROR_INIT;
		cr_expect_not(keyring_read(wrong[i], "", "CREDENTIALS_KEY", &ring, &err));
		cr_expect(strstr(err.text, "32 random bytes") && !strstr(err.text, wrong[i]), "%s", err.text);
	}
	struct error err = ERROR_INIT;
	cr_expect(keyring_read("", KEY_A, "CREDENTIALS_KEY", &ring, &err));
	cr_expect_eq(ring.count, 0, "without a key nothing is sealed or opened");
	cr_expect_not(keyring_read(KEY_A, "nonsense", "CREDENTIALS_KEY", &ring, &err));
	cr_expect_str_eq(err.field, "CREDENTIALS_KEYS_OLD");
	cr_expect(keyring_read(KEY_A, KEY_B ",," KEY_A, "CREDENTIALS_KEY", &ring, &err));
	cr_expect_eq(ring.count, 3);
}
