/* Notices about the figures of a run: limits exceeded, rates far from the usual. */
#include "observing/alarm.h"

#include <string.h>

#include "insights/peers.h"
#include "notices/notice.h"

#define YOUNG_MS (30 * DAY_MS)

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

/* Names of the broken limits, as a part of a key: "Complaint" or "Complaint+Hard". */
static const char *limits_key(const struct campaign *campaign, struct arena *arena) {
	struct broken_limit broken[LIMIT_COUNT];
	int count = metrics_broken_limits(&campaign->current_metrics, broken);
	BUF_AUTO out = { 0 };
	for (int i = 0; i < count; i++) {
		const char *name = limit_rows[broken[i].limit].name;
		buf_print(&out, "%s%.*s", i ? "+" : "", (int)strcspn(name, " "), name);
	}
	return arena_copy(arena, buf_text(&out));
}

/* Reported once per campaign, even if the figures change further, and again when one more limit is broken. */
static bool tell_limit(struct store *store, const struct campaign *campaign, struct moment now, struct arena *arena,
                       struct error *err) {
	const char *words = metrics_alarm(arena, &campaign->current_metrics);
	if (!words)
		return true;
	char *key = arena_print(arena, "limit|%s|%s", campaign->id, limits_key(campaign, arena));
	struct notice notice = notice_about(campaign, NOTICE_LIMIT, key, words, now, arena);
	return notice_tell(store, &notice, arena, err);
}

static bool tell_anomalies(struct store *store, const struct campaign *campaign, struct moment now, struct arena *arena,
                           struct error *err) {
	struct peers peers;
	if (campaign_age(campaign, now) < SETTLING_MS || metrics_delivered(&campaign->current_metrics) < METRICS_FEW)
		return true;
	if (!peers_find(store, campaign, now, MOMENT_NONE, arena, &peers, err))
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

bool alarm_of_run(struct store *store, const char *run_id, struct moment now, struct error *err) {
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
