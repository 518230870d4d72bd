/* Keyed hashes of erased addresses. */
#include "audience/suppression/hashed.h"

#include "core/base/secret.h"
#include "core/process/settings.h"

static const char KEYS[] = "suppression_keys";
static const char CHECK_ID[] = "check";

static const char *used;
static bool is_chosen;
static bool is_fine;       /* the key never changes within a process, and a check never in the database */
static int64_t none_until; /* on the monotonic clock, in ms: nothing had been hashed a moment ago */

enum { NONE_HOLDS_MS = SECOND_MS };

struct key_check {
	const char *id, *check;
};
static const struct field check_fields[] = {
	FIELD(struct key_check, id, .stored = "_id"),
	FIELD(struct key_check, check),
};
static const struct record_type check_record = RECORD_TYPE("SuppressionKey", struct key_check, check_fields);

void hashed_use(const char *key) {
	used = text_is_empty(key) ? NULL : key;
	is_chosen = true;
	is_fine = false;
	none_until = 0;
}

static const char *key_in_use(void) {
	if (!is_chosen)
		hashed_use(settings_text("SUPPRESSION_KEY"));
	return used;
}

const char *hashed_key(struct arena *arena, const char *key) {
	char hash[SECRET_HEX];
	if (!key_in_use())
		return NULL;
	secret_mac(used, arena_print(arena, "suppressed %s", key), hash);
	return arena_print(arena, "#%s", hash);
}

bool hashed_is(const char *key) {
	return key && *key == '#';
}

static const char *check_of(struct arena *arena) {
	char hash[SECRET_HEX];
	secret_mac(used, "check", hash);
	return arena_copy_bytes(arena, hash, 16);
}

bool hashed_read_state(struct store *store, enum hashed_state *state, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct key_check stored;
	bool found;
	(void)key_in_use();
	*state = HASHED_FINE;
	if (is_fine)
		return true;
	if (!store_find(store, KEYS, FILTER(eq_text("_id", CHECK_ID)), NULL, &check_record, arena, &stored, &found, err))
		return false;
	*state = !found                                      ? HASHED_NONE
	         : !used                                     ? HASHED_MISSING
	         : !text_same(stored.check, check_of(arena)) ? HASHED_CHANGED
	                                                     : HASHED_FINE;
	is_fine = *state == HASHED_FINE;
	return true;
}

static bool judge(enum hashed_state state, struct error *err) {
	if (state == HASHED_MISSING)
		return error_set(err, ERROR_CONFLICT,
		                 "SUPPRESSION_KEY is not set, but erased people are suppressed under one. Set it as it was");
	if (state == HASHED_CHANGED)
		return error_set(err, ERROR_CONFLICT,
		                 "SUPPRESSION_KEY is not the one under which erased people are suppressed. Set it as it was");
	return true;
}

/* Asked with each look at a suppression. Whoever has another key than the first hash learns of it a moment later. */
bool hashed_check(struct store *store, struct error *err) {
	enum hashed_state state;
	if (!is_fine && monotonic_ms() < none_until)
		return true;
	if (!hashed_read_state(store, &state, err))
		return false;
	none_until = state == HASHED_NONE ? monotonic_ms() + NONE_HOLDS_MS : 0;
	return judge(state, err);
}

/* Two at once: one check is stored, and both compare theirs with it. */
bool hashed_begin(struct store *store, struct error *err) {
	ARENA_AUTO arena = arena_new();
	enum hashed_state state;
	bool was_there;
	if (!hashed_read_state(store, &state, err) || !judge(state, err))
		return false;
	if (state == HASHED_FINE)
		return true;
	if (!used)
		return error_set(err, ERROR_CONFLICT, "SUPPRESSION_KEY is not set. Without it nobody can be erased for good");
	const struct key_check check = { CHECK_ID, check_of(arena) };
	none_until = 0;
	return store_insert_once(store, KEYS, &check_record, &check, &was_there, err) && hashed_check(store, err);
}
