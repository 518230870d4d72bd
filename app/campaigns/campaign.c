/* Campaigns: rules and storage. */
#include "campaigns/campaign.h"

#include <stdlib.h>
#include <string.h>

#include "campaigns/curve.h"
#include "core/base/secret.h"
#include "metrics/share.h"

enum { CHANGES_READ = 500 };

static const char *const status_names[] = {
	[CAMPAIGN_UNKNOWN] = "unknown", [CAMPAIGN_DRAFT] = "draft",  [CAMPAIGN_SENDING] = "sending",
	[CAMPAIGN_SENT] = "sent",       [CAMPAIGN_FAILED] = "error",
};
_Static_assert(sizeof status_names / sizeof *status_names == CAMPAIGN_STATUS_COUNT, "a name a status");
const struct choices campaign_statuses = CHOICES(status_names);

static const struct field read_fields[] = {
	FIELD(struct engagement_read, opened),     FIELD(struct engagement_read, clicked),
	FIELD(struct engagement_read, bounced),    FIELD(struct engagement_read, unsubscribed),
	FIELD(struct engagement_read, complained),
};
static const struct record_type read_record = RECORD_TYPE("EngagementRead", struct engagement_read, read_fields);

static const struct field campaign_fields[] = {
	FIELD(struct campaign, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct campaign, emailoctopus_id, .doc = "Id at the provider"),
	FIELD(struct campaign, name),
	FIELD(struct campaign, subject),
	FIELD(struct campaign, provider_status, .doc = "Status in the provider's own word"),
	FIELD(struct campaign, status, .choices = &campaign_statuses, .flags = FIELD_FOREIGN),
	FIELD(struct campaign, from_name),
	FIELD(struct campaign, from_email),
	FIELD(struct campaign, list_id),
	FIELD(struct campaign, list_ids),
	FIELD(struct campaign, created_at),
	FIELD(struct campaign, sent_at),
	FIELD(struct campaign, synced_at),
	FIELD_RECORD(struct campaign, current_metrics, metrics_record),
	FIELD(struct campaign, has_report),
	FIELD(struct campaign, report_gap),
	FIELD(struct campaign, decreased),
	FIELD(struct campaign, last_updated),
	FIELD(struct campaign, summary_run),
	FIELD(struct campaign, seen_run),
	FIELD(struct campaign, summary_read_at),
	FIELD_RECORD(struct campaign, engagement_read, read_record),
	FIELD(struct campaign, links_clicked),
	FIELD(struct campaign, content_bytes, .unit = "bytes"),
	FIELD(struct campaign, created_by),
	FIELD(struct campaign, partner_id, .doc = "The partner it was given to by hand"),
	FIELD(struct campaign, project_id),
	FIELD(struct campaign, changed_at, .flags = FIELD_PRIVATE),
	FIELD(struct campaign, search, .flags = FIELD_PRIVATE),
	FIELD(struct campaign, sort_sent, .flags = FIELD_PRIVATE),
};
const struct record_type campaign_record = RECORD_TYPE("Campaign", struct campaign, campaign_fields);

static const struct field rates_fields[] = {
	FIELD(struct snapshot_rates, open_rate, .unit = "fraction of sent"),
	FIELD(struct snapshot_rates, click_rate, .unit = "fraction of sent"),
	FIELD(struct snapshot_rates, bounce_rate, .unit = "fraction of sent"),
};
static const struct record_type rates_record = RECORD_TYPE("SnapshotRates", struct snapshot_rates, rates_fields);

static const struct field snapshot_fields[] = {
	FIELD(struct snapshot, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct snapshot, campaign_id),
	FIELD(struct snapshot, run_id),
	FIELD(struct snapshot, source, .doc = "The call that brought the figures"),
	FIELD(struct snapshot, snapshot_time),
	FIELD_RECORD(struct snapshot, metrics, metrics_record),
	FIELD_RECORD(struct snapshot, rates, rates_record),
	FIELD(struct snapshot, decreased, .doc = "A counter that was higher before"),
	FIELD(struct snapshot, opened_change, .unit = "people", .doc = "Against the snapshot before"),
	FIELD(struct snapshot, clicked_change, .unit = "people", .doc = "Against the snapshot before"),
	FIELD(struct snapshot, unsubscribed_change, .unit = "people", .doc = "Against the snapshot before"),
};
const struct record_type snapshot_record = RECORD_TYPE("Snapshot", struct snapshot, snapshot_fields);

static const struct field link_fields[] = {
	FIELD(struct link, url),
	FIELD(struct link, clicked_total, .unit = "events"),
	FIELD(struct link, clicked_unique, .unit = "people"),
};
const struct record_type link_record = RECORD_TYPE("Link", struct link, link_fields);

static const struct field link_report_fields[] = {
	FIELD(struct link_report, campaign_id),
	FIELD(struct link_report, run_id),
	FIELD(struct link_report, source, .doc = "The call that brought the figures"),
	FIELD(struct link_report, snapshot_time),
	FIELD_LIST(struct link_report, links, link_record),
};
const struct record_type link_report_record = RECORD_TYPE("LinkReport", struct link_report, link_report_fields);

const char *campaign_name(const struct campaign *campaign) {
	return text_is_empty(campaign->name) ? "(no name)" : campaign->name;
}

int64_t campaign_age(const struct campaign *campaign, struct moment now) {
	return moment_is_set(campaign->sent_at) ? now.ms - campaign->sent_at.ms : INT64_MAX;
}

static double fraction(int64_t part, int64_t of) {
	return metric_or_zero(share_fraction(part, of));
}

struct snapshot snapshot_of(const char *campaign_id, const char *run_id, const struct metrics *metrics,
                            struct moment at) {
	struct snapshot snapshot = { .campaign_id = campaign_id,
		                         .run_id = run_id,
		                         .snapshot_time = at,
		                         .metrics = *metrics,
		                         .opened_change = COUNT_NONE,
		                         .clicked_change = COUNT_NONE,
		                         .unsubscribed_change = COUNT_NONE };
	snapshot.rates.open_rate = fraction(metrics->opened, metrics->sent);
	snapshot.rates.click_rate = fraction(metrics->clicked, metrics->sent);
	snapshot.rates.bounce_rate = fraction(metrics->bounced, metrics->sent);
	return snapshot;
}

static void stamp(bson_t *set) {
	BSON_APPEND_DATE_TIME(set, "changed_at", moment_now().ms);
}

/* $set of some members; the caller's filter names one campaign. */
static bool set_campaign(struct store *store, const char *campaign_id, bson_t *set, struct error *err) {
	stamp(set);
	bson_t *filter = BCON_NEW("emailoctopus_id", BCON_UTF8(campaign_id));
	bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(set));
	bool matched;
	bool fine = store_update(store, "campaigns", filter, change, &matched, err);
	bson_destroy(filter);
	bson_destroy(change);
	bson_destroy(set);
	return fine;
}

static void append_texts(bson_t *set, const struct campaign *campaign, struct arena *arena) {
	const char *const texts[][2] = {
		{ "name", campaign->name },
		{ "subject", campaign->subject },
		{ "provider_status", campaign->provider_status },
		{ "status", choice_name(&campaign_statuses, (int)campaign->status) },
		{ "from_name", campaign->from_name },
		{ "from_email", campaign->from_email },
		{ "list_id", campaign->list_id },
		{ "search", text_fold(arena, arena_print(arena, "%s\n%s", campaign->name ? campaign->name : "",
		                                         campaign->subject ? campaign->subject : "")) },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (texts[i][1])
			BSON_APPEND_UTF8(set, texts[i][0], texts[i][1]);
		else
			BSON_APPEND_NULL(set, texts[i][0]);
	}
}

static bson_t *listed_state(const struct campaign *campaign, struct arena *arena) {
	bson_t *set = bson_new();
	bson_t ids;
	append_texts(set, campaign, arena);
	BSON_APPEND_ARRAY_BEGIN(set, "list_ids", &ids);
	for (int i = 0; i < campaign->list_ids.count; i++)
		BSON_APPEND_UTF8(&ids, arena_print(arena, "%d", i), campaign->list_ids.items[i]);
	bson_append_array_end(set, &ids);
	if (moment_is_set(campaign->created_at))
		BSON_APPEND_DATE_TIME(set, "created_at", campaign->created_at.ms);
	if (moment_is_set(campaign->sent_at))
		BSON_APPEND_DATE_TIME(set, "sent_at", campaign->sent_at.ms);
	BSON_APPEND_INT64(set, "sort_sent", moment_is_set(campaign->sent_at) ? campaign->sent_at.ms : 0);
	BSON_APPEND_INT64(set, "content_bytes", campaign->content_bytes);
	return set;
}

static void append_sight(bson_t *set, const char *run_id) {
	BSON_APPEND_UTF8(set, "seen_run", run_id);
	BSON_APPEND_DATE_TIME(set, "synced_at", moment_now().ms);
}

/* A campaign that is listed as it was is only noted as seen; *matched is false when it is new or listed otherwise. */
static bool note_seen(struct store *store, const char *campaign_id, const char *digest, const char *run_id,
                      bool *matched, struct error *err) {
	bson_t *filter = BCON_NEW("emailoctopus_id", BCON_UTF8(campaign_id), "listed_digest", BCON_UTF8(digest));
	bson_t set = BSON_INITIALIZER;
	append_sight(&set, run_id);
	bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(&set));
	bool fine = store_update(store, "campaigns", filter, change, matched, err);
	bson_destroy(filter);
	bson_destroy(&set);
	bson_destroy(change);
	return fine;
}

bool campaign_save_listed(struct store *store, const struct campaign *campaign, const char *run_id, struct arena *arena,
                          struct error *err) {
	char digest[SECRET_HEX];
	bson_t *set = listed_state(campaign, arena);
	bool seen;
	secret_digest_bytes((const char *)bson_get_data(set), set->len, digest);
	if (!note_seen(store, campaign->emailoctopus_id, digest, run_id, &seen, err) || seen) {
		bson_destroy(set);
		return seen;
	}
	BSON_APPEND_UTF8(set, "listed_digest", digest);
	append_sight(set, run_id);
	stamp(set);
	bson_t *filter = BCON_NEW("emailoctopus_id", BCON_UTF8(campaign->emailoctopus_id));
	bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(set), "$setOnInsert", "{", "created_by", BCON_UTF8("system"),
	                          "origin", BCON_UTF8("synced"), "has_report", BCON_BOOL(false), "}");
	bool fine = store_upsert(store, "campaigns", filter, change, err);
	bson_destroy(filter);
	bson_destroy(set);
	bson_destroy(change);
	return fine;
}

static bool append_snapshot(struct store *store, const struct snapshot *snapshot, struct error *err) {
	bson_t document = BSON_INITIALIZER;
	record_to_bson(&snapshot_record, snapshot, &document);
	bool fine = store_insert(store, "campaign_metrics_snapshots", &document, err);
	bson_destroy(&document);
	return fine;
}

/* After a crash between snapshot and state: what this run has already written holds. */
static bool find_snapshot_of_run(struct store *store, struct snapshot *snapshot, struct arena *arena,
                                 struct error *err) {
	bool found;
	bson_t *filter = BCON_NEW("campaign_id", BCON_UTF8(snapshot->campaign_id), "run_id", BCON_UTF8(snapshot->run_id));
	bool fine = store_find(store, "campaign_metrics_snapshots", filter, NULL, &snapshot_record, arena, snapshot, &found,
	                       err);
	bson_destroy(filter);
	return fine;
}

static bson_t *summary_state(const struct snapshot *snapshot, const char *decreased, struct moment at, bool changed) {
	bson_t *set = bson_new();
	bson_t metrics;
	BSON_APPEND_DOCUMENT_BEGIN(set, "current_metrics", &metrics);
	record_to_bson(&metrics_record, &snapshot->metrics, &metrics);
	bson_append_document_end(set, &metrics);
	BSON_APPEND_BOOL(set, "has_report", true);
	BSON_APPEND_NULL(set, "report_gap");
	if (changed) {
		BSON_APPEND_DATE_TIME(set, "last_updated", snapshot->snapshot_time.ms);
		if (decreased)
			BSON_APPEND_UTF8(set, "decreased", decreased);
		else
			BSON_APPEND_NULL(set, "decreased");
	}
	BSON_APPEND_UTF8(set, "summary_run", snapshot->run_id);
	BSON_APPEND_DATE_TIME(set, "summary_read_at", at.ms);
	return set;
}

static void put_change(struct snapshot *snapshot, const struct metrics *before) {
	snapshot->opened_change = snapshot->metrics.opened - before->opened;
	snapshot->clicked_change = snapshot->metrics.clicked - before->clicked;
	snapshot->unsubscribed_change = snapshot->metrics.unsubscribed - before->unsubscribed;
}

bool campaign_save_summary(struct store *store, const struct campaign *campaign, const char *run_id,
                           const struct metrics *metrics, struct moment at, struct arena *arena, bool *changed,
                           struct error *err) {
	struct snapshot snapshot = snapshot_of(campaign->emailoctopus_id, run_id, metrics, at);
	const char *decreased = campaign->has_report ? metrics_decreased(&campaign->current_metrics, metrics) : NULL;
	*changed = !campaign->has_report || !metrics_equal(&campaign->current_metrics, metrics);
	if (*changed) {
		snapshot.id = store_new_id(arena);
		snapshot.decreased = decreased;
		if (campaign->has_report)
			put_change(&snapshot, &campaign->current_metrics);
		snapshot.source = arena_print(arena, "GET /campaigns/%s/reports/summary", campaign->emailoctopus_id);
		if (!append_snapshot(store, &snapshot, err) &&
		    (err->kind != ERROR_CONFLICT || !find_snapshot_of_run(store, &snapshot, arena, err)))
			return false;
		if (!curve_save(store, campaign, &snapshot, arena, err))
			return false;
	}
	return set_campaign(store, campaign->emailoctopus_id, summary_state(&snapshot, decreased, at, *changed), err);
}

bool campaign_save_engagement(struct store *store, const char *campaign_id, const char *type, int64_t count,
                              struct error *err) {
	char name[64];
	(void)snprintf(name, sizeof name, "engagement_read.%s", type);
	return set_campaign(store, campaign_id, BCON_NEW(name, BCON_INT64(count)), err);
}

static bool save_member(struct store *store, const char *id, const char *member, const char *value, bool *found,
                        struct error *err) {
	if (text_starts(id, "campaign_"))
		id += strlen("campaign_");
	bson_t *filter = store_filter_id(id, "emailoctopus_id");
	bson_t set = BSON_INITIALIZER;
	stamp(&set);
	if (value)
		BSON_APPEND_UTF8(&set, member, value);
	bson_t *change = value ? BCON_NEW("$set", BCON_DOCUMENT(&set))
	                       : BCON_NEW("$set", BCON_DOCUMENT(&set), "$unset", "{", member, BCON_UTF8(""), "}");
	bson_destroy(&set);
	bool fine = store_update(store, "campaigns", filter, change, found, err);
	bson_destroy(filter);
	bson_destroy(change);
	return fine && version_bump(store, VERSION_DATA, err);
}

bool campaign_save_partner(struct store *store, const char *id, const char *partner_id, bool *found,
                           struct error *err) {
	return save_member(store, id, "partner_id", partner_id, found, err);
}

bool campaign_drop_partner(struct store *store, const char *partner_id, struct error *err) {
	bson_t set = BSON_INITIALIZER;
	stamp(&set);
	bson_t *given = BCON_NEW("partner_id", BCON_UTF8(partner_id));
	bson_t *change = BCON_NEW("$unset", "{", "partner_id", BCON_UTF8(""), "}", "$set", BCON_DOCUMENT(&set));
	bool fine = store_update_all(store, "campaigns", given, change, err);
	bson_destroy(&set);
	bson_destroy(given);
	bson_destroy(change);
	return fine;
}

bool campaign_save_project(struct store *store, const char *id, const char *project_id, bool *found,
                           struct error *err) {
	return save_member(store, id, "project_id", project_id, found, err);
}

bool campaign_find(struct store *store, const char *id, struct arena *arena, struct campaign *campaign, bool *found,
                   struct error *err) {
	if (text_starts(id, "campaign_"))
		id += strlen("campaign_");
	bson_t *filter = store_filter_id(id, "emailoctopus_id");
	bool fine = store_find(store, "campaigns", filter, NULL, &campaign_record, arena, campaign, found, err);
	bson_destroy(filter);
	return fine;
}

bool campaign_save_gap(struct store *store, const char *campaign_id, const char *run_id, const char *why,
                       struct error *err) {
	return set_campaign(store, campaign_id, BCON_NEW("report_gap", BCON_UTF8(why), "summary_run", BCON_UTF8(run_id)),
	                    err);
}

/* So that a page over many campaigns needs one read. */
static bool save_newest_links(struct store *store, const struct link_report *report, struct error *err) {
	bson_t set = BSON_INITIALIZER;
	record_to_bson(&link_report_record, report, &set);
	bson_t *filter = BCON_NEW("_id", BCON_UTF8(report->campaign_id));
	bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(&set));
	bool fine = store_upsert(store, "campaign_links", filter, change, err);
	bson_destroy(filter);
	bson_destroy(change);
	bson_destroy(&set);
	return fine;
}

bool campaign_save_links(struct store *store, const struct link_report *report, int64_t clicked_total,
                         struct error *err) {
	bson_t document = BSON_INITIALIZER;
	record_to_bson(&link_report_record, report, &document);
	bool fine = store_insert(store, "link_snapshots", &document, err) || err->kind == ERROR_CONFLICT;
	bson_destroy(&document);
	return fine && save_newest_links(store, report, err) &&
	       set_campaign(store, report->campaign_id, BCON_NEW("links_clicked", BCON_INT64(clicked_total)), err);
}

bool campaign_find_links(struct store *store, const struct strings *campaign_ids, struct arena *arena,
                         struct link_report **reports, int *count, struct error *err) {
	bson_t *filter = store_filter_in("_id", campaign_ids);
	bool fine = store_list(store, "campaign_links", filter, NULL, campaign_ids->count + 1, &link_report_record, arena,
	                       (void **)reports, count, err);
	bson_destroy(filter);
	return fine;
}

static int most_people_first(const void *a, const void *b) {
	const struct link *x = a, *y = b;
	return x->clicked_unique != y->clicked_unique ? (x->clicked_unique < y->clicked_unique ? 1 : -1)
	                                              : strcmp(x->url, y->url);
}

static int by_url(const void *a, const void *b) {
	return strcmp(((const struct link *)a)->url, ((const struct link *)b)->url);
}

int campaign_sum_links(const struct link_report *reports, int count, struct link *sums, int max) {
	int used = 0, kept = 0;
	for (int i = 0; i < count; i++) {
		const struct link *links = reports[i].links.items;
		for (int k = 0; k < reports[i].links.count && used < max; k++)
			if (links[k].url)
				sums[used++] = links[k];
	}
	qsort(sums, (size_t)used, sizeof *sums, by_url);
	for (int i = 0; i < used; i++) {
		if (kept && strcmp(sums[kept - 1].url, sums[i].url) == 0) {
			sums[kept - 1].clicked_unique += sums[i].clicked_unique;
			sums[kept - 1].clicked_total += sums[i].clicked_total;
		} else {
			sums[kept++] = sums[i];
		}
	}
	qsort(sums, (size_t)kept, sizeof *sums, most_people_first);
	return kept;
}

struct link campaign_link_total(const struct rows *links) {
	struct link total = { 0 };
	const struct link *items = links->items;
	for (int i = 0; i < links->count; i++) {
		total.clicked_unique += items[i].clicked_unique;
		total.clicked_total += items[i].clicked_total;
	}
	return total;
}

static int64_t size_of_change(const struct snapshot *snapshot) {
	if (snapshot->opened_change == COUNT_NONE)
		return snapshot->metrics.opened + snapshot->metrics.clicked;
	return snapshot->opened_change + snapshot->clicked_change;
}

static int greatest_first(const void *a, const void *b) {
	int64_t x = size_of_change(a), y = size_of_change(b);
	return (x < y) - (x > y);
}

static bool name_change(struct store *store, struct campaign_change *change, struct arena *arena, struct error *err) {
	struct campaign campaign;
	bool found;
	bson_t *filter = BCON_NEW("emailoctopus_id", BCON_UTF8(change->snapshot->campaign_id));
	bool fine = store_find(store, "campaigns", filter, NULL, &campaign_record, arena, &campaign, &found, err);
	bson_destroy(filter);
	change->id = fine && found ? campaign.id : NULL;
	change->name = fine && found ? campaign.name : NULL;
	return fine;
}

bool campaign_changes(struct store *store, const char *run_id, int limit, struct arena *arena,
                      struct campaign_change **changes, int *count, struct error *err) {
	struct snapshot *snapshots;
	int found;
	bson_t *filter = BCON_NEW("run_id", BCON_UTF8(run_id));
	bool fine = store_list(store, "campaign_metrics_snapshots", filter, NULL, CHANGES_READ, &snapshot_record, arena,
	                       (void **)&snapshots, &found, err);
	bson_destroy(filter);
	*count = 0;
	if (!fine)
		return false;
	qsort(snapshots, (size_t)found, sizeof *snapshots, greatest_first);
	*changes = arena_array(arena, struct campaign_change, limit + 1);
	for (; *count < found && *count < limit; ++*count) {
		(*changes)[*count].snapshot = &snapshots[*count];
		if (!name_change(store, &(*changes)[*count], arena, err))
			return false;
	}
	return true;
}
