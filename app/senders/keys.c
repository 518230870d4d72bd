/* Keys of sending domains: making, sealing, replacing. */
#include "senders/keys.h"

#include <glib.h>
#include <string.h>

#include "core/base/secret.h"
#include "preflight/records.h"

static const char *const state_names[] = {
	[KEY_WAITS] = "waiting", [KEY_SIGNS] = "signing", [KEY_STRAYS] = "missing", [KEY_REPLACED] = "replaced"
};
const struct choices key_states = CHOICES(state_names);

enum key_state key_state_of(const struct sending_key *key) {
	if (moment_is_set(key->replaced_at))
		return KEY_REPLACED;
	if (!moment_is_set(key->seen_at))
		return KEY_WAITS;
	return key->record == RECORD_ABSENT || key->record == RECORD_WRONG ? KEY_STRAYS : KEY_SIGNS;
}

bool key_signs(const struct sending_key *key) {
	enum key_state state = key_state_of(key);
	return state == KEY_SIGNS || state == KEY_STRAYS;
}

static const char *place_of(const struct sending_domain *domain, const struct sending_key *key, struct arena *arena) {
	return arena_print(arena, "sending_domain/%s/%s", domain->id, key->selector);
}

static void wipe(struct buf *secret) {
	if (secret->bytes)
		secret_wipe(secret->bytes, secret->room);
}

static struct bytes sealed_bytes(const struct keyring *ring, const char *place, const struct buf *secret,
                                 struct arena *arena) {
	BUF_AUTO sealed = { 0 };
	sealed_close(ring, place, secret->bytes, secret->size, &sealed);
	char *bytes = arena_alloc(arena, sealed.size);
	memcpy(bytes, sealed.bytes, sealed.size);
	return (struct bytes){ bytes, sealed.size };
}

static const char *public_text(const struct buf *secret, struct arena *arena) {
	BUF_AUTO published = { 0 };
	struct error ignored;
	struct signature_key *key;
	if (!signature_key_read(secret->bytes, secret->size, &key, &ignored))
		return NULL;
	signature_public(key, &published);
	signature_key_free(key);
	g_autofree char *text = g_base64_encode((const guchar *)published.bytes, published.size);
	return arena_copy(arena, text);
}

static struct sending_key new_key(const struct keyring *ring, const struct sending_domain *domain,
                                  enum signature_kind kind, struct moment now, struct arena *arena) {
	unsigned char dice[4];
	BUF_AUTO secret = { 0 };
	secret_random_bytes(dice, sizeof dice);
	struct sending_key key = { .kind = (unsigned)kind,
		                       .created_at = now,
		                       .seen_at = MOMENT_NONE,
		                       .replaced_at = MOMENT_NONE,
		                       .record = RECORD_NOT_ASKED };
	key.selector = arena_print(arena, "tt%c-%02x%02x%02x%02x", kind == SIGNATURE_RSA ? 'r' : 'e', dice[0], dice[1],
	                           dice[2], dice[3]);
	signature_make(kind, &secret);
	key.public_key = public_text(&secret, arena);
	key.secret = sealed_bytes(ring, place_of(domain, &key, arena), &secret, arena);
	wipe(&secret);
	return key;
}

bool keys_add(const struct keyring *ring, struct sending_domain *domain, enum signature_kind kind, struct moment now,
              struct arena *arena, struct error *err) {
	if (ring->count == 0)
		return error_set(err, ERROR_CONFLICT,
		                 "Keys cannot be stored here: CREDENTIALS_KEY is not set. Run deploy/up, which makes one");
	if (domain->keys.count >= SENDING_KEYS_MAX)
		return error_set(err, ERROR_CONFLICT,
		                 "The domain has %d keys, the most there can be. Replaced ones are forgotten after %d days",
		                 SENDING_KEYS_MAX, KEYS_KEPT_DAYS);
	struct sending_key *all = arena_array(arena, struct sending_key, domain->keys.count + 1);
	if (domain->keys.count > 0)
		memcpy(all, domain->keys.items, sizeof *all * (size_t)domain->keys.count);
	all[domain->keys.count++] = new_key(ring, domain, kind, now, arena);
	domain->keys.items = all;
	return true;
}

bool keys_rotate(const struct keyring *ring, struct sending_domain *domain, struct moment now, struct arena *arena,
                 struct error *err) {
	const struct sending_key *keys = domain->keys.items;
	bool has[2] = { false, false };
	for (int i = 0; i < domain->keys.count; i++) {
		if (key_state_of(&keys[i]) == KEY_WAITS)
			return error_set(err, ERROR_CONFLICT, "A new key waits for its record already: publish that first");
		has[keys[i].kind == SIGNATURE_ED25519] |= key_signs(&keys[i]);
	}
	return (!has[0] || keys_add(ring, domain, SIGNATURE_RSA, now, arena, err)) &&
	       (!has[1] || keys_add(ring, domain, SIGNATURE_ED25519, now, arena, err));
}

bool keys_open(const struct keyring *ring, const struct sending_domain *domain, const struct sending_key *key,
               struct signature_key **opened, struct error *err) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO secret = { 0 };
	*opened = NULL;
	enum sealed_state state = sealed_open(ring, place_of(domain, key, arena), key->secret.data, key->secret.size,
	                                      &secret);
	bool fine = state == SEALED_FINE && signature_key_read(secret.bytes, secret.size, opened, err);
	wipe(&secret);
	if (fine)
		return true;
	if (state == SEALED_NO_KEY)
		return error_set(err, ERROR_CONFLICT,
		                 "The keys of “%.100s” were stored under another CREDENTIALS_KEY. Set that key as "
		                 "CREDENTIALS_KEYS_OLD, or delete the domain and add it again",
		                 domain->domain);
	return error_set(err, ERROR_CONFLICT, "A stored key of “%.100s” is damaged. Delete the domain and add it again",
	                 domain->domain);
}

/* Does its record have this very key? */
static void take_fact(struct sending_key *key, const struct sender_facts *facts, struct moment now,
                      struct arena *arena) {
	const char *published = facts->dkim_record ? dkim_key_of(facts->dkim_record, arena) : NULL;
	key->record = facts->dkim;
	key->problem = facts->dkim_problem;
	if (facts->dkim == RECORD_GOOD && !text_same(published, key->public_key)) {
		key->record = RECORD_WRONG;
		key->problem = "another key is published";
	}
	if (key->record == RECORD_GOOD && !moment_is_set(key->seen_at))
		key->seen_at = now;
}

/* Of each kind the newest one whose record was found signs. */
static void replace_older(struct rows *rows, struct moment now) {
	struct sending_key *keys = rows->items;
	bool has[2] = { false, false };
	for (int i = rows->count - 1; i >= 0; i--) {
		bool *later = &has[keys[i].kind == SIGNATURE_ED25519];
		if (!key_signs(&keys[i]))
			continue;
		if (*later) {
			keys[i].replaced_at = now;
			keys[i].secret = (struct bytes){ NULL, 0 };
		}
		*later = true;
	}
}

static void forget_old(struct rows *rows, struct moment now) {
	struct sending_key *keys = rows->items;
	int kept = 0;
	for (int i = 0; i < rows->count; i++) {
		struct moment at = keys[i].replaced_at;
		if (!moment_is_set(at) || now.ms - at.ms < KEYS_KEPT_DAYS * DAY_MS)
			keys[kept++] = keys[i];
	}
	rows->count = kept;
}

void keys_take_check(struct sending_domain *domain, const struct sender_facts *const *facts, int count,
                     struct moment now, struct arena *arena) {
	struct sending_key *keys = domain->keys.items;
	struct sending_check *check = &domain->check;
	for (int i = 0; i < count && i < domain->keys.count; i++) {
		if (!facts[i])
			continue;
		take_fact(&keys[i], facts[i], now, arena);
		check->exists = facts[i]->exists;
		check->spf = facts[i]->spf, check->dmarc = facts[i]->dmarc;
		check->spf_record = facts[i]->spf_record, check->spf_problem = facts[i]->spf_problem;
		check->dmarc_record = facts[i]->dmarc_record, check->dmarc_domain = facts[i]->dmarc_domain;
		check->dmarc_problem = facts[i]->dmarc_problem;
	}
	replace_older(&domain->keys, now);
	forget_old(&domain->keys, now);
	sending_check_ends(check, now);
}

/* *sealed: it was sealed with an older key and is now sealed with the first. */
static bool renew(const struct keyring *ring, const struct sending_domain *domain, struct sending_key *key,
                  struct arena *arena, bool *sealed) {
	char id[SEALED_KEY_ID];
	BUF_AUTO plain = { 0 };
	const char *place = place_of(domain, key, arena);
	sealed_key_id(key->secret.data, key->secret.size, id);
	bool fine = sealed_open(ring, place, key->secret.data, key->secret.size, &plain) == SEALED_FINE;
	*sealed = fine && strcmp(id, ring->keys[0].id) != 0;
	if (*sealed)
		key->secret = sealed_bytes(ring, place, &plain, arena);
	wipe(&plain);
	return fine;
}

bool keys_reseal(struct store *store, const struct keyring *ring, struct arena *arena, struct rotation *rotation,
                 struct error *err) {
	struct rows all;
	if (!sending_domain_list(store, arena, &all, err))
		return false;
	struct sending_domain *domains = all.items;
	for (int i = 0; i < all.count; i++) {
		struct sending_key *keys = domains[i].keys.items;
		bool any = false, sealed;
		for (int at = 0; at < domains[i].keys.count; at++) {
			if (!keys[at].secret.data)
				continue;
			rotation->secrets++;
			rotation->lost += !renew(ring, &domains[i], &keys[at], arena, &sealed);
			rotation->sealed += sealed;
			any |= sealed;
		}
		if (any && !sending_domain_save(store, &domains[i], err) && !store_is_stale(err))
			return false;
	}
	return true;
}
