/* The keys of a sending domain: made in pairs, sealed under CREDENTIALS_KEY, put to use once the DNS has their records,
 * and replaced without a gap: a key goes only when another one of its kind has been found. */
#ifndef SENDERS_KEYS_H
#define SENDERS_KEYS_H

#include "connections/secrets.h"
#include "core/base/sealed.h"
#include "core/base/signature.h"
#include "senders/domain.h"

/* Adds a new key, which waits for its record. CONFLICT without a keyring, or if there are too many keys. */
bool keys_add(const struct keyring *ring, struct sending_domain *domain, enum signature_kind kind, struct moment now,
              struct arena *arena, struct error *err) MUST_CHECK;

/* A new key for each kind that the domain has. CONFLICT: new keys wait already. */
bool keys_rotate(const struct keyring *ring, struct sending_domain *domain, struct moment now, struct arena *arena,
                 struct error *err) MUST_CHECK;

/* The private key. CONFLICT, in words, if it does not open. Free it with signature_key_free. */
bool keys_open(const struct keyring *ring, const struct sending_domain *domain, const struct sending_key *key,
               struct signature_key **opened, struct error *err) MUST_CHECK;

/* Pure. */
enum key_state {
	KEY_WAITS, /* its record has not been found yet: it does not sign */
	KEY_SIGNS,
	KEY_STRAYS, /* it signs, but its record was gone or another one when it was last looked up */
	KEY_REPLACED,
};
extern const struct choices key_states; /* "waiting", "signing", "missing", "replaced" */
enum key_state key_state_of(const struct sending_key *key);
bool key_signs(const struct sending_key *key);

/* Pure. What the DNS said: of each key, in their order, NULL if it was not asked for, and of the domain. Keys whose
 * record was found take over from those of their kind, whose secrets go; replaced ones are forgotten after
 * KEYS_KEPT_DAYS. */
enum { KEYS_KEPT_DAYS = 30 };
void keys_take_check(struct sending_domain *domain, const struct sender_facts *const *facts, int count,
                     struct moment now, struct arena *arena);

/* Seals anew, with the ring's first key, what another one sealed (connections/secrets.h). */
bool keys_reseal(struct store *store, const struct keyring *ring, struct arena *arena, struct rotation *rotation,
                 struct error *err) MUST_CHECK;

#endif
