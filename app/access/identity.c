/* The worker's cache of credentials. */
#include "access/identity.h"

#include "core/http/answer_cache.h"
#include "core/http/exchange.h"
#include "core/store/version.h"

/* Whoever took a right away may have been killed before it said so: then the credential is read again all the same. */
enum { KEPT_MS = 30 * SECOND_MS };

static char *key_of(const struct exchange *x, const char *kind, const char *digest) {
	return arena_print(x->arena, "%lld|%lld|%s|%s", (long long)x->versions.rights, (long long)(x->now.ms / KEPT_MS),
	                   kind, digest);
}

bool identity_cached(struct exchange *x, const char *kind, const char *digest, const struct record_type *record,
                     void *object) {
	const struct cached_answer *cached = answer_cache_find(x->identities, key_of(x, kind, digest));
	struct error ignored = ERROR_INIT;
	bson_t bson;
	if (!cached || !bson_init_static(&bson, (const uint8_t *)cached->body, cached->size))
		return false;
	return record_from_bson(record, &bson, x->arena, object, &ignored);
}

void identity_cache(struct exchange *x, const char *kind, const char *digest, const struct record_type *record,
                    const void *object) {
	bson_t bson = BSON_INITIALIZER;
	record_to_bson(record, object, &bson);
	answer_cache_put(x->identities, key_of(x, kind, digest),
	                 &(struct cached_answer){ "", "", (const char *)bson_get_data(&bson), bson.len });
	bson_destroy(&bson);
}

bool identity_forget_all(struct store *store, struct error *err) {
	return version_bump(store, REALM_RIGHTS, err);
}
