/* Opening the keys of a sending domain. */
#include "senders/open.h"

#include "preflight/records.h"
#include "senders/keys.h"

static void close_key(void *key) {
	signature_key_free(key);
}

static bool open_kind(const struct keyring *ring, const struct sending_domain *domain, enum signature_kind kind,
                      struct arena *arena, struct dkim_signer *signer, struct error *err) {
	const struct sending_key *keys = domain->keys.items;
	for (int i = domain->keys.count - 1; i >= 0; i--) {
		struct dkim_key *next = &signer->keys[signer->count];
		if (keys[i].kind != (unsigned)kind || !key_signs(&keys[i]))
			continue;
		if (!keys_open(ring, domain, &keys[i], &next->key, err))
			return false;
		next->selector = keys[i].selector;
		arena_defer(arena, close_key, next->key);
		signer->count++;
		return true;
	}
	return true;
}

bool sending_domain_open(struct store *store, const struct keyring *ring, const char *domain, struct arena *arena,
                         struct dkim_signer *signer, bool *found, struct error *err) {
	struct sending_domain stored;
	const char *name = text_fold(arena, domain);
	*signer = (struct dkim_signer){ 0 };
	*found = false;
	for (; name && !*found; name = domain_above(name))
		if (!sending_domain_find(store, name, arena, &stored, found, err))
			return false;
	if (!*found)
		return true;
	signer->domain = stored.domain;
	return open_kind(ring, &stored, SIGNATURE_RSA, arena, signer, err) &&
	       open_kind(ring, &stored, SIGNATURE_ED25519, arena, signer, err);
}
