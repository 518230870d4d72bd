/* Counts over all contacts, computed by the contacts run. */
#include "audience/contacts/rollup.h"

#include <stdlib.h>
#include <string.h>

enum { MEMBERS_AT_ONCE = 1000, EVENTS_MAX = 20000, WEEKS_MAX = 520, TAGS_MAX = 5000, COHORTS_MAX = 24 };

static const char TAG_COUNTS[] = "tag_counts", DOMAIN_COUNTS[] = "domain_counts";

static const struct field tag_fields[] = {
	FIELD(struct tag_count, tag, .stored = "_id"),
	FIELD(struct tag_count, contacts, .unit = "contacts"),
	FIELD(struct tag_count, subscribed, .unit = "contacts"),
	FIELD(struct tag_count, opened, .unit = "contacts",
	      .doc = "Opened at least one campaign, automated opens included"),
	FIELD(struct tag_count, clicked, .unit = "contacts", .doc = "Clicked in at least one campaign"),
	FIELD(struct tag_count, run_id, .flags = FIELD_ID | FIELD_PRIVATE),
};
const struct record_type tag_count_record = RECORD_TYPE("TagCount", struct tag_count, tag_fields);

static const struct field domain_fields[] = {
	FIELD(struct domain_count, domain, .stored = "_id"),
	FIELD(struct domain_count, contacts, .unit = "contacts"),
	FIELD(struct domain_count, subscribed, .unit = "contacts"),
	FIELD(struct domain_count, opened, .unit = "contacts",
	      .doc = "Opened at least one campaign, automated opens included"),
	FIELD(struct domain_count, clicked, .unit = "contacts", .doc = "Clicked in at least one campaign"),
	FIELD(struct domain_count, bounced, .unit = "contacts", .doc = "Bounced at least once"),
	FIELD(struct domain_count, run_id, .flags = FIELD_ID | FIELD_PRIVATE),
};
const struct record_type domain_count_record = RECORD_TYPE("DomainCount", struct domain_count, domain_fields);

/* { $sum: 1 if the condition holds } */
#define COUNT_IF(...) "{", "$sum", "{", "$cond", "[", "{", __VA_ARGS__, "}", BCON_INT64(1), BCON_INT64(0), "]", "}", "}"
#define COUNT_IF_ANY(field) COUNT_IF("$gt", "[", BCON_UTF8(field), BCON_INT64(0), "]")
#define COUNTS                                                                                         \
	"contacts", "{", "$sum", BCON_INT64(1), "}", "subscribed",                                         \
		COUNT_IF("$eq", "[", BCON_UTF8("$status"), BCON_UTF8("subscribed"), "]"), "opened",            \
		COUNT_IF_ANY("$engagement.opened"), "clicked", COUNT_IF_ANY("$engagement.clicked"), "bounced", \
		COUNT_IF_ANY("$engagement.bounced")

/* Rows of a small collection that is recounted as a whole, by id. */
struct counting {
	struct bulk *bulk;
	const struct record_type *record;
	const char *run_id;
};

static void take_count(void *context, const void *object) {
	const struct counting *counting = context;
	const struct field *id = record_field_stored(counting->record, "_id");
	const char *name = *(const char *const *)((const char *)object + id->offset);
	if (name)
		bulk_upsert(counting->bulk, FILTER(eq_text("_id", name)),
		            UPDATE(set_record(counting->record, object, EXCEPT("run_id")), set_id("run_id", counting->run_id)));
}

/* Deletes the rows that this run did not count. */
static bool count_groups(struct store *store, const char *collection, const struct record_type *record,
                         const struct filter *of, const bson_t *stages, const char *run_id, struct error *err) {
	struct counting counting = { bulk_open(store, collection), record, run_id };
	int64_t deleted;
	if (!store_aggregate(store, "contacts", of, stages, record, take_count, &counting, err)) {
		bulk_drop(counting.bulk);
		return false;
	}
	return bulk_run(counting.bulk, NULL, err) &&
	       store_delete(store, collection, FILTER(ne_id("run_id", run_id)), &deleted, err);
}

bool rollup_count(struct store *store, const char *collection, const struct record_type *record,
                  const struct filter *of, const char *by, const char *run_id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const char *key = arena_print(arena, "$%s", by);
	BSON_AUTO stages = BCON_NEW("0", "{", "$unwind", BCON_UTF8(key), "}", "1", "{", "$group", "{", "_id",
	                            BCON_UTF8(key), COUNTS, "}", "}");
	return count_groups(store, collection, record, of, stages, run_id, err);
}

bool rollup_tags(struct store *store, const char *run_id, struct error *err) {
	return rollup_count(store, TAG_COUNTS, &tag_count_record, &everything, "tags", run_id, err);
}

bool rollup_domains(struct store *store, const char *run_id, struct error *err) {
	BSON_AUTO stages = BCON_NEW("0", "{", "$group", "{", "_id", BCON_UTF8("$domain"), COUNTS, "}", "}");
	return count_groups(store, DOMAIN_COUNTS, &domain_count_record, FILTER(is_present("domain")), stages, run_id, err);
}

static bool find_counts(struct store *store, const char *collection, const struct record_type *record,
                        struct arena *arena, struct rows *rows, struct error *err) {
	return store_list(store, collection, &everything, SORT(desc("contacts"), asc("_id")), TAGS_MAX, record, arena,
	                  &rows->items, &rows->count, err);
}

bool rollup_find_domains(struct store *store, struct arena *arena, struct rows *domains, struct error *err) {
	return find_counts(store, DOMAIN_COUNTS, &domain_count_record, arena, domains, err);
}

bool rollup_everybody(struct store *store, struct domain_count *everybody, int64_t *domains, struct error *err) {
	return store_sum(store, DOMAIN_COUNTS, &everything, &domain_count_record, everybody, domains, err);
}

bool rollup_find_tags(struct store *store, struct arena *arena, struct rows *tags, struct error *err) {
	return find_counts(store, TAG_COUNTS, &tag_count_record, arena, tags, err);
}
