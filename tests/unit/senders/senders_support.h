/* Shared by the tests of this room: a ring of keys, a domain with keys. */
#ifndef TESTS_SENDERS_SUPPORT_H
#define TESTS_SENDERS_SUPPORT_H

#include <criterion/criterion.h>

#include "senders/keys.h"

static const struct moment NOON = { 1793000000000 };

static inline struct keyring ring_of(const char *key, const char *old) {
	struct keyring ring;
	struct error err = ERROR_INIT;
	cr_assert(keyring_read(key, old, "CREDENTIALS_KEY", &ring, &err), "%s", err.text);
	return ring;
}

#define KEY_A "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define KEY_B "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="

static inline struct sending_domain domain_named(const char *id, const char *name) {
	struct sending_domain domain;
	record_clear(&sending_domain_record, &domain);
	domain.id = id, domain.domain = name;
	domain.created_at = domain.check.asked_at = NOON;
	domain.check.spf = domain.check.dmarc = RECORD_NOT_ASKED;
	domain.created_by = "mara";
	return domain;
}

static inline void add_key(struct sending_domain *domain, enum signature_kind kind, struct arena *arena) {
	const struct keyring ring = ring_of(KEY_A, "");
	struct error err = ERROR_INIT;
	cr_assert(keys_add(&ring, domain, kind, NOON, arena, &err), "%s", err.text);
}

static inline struct sending_key *key_at(const struct sending_domain *domain, int at) {
	cr_assert_lt(at, domain->keys.count);
	return (struct sending_key *)domain->keys.items + at;
}

#endif
