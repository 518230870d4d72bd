/* Signatures of web requests. The first is the example that the specification's own libraries are tested with. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "inbound/hook_signature.h"

static const unsigned char published[] = { 0x31, 0xf2, 0x90, 0xf6, 0xbf, 0x06, 0x29, 0x8a, 0xab, 0x4f, 0x08, 0xd4,
	                                       0x3c, 0x3f, 0x08, 0x2c, 0xf6, 0x48, 0xa3, 0x62, 0xda, 0x2d, 0xa4, 0xb0 };
#define BODY "{\"test\": 2432232314}"
#define SIGNED "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static const struct moment then = { 1614265330000 };

static struct mac_ring ring_of_two(void) {
	struct mac_ring ring = { .count = 2 };
	mac_key_set(&ring.keys[0], "another key, the newer of the two", 32);
	mac_key_set(&ring.keys[1], published, sizeof published);
	return ring;
}

static bool verified(const char *id, const char *timestamp, const char *signature, const char *body,
                     struct moment now) {
	const struct mac_ring ring = ring_of_two();
	const struct hook_claim claim = { id, timestamp, signature };
	struct error err = ERROR_INIT;
	bool fine = hook_verify(&ring, &claim, body, strlen(body), now, &err);
	cr_expect(fine || (err.kind == ERROR_DENIED && *err.text && !strstr(err.text, "v1,")), "%s", err.text);
	return fine;
}

static const char id[] = "msg_p5jXN8AQM9LWM0D4loKWxJek", at[] = "1614265330";

Test(hook_signature, is_of_these_bytes_with_a_key_of_ours) {
	cr_expect(verified(id, at, SIGNED, BODY, then));
	cr_expect(verified(id, at, "v1,AAAA v2,BBBB  " SIGNED " v1,CC", BODY, then), "one of several");
	cr_expect(!verified(id, at, SIGNED, BODY " ", then));
	cr_expect(!verified("msg_other", at, SIGNED, BODY, then));
	cr_expect(!verified(id, "1614265331", SIGNED, BODY, then));
	const struct hook_claim claim = { id, at, SIGNED };
	struct error err = ERROR_INIT;
	cr_expect(!hook_verify(&(struct mac_ring){ 0 }, &claim, BODY, strlen(BODY), then, &err), "without a key nobody");
}

Test(hook_signature, every_changed_bit_breaks_it) {
	char body[] = BODY, signature[] = SIGNED;
	for (size_t i = 0; i < strlen(BODY); i++)
		for (int bit = 0; bit < 8; bit++) {
			body[i] ^= (char)(1 << bit);
			if (body[i])
				cr_expect(!verified(id, at, SIGNED, body, then), "%zu.%d", i, bit);
			body[i] = BODY[i];
		}
	for (size_t i = 0; i < strlen(SIGNED); i++) {
		signature[i] = (char)(SIGNED[i] == 'A' ? 'B' : 'A');
		cr_expect(!verified(id, at, signature, BODY, then), "%zu", i);
		signature[i] = SIGNED[i];
	}
}

Test(hook_signature, holds_for_five_minutes) {
	for (int sign = -1; sign <= 1; sign += 2) {
		cr_expect(verified(id, at, SIGNED, BODY, moment_add(then, sign * (int64_t)HOOK_SKEW_MS)));
		cr_expect(!verified(id, at, SIGNED, BODY, moment_add(then, sign * (int64_t)(HOOK_SKEW_MS + 1))));
	}
}

Test(hook_signature, what_is_malformed_is_refused) {
	static const char *const times[] = { "", "-1614265330", "1614265330.0", " 1614265330", "9999999999999", "x" };
	char longest[HOOK_ID_MAX + 2], many[2000];
	memset(longest, 'a', sizeof longest);
	longest[sizeof longest - 1] = 0;
	memset(many, ' ', sizeof many);
	many[sizeof many - 1] = 0;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		cr_expect(!verified(id, times[i], SIGNED, BODY, then), "%s", times[i]);
	cr_expect(!verified(NULL, at, SIGNED, BODY, then) && !verified(id, NULL, SIGNED, BODY, then) &&
	          !verified(id, at, NULL, BODY, then) && !verified("", at, SIGNED, BODY, then));
	cr_expect(!verified(longest, at, SIGNED, BODY, then) && !verified("a\nb", at, SIGNED, BODY, then));
	cr_expect(!verified(id, at, many, BODY, then) && !verified(id, at, "v1,", BODY, then) &&
	          !verified(id, at, &SIGNED[3], BODY, then));
}
