/* What pages show of all contacts of a list, counted by the run over the people. */
#include "audience/contacts/rollup.h"

#include <stdlib.h>
#include <string.h>

enum { MEMBERS_AT_ONCE = 1000, EVENTS_MAX = 20000, WEEKS_MAX = 520, TAGS_MAX = 5000, COHORTS_MAX = 24 };

static const struct field tag_fields[] = {
	FIELD(struct tag_count, tag, .stored = "_id"),
	FIELD(struct tag_count, contacts, .unit = "contacts"),
	FIELD(struct tag_count, subscribed, .unit = "contacts"),
	FIELD(struct tag_count, opened, .unit = "contacts",
	      .doc = "Opened at least one campaign, automated opens included"),
	FIELD(struct tag_count, clicked, .unit = "contacts", .doc = "Clicked in at least one campaign"),
	FIELD(struct tag_count, run_id, .flags = FIELD_PRIVATE),
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
	FIELD(struct domain_count, run_id, .flags = FIELD_PRIVATE),
};
const struct record_type domain_count_record = RECORD_TYPE("DomainCount", struct domain_count, domain_fields);

/* Rows of a small collection that is counted anew as a whole, by its ids. */
struct counting {
	struct bulk *bulk;
	const char *run_id;
};

static void take_count(void *context, const bson_t *document) {
	struct counting *counting = context;
	bson_iter_t iter;
	bson_t set = BSON_INITIALIZER;
	if (!bson_iter_init_find(&iter, document, "_id") || !BSON_ITER_HOLDS_UTF8(&iter))
		return;
	bson_t *filter = BCON_NEW("_id", BCON_UTF8(bson_iter_utf8(&iter, NULL)));
	bson_copy_to_excluding_noinit(document, &set, "_id", NULL);
	BSON_APPEND_UTF8(&set, "run_id", counting->run_id);
	bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(&set));
	bulk_upsert(counting->bulk, filter, change);
	bson_destroy(filter);
	bson_destroy(change);
	bson_destroy(&set);
}

/* Counts by the pipeline over the contacts; what this run did not count goes. */
bool rollup_count(struct store *store, const char *collection, bson_t *pipeline, const char *run_id,
                  struct error *err) {
	struct counting counting = { .bulk = bulk_open(store, collection), .run_id = run_id };
	int64_t deleted;
	bool fine = store_aggregate(store, "contacts", pipeline, take_count, &counting, err);
	bson_destroy(pipeline);
	if (!fine) {
		bulk_drop(counting.bulk);
		return false;
	}
	bson_t *gone = BCON_NEW("run_id", "{", "$ne", BCON_UTF8(run_id), "}");
	fine = bulk_run(counting.bulk, NULL, err) && store_delete(store, collection, gone, &deleted, err);
	bson_destroy(gone);
	return fine;
}

bool rollup_tags(struct store *store, const char *run_id, struct error *err) {
	return rollup_count(store, "tag_counts",
	                    BCON_NEW("pipeline", "[", "{", "$unwind", BCON_UTF8("$tags"), "}", "{", "$group", "{", "_id",
	                             BCON_UTF8("$tags"), "contacts", "{", "$sum", BCON_INT64(1), "}", "subscribed",
	                             ROLLUP_COUNT_SUBSCRIBED, "opened", ROLLUP_COUNT_WHERE("$engagement.opened"), "clicked",
	                             ROLLUP_COUNT_WHERE("$engagement.clicked"), "}", "}", "]"),
	                    run_id, err);
}

bool rollup_domains(struct store *store, const char *run_id, struct error *err) {
	return rollup_count(store, "domain_counts",
	                    BCON_NEW("pipeline", "[", "{", "$group", "{", "_id", "{", "$arrayElemAt", "[", "{", "$split",
	                             "[", BCON_UTF8("$email_norm"), BCON_UTF8("@"), "]", "}", BCON_INT32(-1), "]", "}",
	                             "subscribed", ROLLUP_COUNT_SUBSCRIBED, ROLLUP_COUNTS, "}", "}", "]"),
	                    run_id, err);
}

static bool find_counts(struct store *store, const char *collection, const struct record_type *record,
                        struct arena *arena, struct rows *rows, struct error *err) {
	bson_t all = BSON_INITIALIZER;
	bson_t *sort = BCON_NEW("contacts", BCON_INT32(-1), "_id", BCON_INT32(1));
	bool fine = store_list(store, collection, &all, sort, TAGS_MAX, record, arena, &rows->items, &rows->count, err);
	bson_destroy(sort);
	return fine;
}

bool rollup_find_domains(struct store *store, struct arena *arena, struct rows *domains, struct error *err) {
	return find_counts(store, "domain_counts", &domain_count_record, arena, domains, err);
}

bool rollup_everybody(struct store *store, struct domain_count *everybody, int64_t *domains, struct error *err) {
	bson_t all = BSON_INITIALIZER;
	return store_sum(store, "domain_counts", &all, &domain_count_record, everybody, domains, err);
}

bool rollup_find_tags(struct store *store, struct arena *arena, struct rows *tags, struct error *err) {
	return find_counts(store, "tag_counts", &tag_count_record, arena, tags, err);
}
