/* Versions of what is stored. */
#include "core/store/connection.h"

static const struct field version_fields[] = {
	FIELD(struct versions, data, .stored = "version"),
	FIELD(struct versions, rights),
	FIELD(struct versions, data_at, .stored = "at"),
};
static const struct record_type version_record = RECORD_TYPE("Versions", struct versions, version_fields);

static int64_t or_zero(int64_t count) {
	return count == COUNT_NONE ? 0 : count;
}

bool versions_read(struct store *store, struct versions *versions, struct error *err) {
	ARENA_AUTO arena = arena_new();
	bool exists;
	*versions = (struct versions){ .data_at = MOMENT_NONE };
	BSON_AUTO filter = BCON_NEW("_id", BCON_UTF8("data"));
	if (!store_find(store, "versions", filter, NULL, &version_record, arena, versions, &exists, err))
		return false;
	versions->data = or_zero(versions->data);
	versions->rights = or_zero(versions->rights);
	return true;
}

bool version_bump(struct store *store, enum version_kind kind, struct error *err) {
	bool matched;
	BSON_AUTO filter = BCON_NEW("_id", BCON_UTF8("data"));
	BSON_AUTO fresh = BCON_NEW("_id", BCON_UTF8("data"), "version", BCON_INT64(0), "rights", BCON_INT64(0));
	BSON_AUTO data = BCON_NEW("$inc", "{", "version", BCON_INT64(1), "}", "$set", "{", "at",
	                          BCON_DATE_TIME(moment_now().ms), "}");
	BSON_AUTO rights = BCON_NEW("$inc", "{", "rights", BCON_INT64(1), "}");
	const bson_t *change = kind == VERSION_DATA ? data : rights;
	if (!store_update(store, "versions", filter, change, &matched, err))
		return false;
	if (matched)
		return true;
	/* Never an upsert: two writers share the document. */
	if (!store_insert(store, "versions", fresh, err) && err->kind != ERROR_CONFLICT)
		return false;
	return store_update(store, "versions", filter, change, &matched, err);
}
