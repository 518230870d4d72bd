/* Version counters of the stored data. */
#include "core/store/version.h"

#include "core/base/zones.h"
#include "core/store/connection.h"

static const char VERSIONS[] = "versions", ONLY_ONE[] = "data"; /* id of the only document */

static const struct field version_fields[] = {
	FIELD(struct versions, figures, .stored = "version"),
	FIELD(struct versions, ledger),
	FIELD(struct versions, rights),
	FIELD(struct versions, settings),
	FIELD(struct versions, partners),
	FIELD(struct versions, reports),
	FIELD(struct versions, customers),
	FIELD(struct versions, notices),
	FIELD(struct versions, views),
	FIELD(struct versions, people),
	FIELD(struct versions, counts),
	FIELD(struct versions, campaigns),
	FIELD(struct versions, data_at, .stored = "at"),
	FIELD(struct versions, people_at),
	FIELD(struct versions, zone),
	FIELD(struct versions, counted_zone),
	FIELD(struct versions, counted_people),
};
_Static_assert(sizeof version_fields / sizeof *version_fields == REALM_COUNT + 5, "a field a realm, then the rest");
static const struct record_type version_record = RECORD_TYPE("Versions", struct versions, version_fields);

/* The initial document. */
struct first {
	const char *id;
};
static const struct field first_fields[] = { FIELD(struct first, id, .stored = "_id") };
static const struct record_type first_record = RECORD_TYPE("FirstVersions", struct first, first_fields);

static int64_t *version_of(struct versions *versions, int realm) {
	return (int64_t *)(void *)((char *)versions + version_fields[realm].offset);
}

bool versions_same(const struct versions *a, const struct versions *b, unsigned realms) {
	struct versions before = *a, after = *b;
	for (int i = 0; i < REALM_COUNT; i++)
		if (realms & 1U << i && *version_of(&before, i) != *version_of(&after, i))
			return false;
	return true;
}

bool versions_read(struct store *store, struct versions *versions, struct error *err) {
	ARENA_AUTO arena = arena_new();
	bool exists;
	record_clear(&version_record, versions);
	if (!store_find(store, VERSIONS, FILTER(eq_text("_id", ONLY_ONE)), NULL, &version_record, arena, versions, &exists,
	                err))
		return false;
	for (int i = 0; i < REALM_COUNT; i++)
		if (*version_of(versions, i) == COUNT_NONE)
			*version_of(versions, i) = 0;
	if (versions->counted_people == COUNT_NONE)
		versions->counted_people = 0;
	versions->zone = zones_kept(versions->zone);
	versions->counted_zone = zones_kept(versions->counted_zone);
	return true;
}

static bool raise_versions(struct store *store, unsigned realms, struct edit other, struct error *err) {
	struct edit edits[REALM_COUNT + 1];
	const struct update raise = { edits, REALM_COUNT + 1 };
	const struct filter *it = FILTER(eq_text("_id", ONLY_ONE));
	const struct first first = { ONLY_ONE };
	bool matched, was_there;
	store_observe(store, NULL);
	for (int i = 0; i < REALM_COUNT; i++)
		edits[i] = realms & 1U << i ? add_count(field_stored_name(&version_fields[i]), 1) : no_edit();
	edits[REALM_COUNT] = other;
	if (!store_update(store, VERSIONS, it, &raise, &matched, err))
		return false;
	/* Not an upsert: several writers share the document. */
	return matched || (store_insert_once(store, VERSIONS, &first_record, &first, &was_there, err) &&
	                   store_update(store, VERSIONS, it, &raise, &matched, err));
}

bool version_bump(struct store *store, unsigned realms, struct error *err) {
	return raise_versions(store, realms, no_edit(), err);
}

bool version_note_reading(struct store *store, bool people, struct moment at, struct error *err) {
	return raise_versions(store, REALM_FIGURES, set_moment(people ? "people_at" : "at", at), err);
}

int64_t version_of_people(const struct versions *versions) {
	return versions->figures + versions->people;
}

/* Never back, as the counts are not: a counting that began earlier may end later. */
bool version_note_people(struct store *store, int64_t version, struct error *err) {
	bool matched;
	return version_bump(store, REALM_COUNTS, err) &&
	       store_update(store, VERSIONS, FILTER(eq_text("_id", ONLY_ONE), NONE_OF(gt_count("counted_people", version))),
	                    UPDATE(set_count("counted_people", version)), &matched, err);
}

bool version_set_zone(struct store *store, const char *zone, struct error *err) {
	return raise_versions(store, REALM_SETTINGS, set_text("zone", zone), err);
}

bool version_note_counted(struct store *store, const char *zone, struct error *err) {
	return raise_versions(store, REALM_FIGURES, set_text("counted_zone", zone), err);
}

char *versions_text(const struct versions *versions, unsigned realms, struct arena *arena) {
	struct versions copy = *versions;
	BUF_AUTO out = { 0 };
	for (int i = 0; i < REALM_COUNT; i++)
		if (realms & 1U << i)
			buf_print(&out, "%s%lld", out.size ? "." : "", (long long)*version_of(&copy, i));
	return arena_copy(arena, buf_text(&out));
}

void store_observe(struct store *store, const struct versions *versions) {
	store->observes = versions != NULL;
	if (versions)
		store->observed = *versions;
}

const struct versions *store_observed(const struct store *store) {
	return store->observes ? &store->observed : NULL;
}
