/* Opening the keys of a sending domain. */
#include "senders/open.h"

#include "preflight/lookups.h"
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

bool sending_domain_nearest(struct store *store, const char *domain, struct arena *arena,
                            struct sending_domain *nearest, bool *found, struct error *err) {
	*found = false;
	for (const char *name = lookups_domain(domain, arena); name && !*found; name = domain_above(name))
		if (!sending_domain_find(store, name, arena, nearest, found, err))
			return false;
	return true;
}

bool sending_domain_open(struct store *store, const struct keyring *ring, const char *domain, struct arena *arena,
                         struct dkim_signer *signer, bool *found, struct error *err) {
	struct sending_domain stored;
	*signer = (struct dkim_signer){ 0 };
	if (!sending_domain_nearest(store, domain, arena, &stored, found, err))
		return false;
	if (!*found)
		return true;
	signer->domain = stored.domain;
	return open_kind(ring, &stored, SIGNATURE_RSA, arena, signer, err) &&
	       open_kind(ring, &stored, SIGNATURE_ED25519, arena, signer, err);
}

bool sending_domain_selector(struct store *store, const char *domain, struct arena *arena, const char **selector,
                             struct error *err) {
	struct sending_domain stored;
	bool found;
	*selector = NULL;
	const char *name = lookups_domain(domain, arena);
	if (!name)
		return true;
	if (!sending_domain_find(store, name, arena, &stored, &found, err))
		return false;
	const struct sending_key *keys = stored.keys.items;
	bool signs = false;
	for (int i = 0; found && i < stored.keys.count; i++) {
		if (keys[i].kind != SIGNATURE_RSA || key_state_of(&keys[i]) == KEY_REPLACED || signs)
			continue;
		*selector = keys[i].selector;
		signs = key_signs(&keys[i]);
	}
	return true;
}
