/* Sealed data opens only with its own key and only complete. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/base/secret.h"

Test(secret, what_is_sealed_can_be_opened) {
	static const char plain[] = "text/plain\0Location: /x\r\n\0body";
	BUF_AUTO sealed = { 0 }, again = { 0 }, opened = { 0 };
	secret_seal("a key", plain, sizeof plain, &sealed);
	secret_seal("a key", plain, sizeof plain, &again);
	cr_expect(sealed.size == again.size && memcmp(sealed.bytes, again.bytes, sealed.size) != 0, "no nonce");
	cr_expect_null(memmem(sealed.bytes, sealed.size, "Location", 8));
	cr_assert(secret_open("a key", sealed.bytes, sealed.size, &opened));
	cr_expect(opened.size == sizeof plain && memcmp(opened.bytes, plain, sizeof plain) == 0);
	BUF_AUTO empty = { 0 }, nothing = { 0 };
	secret_seal("a key", "", 0, &empty);
	cr_expect(secret_open("a key", empty.bytes, empty.size, &nothing) && nothing.size == 0);
}

Test(secret, another_key_or_a_changed_byte_opens_nothing) {
	BUF_AUTO sealed = { 0 }, opened = { 0 };
	secret_seal("a key", "hello", 5, &sealed);
	cr_expect(!secret_open("another", sealed.bytes, sealed.size, &opened));
	cr_expect(!secret_open("a key", sealed.bytes, sealed.size - 1, &opened));
	cr_expect(!secret_open("a key", sealed.bytes, 20, &opened));
	for (size_t i = 0; i < sealed.size; i++) {
		sealed.bytes[i] ^= 1;
		cr_expect(!secret_open("a key", sealed.bytes, sealed.size, &opened), "byte %zu", i);
		sealed.bytes[i] ^= 1;
	}
	cr_expect_eq(opened.size, 0);
}
