/* The monitor: page and JSON. */
#include "live/monitor_pages.h"

#include <math.h>

#include "campaigns/own_campaign.h"
#include "dispatch/log.h"
#include "live/monitor_view_pages.h"

enum { LOG_PAGE = 50, LOG_MAX = 200 };

static bool need_campaign(struct exchange *x, struct campaign *campaign, struct error *err) {
	bool found;
	return campaign_find(x->store, x->values[0], x->arena, campaign, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "There is no campaign “%.60s”", x->values[0])) &&
	       campaign_check_own(campaign, err);
}

/* *started false: the rest of it is not known yet. */
static bool look(struct exchange *x, struct monitored *seen, bool *started, struct error *err) {
	const char *id;
	seen->hours = (struct block_hours){ MOMENT_NONE, MOMENT_NONE, 0 };
	if (!need_campaign(x, &seen->campaign, err))
		return false;
	id = seen->campaign.id;
	if (!dispatch_find(x->store, id, x->arena, &seen->dispatch, started, err) ||
	    (*started && !progress_read(x->store, id, x->arena, &seen->progress, err)))
		return false;
	const bool waits = *started && moment_is_set(seen->dispatch.own_hour) &&
	                   !campaign_is_final((enum campaign_status)seen->campaign.status);
	return !waits || block_hours_read(x->store, id, x->now, x->arena, &seen->hours, err);
}

static bool show_page(struct exchange *x, struct error *err) {
	struct monitored seen;
	bool started;
	if (!look(x, &seen, &started, err))
		return false;
	if (!started)
		return reply_redirect(x, arena_print(x->arena, "/campaigns/%s/review", seen.campaign.id));
	struct value *view = value_map(x->arena);
	return monitor_view(x, &seen, view, err) &&
	       reply_page(x, "live/monitor",
	                  arena_print(x->arena, "%.0f\u00a0%% · %s", seen.progress.percent, campaign_name(&seen.campaign)),
	                  "outbox", view, err);
}

/* As the live messages have it (dispatch/live_message.h), and all counts. */
static bool progress_api(struct exchange *x, struct error *err) {
	struct monitored seen;
	bool started;
	char now[MOMENT_TEXT];
	if (!look(x, &seen, &started, err))
		return false;
	if (!started)
		record_clear(&progress_record, &seen.progress);
	seen.progress.id = seen.campaign.id;
	seen.progress.name = campaign_name(&seen.campaign);
	seen.progress.status = seen.campaign.status;
	double percent = started ? round(seen.progress.percent * 10) / 10 : 0;
	struct value *answer = record_to_value(&progress_record, &seen.progress, x->arena);
	value_put_text(answer, "type", "campaign_progress");
	value_put_text(answer, "campaign_id", seen.campaign.id);
	value_put_int(answer, "sent_count", started ? seen.progress.accepted : 0);
	value_put_int(answer, "total_recipients", started ? progress_total(&seen.progress) : 0);
	value_put_real(answer, "progress", percent);
	value_put_moment(answer, "next_at", seen.hours.next);
	value_put_moment(answer, "last_at", seen.hours.last);
	value_put_text(answer, "timestamp", arena_copy(x->arena, moment_format(x->now, now)));
	return reply_json(x, answer);
}

static bool logs_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct page page;
	int limit;
	if (!need_campaign(x, &campaign, err) || !exchange_limit(x, LOG_PAGE, LOG_MAX, &limit, err) ||
	    !campaign_log_page(x->store, campaign.id, params_get(&x->query, "cursor"), limit, x->arena, &page, err))
		return false;
	if (page.next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, page.next));
	return reply_rows(x, &campaign_log_record, page.rows);
}

const struct route monitor_routes[] = {
	{ "GET", "/campaigns/:campaign_id/monitor", GUARD_SIGNED_IN, show_page },
	{ "GET", "/api/campaigns/:campaign_id/progress", GUARD_SIGNED_IN, progress_api,
	  .summary = "How far a campaign has been sent: the live messages' members, and all counts; next_at and last_at if "
	             "some wait for the hour of their time zone",
	  .output = &progress_record,
	  .shape = "type:text campaign_id:text sent_count:count total_recipients:count progress:number "
	           "next_at:time last_at:time timestamp:time" },
	{ "GET", "/api/campaigns/:campaign_id/logs", GUARD_SIGNED_IN, logs_api,
	  .summary = "The log of a campaign, newest first", .output = &campaign_log_record, .list = true,
	  .parameters = "limit,cursor" },
	{ 0 },
};
