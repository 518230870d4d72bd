/* Keys of a domain: whatever is looked up and replaced in whatever order, one that signs stays until another one does.
 */
#include <stdint.h>
#include <string.h>

#include "senders_support.h"

enum { RUNS = 300, STEPS = 60 };

static uint64_t state = 20261127;
static unsigned below(unsigned bound) {
	state = state * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(state >> 33) % bound;
}

static const char *record_of(const struct sending_key *key, struct arena *arena) {
	return arena_print(arena, "v=DKIM1; k=rsa; p=%s", key->public_key);
}

static struct sender_facts facts_of(unsigned dkim, const char *record) {
	return (struct sender_facts){
		.exists = true, .spf = RECORD_ABSENT, .dkim = dkim, .dmarc = RECORD_ABSENT, .dkim_record = record
	};
}

static void look_up(struct sending_domain *domain, unsigned dkim, struct moment now, struct arena *arena) {
	struct sender_facts facts[SENDING_KEYS_MAX];
	const struct sender_facts *found[SENDING_KEYS_MAX] = { NULL };
	for (int i = 0; i < domain->keys.count; i++) {
		const struct sending_key *key = key_at(domain, i);
		facts[i] = facts_of(dkim, dkim == RECORD_GOOD ? record_of(key, arena) : NULL);
		found[i] = key_state_of(key) == KEY_REPLACED ? NULL : &facts[i];
	}
	keys_take_check(domain, found, SENDING_KEYS_MAX, now, arena);
}

Test(keys, sign_once_their_own_record_is_found) {
	ARENA_AUTO arena = arena_new();
	struct sending_domain domain = domain_named("000000000000000000000001", "acme.example");
	add_key(&domain, SIGNATURE_RSA, arena);
	const struct sending_key *key = key_at(&domain, 0);
	struct sender_facts other = facts_of(RECORD_GOOD, "v=DKIM1; p=MIIBIjANBgkqhkiG9w0BAQ");
	const struct sender_facts *found[1] = { &other };
	cr_expect_eq(key_state_of(key), KEY_WAITS);
	look_up(&domain, RECORD_ABSENT, NOON, arena);
	cr_expect_eq(key_state_of(key), KEY_WAITS);
	keys_take_check(&domain, found, 1, NOON, arena);
	cr_expect(key_state_of(key) == KEY_WAITS && strstr(key->problem, "another key"));
	look_up(&domain, RECORD_GOOD, NOON, arena);
	cr_expect(key_state_of(key) == KEY_SIGNS && !key->problem);
	look_up(&domain, RECORD_UNKNOWN, NOON, arena);
	cr_expect_eq(key_state_of(key), KEY_SIGNS, "no answer says nothing");
	look_up(&domain, RECORD_ABSENT, NOON, arena);
	cr_expect(key_state_of(key) == KEY_STRAYS && key_signs(key));
}

Test(keys, new_ones_take_over_when_they_are_found) {
	ARENA_AUTO arena = arena_new();
	const struct keyring ring = ring_of(KEY_A, "");
	struct error err = ERROR_INIT;
	struct sending_domain domain = domain_named("000000000000000000000001", "acme.example");
	add_key(&domain, SIGNATURE_RSA, arena);
	add_key(&domain, SIGNATURE_ED25519, arena);
	cr_expect(!keys_rotate(&ring, &domain, NOON, arena, &err) && err.kind == ERROR_CONFLICT, "they wait");
	look_up(&domain, RECORD_GOOD, NOON, arena);
	cr_assert(keys_rotate(&ring, &domain, NOON, arena, &err), "%s", err.text);
	cr_expect(domain.keys.count == 4 && key_signs(key_at(&domain, 0)) && key_signs(key_at(&domain, 1)));
	cr_expect(strcmp(key_at(&domain, 0)->selector, key_at(&domain, 2)->selector) != 0);
	look_up(&domain, RECORD_GOOD, moment_add(NOON, DAY_MS), arena);
	for (int i = 0; i < 4; i++)
		cr_expect_eq(key_state_of(key_at(&domain, i)), i < 2 ? KEY_REPLACED : KEY_SIGNS);
	cr_expect(!key_at(&domain, 0)->secret.data && key_at(&domain, 2)->secret.data, "what signs no more is gone");
	look_up(&domain, RECORD_GOOD, moment_add(NOON, (KEYS_KEPT_DAYS + 2) * DAY_MS), arena);
	cr_expect_eq(domain.keys.count, 2, "and forgotten later");
}

Test(keys, a_look_up_ends_whatever_the_clocks_say) {
	ARENA_AUTO arena = arena_new();
	struct sending_domain domain = domain_named("000000000000000000000001", "acme.example");
	add_key(&domain, SIGNATURE_ED25519, arena);
	cr_expect(sending_domain_is_checking(&domain));
	look_up(&domain, RECORD_GOOD, moment_add(NOON, -HOUR_MS), arena); /* the database's clock is behind */
	cr_expect(!sending_domain_is_checking(&domain));
	domain.check.asked_at = moment_add(NOON, DAY_MS);
	cr_expect(sending_domain_is_checking(&domain));
}

static int signing(const struct sending_domain *domain, enum signature_kind kind) {
	int count = 0;
	for (int i = 0; i < domain->keys.count; i++)
		count += key_at(domain, i)->kind == (unsigned)kind && key_signs(key_at(domain, i));
	return count;
}

static void check(const struct sending_domain *domain, const bool *had) {
	int waiting = 0;
	for (enum signature_kind kind = SIGNATURE_RSA; kind <= SIGNATURE_ED25519; kind++)
		cr_assert(signing(domain, kind) <= 1 && (!had[kind] || signing(domain, kind) == 1));
	for (int i = 0; i < domain->keys.count; i++) {
		const struct sending_key *key = key_at(domain, i);
		cr_assert_eq(key->secret.data != NULL, key_state_of(key) != KEY_REPLACED);
		waiting += key_state_of(key) == KEY_WAITS;
	}
	cr_assert(waiting <= 2 && domain->keys.count <= SENDING_KEYS_MAX);
}

/* RSA would take minutes: both kinds are played by Ed25519. */
Test(keys, never_leave_a_gap, .timeout = 120) {
	for (int run = 0; run < RUNS; run++) {
		ARENA_AUTO arena = arena_new();
		const struct keyring ring = ring_of(KEY_A, "");
		struct sending_domain domain = domain_named("000000000000000000000001", "acme.example");
		struct moment now = NOON;
		bool had[2] = { false, false };
		add_key(&domain, SIGNATURE_ED25519, arena);
		add_key(&domain, SIGNATURE_ED25519, arena);
		key_at(&domain, 0)->kind = SIGNATURE_RSA;
		for (int step = 0; step < STEPS; step++) {
			struct error err = ERROR_INIT;
			int before = domain.keys.count;
			now = moment_add(now, below(5) * DAY_MS);
			if (below(3) == 0 && before == signing(&domain, SIGNATURE_RSA) + signing(&domain, SIGNATURE_ED25519) &&
			    keys_add(&ring, &domain, SIGNATURE_ED25519, now, arena, &err))
				key_at(&domain, before)->kind = below(2);
			else
				look_up(&domain, below(5), now, arena);
			check(&domain, had);
			for (enum signature_kind kind = SIGNATURE_RSA; kind <= SIGNATURE_ED25519; kind++)
				had[kind] = signing(&domain, kind) == 1;
		}
	}
}

Test(keys, open_at_their_place_with_their_ring_alone) {
	ARENA_AUTO arena = arena_new();
	const struct keyring a = ring_of(KEY_A, ""), b = ring_of(KEY_B, "");
	struct sending_domain domain = domain_named("000000000000000000000001", "acme.example");
	struct sending_domain other = domain_named("000000000000000000000002", "other.example");
	struct signature_key *opened;
	struct error err = ERROR_INIT;
	add_key(&domain, SIGNATURE_ED25519, arena);
	const struct sending_key *key = key_at(&domain, 0);
	cr_assert(keys_open(&a, &domain, key, &opened, &err), "%s", err.text);
	cr_expect_eq(signature_kind_of(opened), SIGNATURE_ED25519);
	signature_key_free(opened);
	cr_expect(!keys_open(&b, &domain, key, &opened, &err) && strstr(err.text, "CREDENTIALS_KEYS_OLD") && !opened);
	cr_expect(!keys_open(&a, &other, key, &opened, &err) && strstr(err.text, "damaged"));
	struct sending_key moved = *key;
	moved.selector = "tte-00000000";
	cr_expect(!keys_open(&a, &domain, &moved, &opened, &err) && strstr(err.text, "damaged"));
}

Test(keys, are_not_made_without_a_ring_or_without_end) {
	ARENA_AUTO arena = arena_new();
	const struct keyring none = ring_of("", ""), a = ring_of(KEY_A, "");
	struct sending_domain domain = domain_named("000000000000000000000001", "acme.example");
	struct error err = ERROR_INIT;
	cr_expect(!keys_add(&none, &domain, SIGNATURE_RSA, NOON, arena, &err) && err.kind == ERROR_CONFLICT);
	cr_expect(strstr(err.text, "CREDENTIALS_KEY") && domain.keys.count == 0);
	for (int i = 0; i < SENDING_KEYS_MAX; i++)
		add_key(&domain, SIGNATURE_ED25519, arena);
	cr_expect(!keys_add(&a, &domain, SIGNATURE_ED25519, NOON, arena, &err) && err.kind == ERROR_CONFLICT);
}
