/* Leases. */
#include "core/store/connection.h"

bool lease_take(struct store *store, const char *name, const char *owner, int64_t ms, struct error *err) {
	struct moment now = moment_now();
	bool matched;
	BSON_AUTO filter = BCON_NEW("_id", BCON_UTF8(name), "$or", "[", "{", "until", "{", "$lt", BCON_DATE_TIME(now.ms),
	                            "}", "}", "{", "owner", BCON_UTF8(owner), "}", "]");
	BSON_AUTO change = BCON_NEW("$set", "{", "owner", BCON_UTF8(owner), "until", BCON_DATE_TIME(now.ms + ms), "}");
	if (!store_update(store, "leases", filter, change, &matched, err))
		return false;
	if (matched)
		return true;
	BSON_AUTO fresh = BCON_NEW("_id", BCON_UTF8(name), "owner", BCON_UTF8(owner), "until", BCON_DATE_TIME(now.ms + ms));
	if (store_insert(store, "leases", fresh, err))
		return true;
	if (err->kind == ERROR_CONFLICT)
		return error_set(err, ERROR_CONFLICT, "%s is held by another process", name);
	return false;
}

bool lease_drop(struct store *store, const char *name, const char *owner, struct error *err) {
	int64_t deleted;
	BSON_AUTO filter = BCON_NEW("_id", BCON_UTF8(name), "owner", BCON_UTF8(owner));
	return store_delete(store, "leases", filter, &deleted, err);
}
