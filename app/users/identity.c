/* Credentials that a worker has read. */
#include "users/identity.h"

static char *key_of(const struct exchange *x, const char *kind, const char *digest) {
	return arena_print(x->arena, "%lld|%s|%s", (long long)x->versions.rights, kind, digest);
}

bool identity_recall(struct exchange *x, const char *kind, const char *digest, const struct record_type *record,
                     void *object) {
	const struct shelf_item *kept = shelf_find(x->identities, key_of(x, kind, digest));
	bson_t bson;
	if (!kept || !bson_init_static(&bson, (const uint8_t *)kept->body, kept->size))
		return false;
	record_from_bson(record, &bson, x->arena, object);
	return true;
}

void identity_keep(struct exchange *x, const char *kind, const char *digest, const struct record_type *record,
                   const void *object) {
	bson_t bson = BSON_INITIALIZER;
	record_to_bson(record, object, &bson);
	shelf_keep(x->identities, key_of(x, kind, digest),
	           &(struct shelf_item){ "", "", (const char *)bson_get_data(&bson), bson.len });
	bson_destroy(&bson);
}

bool identity_forget_all(struct store *store, struct error *err) {
	return version_bump(store, VERSION_RIGHTS, err);
}
