/* Stored warm-ups. */
#include "senders/warm_up.h"

#include "core/store/version.h"
#include "senders/open.h"

static const char WARM_UPS[] = "warm_ups", DOMAINS[] = "sending_domains";

enum { TRIES = 20 };

static const struct field fields[] = {
	FIELD(struct warm_up, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct warm_up, key),
	FIELD(struct warm_up, domain_id, .flags = FIELD_ID),
	FIELD(struct warm_up, name),
	FIELD_AS(struct warm_up, warming.day, "day"),
	FIELD_AS(struct warm_up, warming.began_at, "began_at"),
	FIELD_AS(struct warm_up, warming.taken, "taken"),
	FIELD_AS(struct warm_up, warming.deferred, "deferred"),
	FIELD_AS(struct warm_up, warming.hard, "hard"),
	FIELD_AS(struct warm_up, warming.complained, "complained"),
	FIELD(struct warm_up, rev),
};
static const struct record_type warm_up_record = RECORD_TYPE("WarmUp", struct warm_up, fields);

bool warm_up_set(struct store *store, const char *domain_id, struct moment at, struct error *err) {
	int64_t deleted;
	bool found;
	if (!store_delete(store, WARM_UPS, FILTER(eq_id("domain_id", domain_id)), &deleted, err) ||
	    !store_update(store, DOMAINS, FILTER(by_id(domain_id)),
	                  UPDATE(moment_is_set(at) ? set_moment("warm_up_at", at) : unset("warm_up_at"),
	                         add_count("rev", 1)),
	                  &found, err))
		return false;
	return found ? version_bump(store, REALM_SETTINGS, err)
	             : error_set(err, ERROR_MISSING, "There is no sending domain %s", domain_id);
}

bool warm_up_of(struct store *store, const char *domain, struct arena *arena, const char **domain_id,
                struct error *err) {
	struct sending_domain stored;
	bool found;
	*domain_id = NULL;
	if (!sending_domain_nearest(store, domain, arena, &stored, &found, err))
		return false;
	if (found && moment_is_set(stored.warm_up_at))
		*domain_id = stored.id;
	return true;
}

static const char *key_of(const char *domain_id, const char *name, struct arena *arena) {
	return arena_print(arena, "%s:%s", domain_id, name);
}

bool warm_up_find(struct store *store, const char *domain_id, const struct strings *names, struct arena *arena,
                  struct rows *found, struct error *err) {
	struct strings keys = { arena_array(arena, const char *, (size_t)names->count + 1), names->count };
	for (int i = 0; i < names->count; i++)
		keys.items[i] = key_of(domain_id, names->items[i], arena);
	return store_list(store, WARM_UPS, FILTER(in_texts("key", &keys)), SORT(asc("key"), asc("_id")), WARM_UPS_MAX,
	                  &warm_up_record, arena, &found->items, &found->count, err);
}

bool warm_up_list(struct store *store, const char *domain_id, int limit, struct arena *arena, struct rows *found,
                  struct error *err) {
	return store_list(store, WARM_UPS, FILTER(eq_id("domain_id", domain_id)),
	                  SORT(desc("day"), desc("taken"), asc("_id")), limit, &warm_up_record, arena, &found->items,
	                  &found->count, err);
}

static bool create(struct store *store, const char *domain_id, const char *name, struct arena *arena,
                   struct error *err) {
	const struct warm_up fresh = { .id = store_new_id(arena),
		                           .key = key_of(domain_id, name, arena),
		                           .domain_id = domain_id,
		                           .name = name,
		                           .warming = WARMING_NEW,
		                           .rev = 1 };
	bool was_there;
	return store_insert_once(store, WARM_UPS, &warm_up_record, &fresh, &was_there, err);
}

static bool tell_once(struct store *store, const char *domain_id, const char *name,
                      const struct warming_replies *replies, struct moment now, struct arena *arena, bool *done,
                      struct error *err) {
	struct warm_up stored;
	bool found;
	if (!store_find(store, WARM_UPS, FILTER(eq_text("key", key_of(domain_id, name, arena))), NULL, &warm_up_record,
	                arena, &stored, &found, err))
		return false;
	if (!found)
		return create(store, domain_id, name, arena, err);
	warming_note(&stored.warming, replies, now);
	return store_update(store, WARM_UPS, FILTER(by_id(stored.id), eq_count("rev", stored.rev)),
	                    UPDATE(set_record(&warm_up_record, &stored, EXCEPT("id", "key", "domain_id", "name", "rev")),
	                           add_count("rev", 1)),
	                    done, err);
}

bool warm_up_tell(struct store *store, const char *domain_id, const char *name, const struct warming_replies *replies,
                  struct moment now, struct arena *arena, struct error *err) {
	bool done = false;
	for (int tries = 0; !done && tries < TRIES; tries++)
		if (!tell_once(store, domain_id, name, replies, now, arena, &done, err))
			return false;
	return true;
}
