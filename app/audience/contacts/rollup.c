/* Counts over all contacts. */
#include "audience/contacts/rollup.h"

#include "core/store/kept.h"

enum { TAGS_MAX = 5000, LEASE_MS = 600 * SECOND_MS, REST_MS = SECOND_MS, REST_TIMES = 10 };

static const char TAG_COUNTS[] = "tag_counts", DOMAIN_COUNTS[] = "domain_counts";

static const struct field tag_fields[] = {
	FIELD(struct tag_count, tag, .stored = "_id"),
	FIELD(struct tag_count, contacts, .unit = "contacts"),
	FIELD(struct tag_count, subscribed, .unit = "contacts"),
	FIELD(struct tag_count, opened, .unit = "contacts",
	      .doc = "Opened at least one campaign, automated opens included"),
	FIELD(struct tag_count, clicked, .unit = "contacts", .doc = "Clicked in at least one campaign"),
	FIELD(struct tag_count, version, .flags = FIELD_PRIVATE),
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
	FIELD(struct domain_count, version, .flags = FIELD_PRIVATE),
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

/* The row of those who have no address, which is no provider's. */
static const char NOWHERE[] = "";

/* Rows of a small collection that is recounted as a whole, by id. */
struct counting {
	struct bulk *bulk;
	const struct record_type *record;
	int64_t version;
};

/* A row that a newer counting has written meanwhile is met as a duplicate, which a bulk skips. */
static void take_count(void *context, const void *object) {
	const struct counting *counting = context;
	const struct field *id = record_field_stored(counting->record, "_id");
	const char *name = *(const char *const *)((const char *)object + id->offset);
	if (name || counting->record == &domain_count_record)
		bulk_upsert(counting->bulk,
		            FILTER(eq_text("_id", name ? name : NOWHERE), NONE_OF(gt_count("version", counting->version))),
		            UPDATE(set_record(counting->record, object, EXCEPT("version")),
		                   set_count("version", counting->version)));
}

struct newest {
	int64_t version;
};
static const struct field newest_fields[] = { FIELD(struct newest, version) };
static const struct record_type newest_record = RECORD_TYPE("NewestCount", struct newest, newest_fields);

/* Also what this counting has put back after a newer one had deleted it. */
static bool delete_older(struct store *store, const char *collection, int64_t version, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct newest newest;
	bool found;
	int64_t deleted;
	return store_find(store, collection, FILTER(gt_count("version", version)), SORT(desc("version"), asc("_id")),
	                  &newest_record, arena, &newest, &found, err) &&
	       store_delete(store, collection, FILTER(NONE_OF(gte_count("version", found ? newest.version : version))),
	                    &deleted, err);
}

static bool count_groups(struct store *store, const char *collection, const struct record_type *record,
                         const struct filter *of, const bson_t *stages, int64_t version, struct error *err) {
	struct counting counting = { bulk_open(store, collection), record, version };
	if (!store_aggregate(store, "contacts", of, stages, record, take_count, &counting, err)) {
		bulk_drop(counting.bulk);
		return false;
	}
	return bulk_run(counting.bulk, NULL, err) && delete_older(store, collection, version, err);
}

bool rollup_count(struct store *store, const char *collection, const struct record_type *record,
                  const struct filter *of, const char *by, int64_t version, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const char *key = arena_print(arena, "$%s", by);
	BSON_AUTO stages = BCON_NEW("0", "{", "$unwind", BCON_UTF8(key), "}", "1", "{", "$group", "{", "_id",
	                            BCON_UTF8(key), COUNTS, "}", "}");
	return count_groups(store, collection, record, of, stages, version, err);
}

static bool count_domains(struct store *store, int64_t version, struct error *err) {
	BSON_AUTO stages = BCON_NEW("0", "{", "$group", "{", "_id", BCON_UTF8("$domain"), COUNTS, "}", "}");
	return count_groups(store, DOMAIN_COUNTS, &domain_count_record, &everything, stages, version, err);
}

bool rollup_people(struct store *store, struct error *err) {
	struct versions versions;
	if (!versions_read(store, &versions, err))
		return false;
	int64_t version = version_of_people(&versions);
	return rollup_count(store, TAG_COUNTS, &tag_count_record, &everything, "tags", version, err) &&
	       count_domains(store, version, err) && version_note_people(store, version, err);
}

static bool find_counts(struct store *store, const char *collection, const struct record_type *record,
                        struct arena *arena, struct rows *rows, struct error *err) {
	return store_list(store, collection, FILTER(ne_text("_id", NOWHERE)), SORT(desc("contacts"), asc("_id")), TAGS_MAX,
	                  record, arena, &rows->items, &rows->count, err);
}

bool rollup_find_domains(struct store *store, struct arena *arena, struct rows *domains, struct error *err) {
	return find_counts(store, DOMAIN_COUNTS, &domain_count_record, arena, domains, err);
}

/* Summed once for each counting: there are as many rows as domains. */
static bool read_everybody(struct store *store, const char *of, struct arena *arena, struct rows *sums,
                           struct error *err) {
	struct domain_count *everybody = arena_new_of(arena, struct domain_count);
	int64_t rows;
	(void)of;
	if (!store_sum(store, DOMAIN_COUNTS, &everything, &domain_count_record, everybody, &rows, err))
		return false;
	*sums = (struct rows){ everybody, rows > 0 };
	return true;
}

bool rollup_everybody(struct store *store, struct domain_count *everybody, bool *counted, struct error *err) {
	static struct kept kept = { .realms = REALM_FIGURES | REALM_COUNTS,
		                        .size = sizeof *everybody,
		                        .read = read_everybody };
	ARENA_AUTO arena = arena_new();
	struct domain_count *sums;
	int count;
	if (!kept_rows(&kept, store, NULL, arena, (void **)&sums, &count, err))
		return false;
	*counted = count > 0;
	record_clear(&domain_count_record, everybody);
	if (*counted)
		*everybody = sums[0];
	return true;
}

bool rollup_addressed(struct store *store, struct domain_count *addressed, int64_t *domains, struct error *err) {
	record_clear(&domain_count_record, addressed); /* of nothing there is no sum */
	return store_sum(store, DOMAIN_COUNTS, FILTER(ne_text("_id", NOWHERE)), &domain_count_record, addressed, domains,
	                 err);
}

static bool find_names(struct store *store, const struct filter *filter, int limit, struct arena *arena,
                       struct strings *names, struct error *err) {
	struct domain_count *domains;
	int count;
	if (!store_list(store, DOMAIN_COUNTS, filter, SORT(asc("_id")), limit, &domain_count_record, arena,
	                (void **)&domains, &count, err))
		return false;
	*names = (struct strings){ arena_array(arena, const char *, count + 1), count };
	for (int i = 0; i < count; i++)
		names->items[i] = domains[i].domain;
	return true;
}

/* NOWHERE comes before all of them. */
bool rollup_domains_after(struct store *store, const char *after, int limit, struct arena *arena, struct strings *names,
                          struct error *err) {
	return find_names(store, FILTER(gt_text("_id", after)), limit, arena, names, err);
}

bool rollup_domains_of(struct store *store, const struct strings *asked, struct arena *arena, struct strings *names,
                       struct error *err) {
	return find_names(store, FILTER(in_texts("_id", asked)), asked->count + 1, arena, names, err);
}

bool rollup_find_tags(struct store *store, struct arena *arena, struct rows *tags, struct error *err) {
	return find_counts(store, TAG_COUNTS, &tag_count_record, arena, tags, err);
}

/* Counting is a statement over everybody: after one, this process rests for ten times as long as it took, since an
 * import moves the version on every few seconds. */
static int64_t rests_until;

static bool run_rollup(struct job_run *run, struct error *err) {
	int64_t began = monotonic_ms();
	if (!rollup_people(run->store, err))
		return false;
	int64_t took = monotonic_ms() - began;
	rests_until = began + took + REST_TIMES * took + REST_MS;
	run->result = "counted";
	return true;
}

static bool plan_rollup(struct store *store, struct moment now, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct job_request request = { .kind = rollup_job.name, .key = rollup_job.name };
	struct versions versions;
	const char *id;
	bool already;
	(void)now;
	(void)context;
	if (monotonic_ms() < rests_until)
		return true;
	rests_until = monotonic_ms() + REST_MS;
	return versions_read(store, &versions, err) && (version_of_people(&versions) == versions.counted_people ||
	                                                queue_ask(store, &request, arena, &id, &already, err));
}

const struct job_kind rollup_job = {
	.name = "rollup",
	.run = run_rollup,
	.plan = plan_rollup,
	.lease_ms = LEASE_MS,
	.backoff = { SECOND_MS, 60 * SECOND_MS },
};
