/* Versions of what is stored. */
#include "core/store/store.h"

static const char VERSIONS[] = "versions", ONLY_ONE[] = "data"; /* the id of the only document */

static const struct field version_fields[] = {
	FIELD(struct versions, data, .stored = "version"),
	FIELD(struct versions, rights),
	FIELD(struct versions, data_at, .stored = "at"),
};
static const struct record_type version_record = RECORD_TYPE("Versions", struct versions, version_fields);

/* What the document holds before anything was counted. */
struct first {
	const char *id;
};
static const struct field first_fields[] = { FIELD(struct first, id, .stored = "_id") };
static const struct record_type first_record = RECORD_TYPE("FirstVersions", struct first, first_fields);

static int64_t or_zero(int64_t count) {
	return count == COUNT_NONE ? 0 : count;
}

bool versions_read(struct store *store, struct versions *versions, struct error *err) {
	ARENA_AUTO arena = arena_new();
	bool exists;
	*versions = (struct versions){ .data_at = MOMENT_NONE };
	if (!store_find(store, VERSIONS, FILTER(eq_text("_id", ONLY_ONE)), NULL, &version_record, arena, versions, &exists,
	                err))
		return false;
	versions->data = or_zero(versions->data);
	versions->rights = or_zero(versions->rights);
	return true;
}

bool version_bump(struct store *store, enum version_kind kind, struct error *err) {
	const struct filter *it = FILTER(eq_text("_id", ONLY_ONE));
	const struct update *raise = kind == VERSION_DATA ? UPDATE(add_count("version", 1), set_moment("at", moment_now()))
	                                                  : UPDATE(add_count("rights", 1));
	const struct first first = { ONLY_ONE };
	bool matched, was_there;
	if (!store_update(store, VERSIONS, it, raise, &matched, err))
		return false;
	/* Never an upsert: two writers share the document. */
	return matched || (store_insert_once(store, VERSIONS, &first_record, &first, &was_there, err) &&
	                   store_update(store, VERSIONS, it, raise, &matched, err));
}
