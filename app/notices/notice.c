/* Notifications: rules and storage. */
#include "notices/notice.h"

#include <string.h>

#include "campaigns/peers.h"

static const char *const kind_names[] = {
	[NOTICE_SYNC] = "sync", [NOTICE_LIMIT] = "limit", [NOTICE_ANOMALY] = "anomaly", [NOTICE_REPORT] = "report"
};
_Static_assert(sizeof kind_names / sizeof *kind_names == NOTICE_KIND_COUNT, "a name a kind");
const struct choices notice_kinds = CHOICES(kind_names);

static const struct field notice_fields[] = {
	FIELD(struct notice, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct notice, key, .flags = FIELD_PRIVATE),
	FIELD(struct notice, kind, .choices = &notice_kinds),
	FIELD(struct notice, words),
	FIELD(struct notice, campaign),
	FIELD(struct notice, name),
	FIELD(struct notice, address, .doc = "Of the page that shows more"),
	FIELD(struct notice, at),
	FIELD(struct notice, read_at),
	FIELD(struct notice, read_by),
	FIELD(struct notice, unread),
};
const struct record_type notice_record = RECORD_TYPE("Notification", struct notice, notice_fields);

#define YOUNG_MS (30 * DAY_MS)

bool notice_tell(struct store *store, const struct notice *notice, struct arena *arena, struct error *err) {
	struct notice one = *notice;
	bson_t document = BSON_INITIALIZER;
	one.id = store_new_id(arena);
	one.unread = true;
	one.read_at = MOMENT_NONE;
	record_to_bson(&notice_record, &one, &document);
	bool fine = store_insert(store, "notices", &document, err) || err->kind == ERROR_CONFLICT;
	bson_destroy(&document);
	return fine;
}

static struct notice notice_about(const struct campaign *campaign, enum notice_kind kind, const char *key,
                                  const char *words, struct moment now, struct arena *arena) {
	return (struct notice){ .key = key,
		                    .kind = kind,
		                    .words = words,
		                    .campaign = campaign->id,
		                    .name = campaign_name(campaign),
		                    .address = arena_print(arena, "/campaigns/%s", campaign->id),
		                    .at = now };
}

/* Told once for each campaign and limit, however the figure moves on: the first word names the limit. */
static bool tell_limit(struct store *store, const struct campaign *campaign, struct moment now, struct arena *arena,
                       struct error *err) {
	const char *words = metrics_alarm(arena, &campaign->current_metrics);
	if (!words)
		return true;
	char *key = arena_print(arena, "limit|%s|%.*s", campaign->id, (int)strcspn(words, " "), words);
	struct notice notice = notice_about(campaign, NOTICE_LIMIT, key, words, now, arena);
	return notice_tell(store, &notice, arena, err);
}

static bool tell_anomalies(struct store *store, const struct campaign *campaign, struct moment now, struct arena *arena,
                           struct error *err) {
	struct peers peers;
	if (campaign_age(campaign, now) < SETTLING_MS || metrics_delivered(&campaign->current_metrics) < METRICS_FEW)
		return true;
	if (!peers_find(store, campaign, arena, &peers, err))
		return false;
	for (int m = 0; m < METRIC_COUNT; m++) {
		const char *words = peers_anomaly(&peers, &campaign->current_metrics, (enum metric)m, arena);
		char *key = arena_print(arena, "anomaly|%s|%s", campaign->id, metric_rows[m].key);
		struct notice notice = notice_about(campaign, NOTICE_ANOMALY, key, words, now, arena);
		if (words && !notice_tell(store, &notice, arena, err))
			return false;
	}
	return true;
}

bool notice_of_run(struct store *store, const char *run_id, struct moment now, struct error *err) {
	struct campaign_filter filter = CAMPAIGN_EVERY;
	struct campaign *campaigns;
	int count;
	ARENA_AUTO arena = arena_new();
	filter.from = moment_add(now, -YOUNG_MS);
	filter.to = moment_add(now, DAY_MS);
	filter.reported = true;
	if (!campaign_select(store, &filter, arena, &campaigns, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (text_same(campaigns[i].summary_run, run_id) && campaigns[i].status == CAMPAIGN_SENT &&
		    (!tell_limit(store, &campaigns[i], now, arena, err) ||
		     !tell_anomalies(store, &campaigns[i], now, arena, err)))
			return false;
	return true;
}

bool notice_list(struct store *store, int limit, struct arena *arena, struct rows *notices, struct error *err) {
	bson_t all = BSON_INITIALIZER;
	bson_t *sort = BCON_NEW("at", BCON_INT32(-1), "_id", BCON_INT32(-1));
	bool fine = store_list(store, "notices", &all, sort, limit, &notice_record, arena, &notices->items, &notices->count,
	                       err);
	bson_destroy(sort);
	return fine;
}

bool notice_count_unread(struct store *store, int64_t *count, struct error *err) {
	bson_t *filter = BCON_NEW("unread", BCON_BOOL(true));
	bool fine = store_count(store, "notices", filter, count, err);
	bson_destroy(filter);
	return fine;
}

bool notice_read(struct store *store, const char *id, const char *by, bool *found, struct error *err) {
	bson_t *filter = id ? store_filter_id(id, NULL) : BCON_NEW("unread", BCON_BOOL(true));
	bson_t *change = BCON_NEW("$set", "{", "unread", BCON_BOOL(false), "read_at", BCON_DATE_TIME(moment_now().ms),
	                          "read_by", BCON_UTF8(by), "}");
	*found = true;
	bool fine = id ? store_update(store, "notices", filter, change, found, err)
	               : store_update_all(store, "notices", filter, change, err);
	bson_destroy(filter);
	bson_destroy(change);
	return fine && version_bump(store, VERSION_DATA, err); /* every page shows the number of unread ones */
}

void notice_frame(struct exchange *x, struct value *view) {
	struct error ignored = ERROR_INIT; /* a page without its number of notices is better than none */
	int64_t unread = 0;
	if (x->identity.user && notice_count_unread(x->store, &unread, &ignored) && unread)
		value_put_text(view, "unread", text_of_count(x->arena, unread));
}
