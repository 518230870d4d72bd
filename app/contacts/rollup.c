/* What pages show of all contacts of a list, counted by the run over the people. */
#include "contacts/rollup.h"

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

/* The weeks before now, newest first, and the newest cohorts, while they are being filled. */
struct filling {
	struct list_week weeks[WEEKS_MAX];
	struct cohort_step left[COHORTS_MAX][COHORT_MONTHS]; /* by the month of joining, months back from now */
	int64_t joined[COHORTS_MAX];
	struct moment newest, newest_month;
	int used;
};

/* Months between, by the calendar. */
static int months_between(struct moment earlier, struct moment later) {
	char a[MOMENT_TEXT], b[MOMENT_TEXT];
	int year_a = 0, month_a = 0, year_b = 0, month_b = 0;
	(void)sscanf(moment_format_day(earlier, a), "%d-%d", &year_a, &month_a);
	(void)sscanf(moment_format_day(later, b), "%d-%d", &year_b, &month_b);
	return (year_b - year_a) * 12 + month_b - month_a;
}

/* Who left counts in every later column of the cohort, too. */
static void add_to_cohort(struct filling *filling, struct moment joined, bool left, struct moment left_at) {
	int back = moment_is_set(joined) ? months_between(joined, filling->newest_month) : -1;
	if (back < 0 || back >= COHORTS_MAX)
		return;
	filling->joined[back]++;
	int64_t months = left ? (left_at.ms - joined.ms) / (30 * DAY_MS) : COHORT_MONTHS;
	for (int64_t m = months < 0 ? 0 : months; m < COHORT_MONTHS; m++)
		filling->left[back][m].left++;
}

static struct list_week *week_at(struct filling *filling, struct moment at) {
	int64_t back = moment_is_set(at) ? (filling->newest.ms - week_of(at).ms) / (7 * DAY_MS) : 0;
	if (back < 0)
		back = 0;
	if (back >= WEEKS_MAX)
		back = WEEKS_MAX - 1;
	if (back >= filling->used)
		filling->used = (int)back + 1;
	return &filling->weeks[back];
}

/* Why somebody has left: the gravest thing that a campaign's report says of them, and when it was. */
struct leaving {
	bool known;
	enum event_type type;
	struct moment at;
};

static struct leaving leaving_of(const char *norm, const struct event *events, int count) {
	static const enum event_type graver[] = { EVENT_COMPLAINED, EVENT_UNSUBSCRIBED, EVENT_BOUNCED };
	for (size_t g = 0; norm && g < sizeof graver / sizeof *graver; g++)
		for (int i = 0; i < count; i++)
			if (events[i].type == graver[g] && text_same(events[i].email_norm, norm))
				return (struct leaving){ true, graver[g], events[i].occurred_at };
	return (struct leaving){ 0 };
}

void list_week_add(struct list_week *week, bool known, enum event_type type) {
	int64_t *count = !known                       ? &week->otherwise
	                 : type == EVENT_COMPLAINED   ? &week->complained
	                 : type == EVENT_UNSUBSCRIBED ? &week->unsubscribed
	                                              : &week->bounced;
	++*count;
}

static void fill_weeks(struct filling *filling, const struct membership *rows, int count, const struct event *events,
                       int event_count) {
	for (int i = 0; i < count; i++) {
		if (rows[i].status == CONTACT_PENDING)
			continue;
		week_at(filling, rows[i].created_at)->joined++;
		if (rows[i].status != CONTACT_UNSUBSCRIBED) {
			add_to_cohort(filling, rows[i].created_at, false, MOMENT_NONE);
			continue;
		}
		struct leaving why = leaving_of(rows[i].email_norm, events, event_count);
		struct moment left_at = why.known && moment_is_set(why.at) ? why.at : rows[i].last_updated_at;
		list_week_add(week_at(filling, left_at), why.known, why.type);
		add_to_cohort(filling, rows[i].created_at, true, left_at);
	}
}

/* Members after `after` in the order of their ids at the provider. */
static bool next_members(struct store *store, const char *list_id, const char *after, struct arena *arena,
                         struct membership **rows, int *count, struct error *err) {
	bson_t *filter = BCON_NEW("list_id", BCON_UTF8(list_id), "emailoctopus_id", "{", "$gt", BCON_UTF8(after), "}");
	bson_t *sort = BCON_NEW("list_id", BCON_INT32(1), "emailoctopus_id", BCON_INT32(1));
	bool fine = store_list(store, "list_contacts", filter, sort, MEMBERS_AT_ONCE, &membership_record, arena,
	                       (void **)rows, count, err);
	bson_destroy(filter);
	bson_destroy(sort);
	return fine;
}

/* What the reports say of those members who have left. */
static bool find_leavings(struct store *store, const struct membership *rows, int count, struct arena *arena,
                          struct event **events, int *event_count, struct error *err) {
	struct strings norms = { arena_array(arena, const char *, count + 1), 0 };
	*event_count = 0;
	for (int i = 0; i < count; i++)
		if (rows[i].status == CONTACT_UNSUBSCRIBED && rows[i].email_norm)
			norms.items[norms.count++] = rows[i].email_norm;
	if (norms.count == 0)
		return true;
	bson_t *filter = store_filter_in("email_norm", &norms);
	bson_t *types = BCON_NEW("type", "{", "$in", "[", BCON_UTF8("unsubscribed"), BCON_UTF8("complained"),
	                         BCON_UTF8("bounced"), "]", "}");
	bson_concat(filter, types);
	bool fine = store_list(store, "contact_events", filter, NULL, EVENTS_MAX, &event_record, arena, (void **)events,
	                       event_count, err);
	bson_destroy(filter);
	bson_destroy(types);
	return fine;
}

/* Those in which anybody joined, oldest first. */
static struct rows cohorts_of(struct filling *filling, struct arena *arena) {
	struct cohort *cohorts = arena_array(arena, struct cohort, COHORTS_MAX);
	struct moment month = filling->newest_month;
	int count = 0, first = COHORTS_MAX;
	for (int back = 0; back < COHORTS_MAX; back++) {
		if (filling->joined[back])
			cohorts[--first] = (struct cohort){ month, filling->joined[back], { filling->left[back], COHORT_MONTHS } };
		count = COHORTS_MAX - first;
		month = month_of(moment_add(month, -1));
	}
	return (struct rows){ cohorts + first, count };
}

static bool save_weeks(struct store *store, const char *list_id, struct filling *filling, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct list_week *weeks = arena_array(arena, struct list_week, filling->used);
	for (int i = 0; i < filling->used; i++) {
		weeks[i] = filling->weeks[filling->used - 1 - i];
		weeks[i].week = moment_add(filling->newest, -(int64_t)(filling->used - 1 - i) * 7 * DAY_MS);
	}
	struct rows cohorts = cohorts_of(filling, arena);
	return list_save_weeks(store, list_id, &(struct rows){ weeks, filling->used }, &cohorts, err);
}

bool rollup_list_weeks(struct store *store, const char *list_id, struct moment now, struct error *err) {
	struct filling *filling = calloc(1, sizeof *filling);
	char after[128] = "";
	int count = MEMBERS_AT_ONCE;
	bool fine = true;
	if (!filling)
		abort();
	filling->newest = week_of(now);
	filling->newest_month = month_of(now);
	while (fine && count == MEMBERS_AT_ONCE) {
		ARENA_AUTO arena = arena_new();
		struct membership *rows;
		struct event *events = NULL;
		int event_count = 0;
		fine = next_members(store, list_id, after, arena, &rows, &count, err) &&
		       find_leavings(store, rows, count, arena, &events, &event_count, err);
		if (fine && count) {
			fill_weeks(filling, rows, count, events, event_count);
			(void)snprintf(after, sizeof after, "%s", rows[count - 1].emailoctopus_id);
		}
	}
	fine = fine && save_weeks(store, list_id, filling, err);
	free(filling);
	return fine;
}

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
