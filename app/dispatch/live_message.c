/* The live messages of a campaign. */
#include "dispatch/live_message.h"

#include "core/base/moment_text.h"
#include "core/formats/json.h"

static void put_text(struct buf *out, const char *name, const char *text) {
	buf_print(out, "\"%s\":", name);
	json_write_text(out, text);
}

/* Every message ends with when it was made. */
static void end(struct buf *out, struct moment now) {
	char text[MOMENT_TEXT];
	buf_print(out, ",\"timestamp\":\"%s\"}", moment_format(now, text));
}

static void put_campaign_id(struct buf *out, const struct campaign *campaign) {
	buf_print(out, "\"campaign_id\":\"%s\"", campaign->id);
}

static void put_status(struct buf *out, const struct campaign *campaign, double percent) {
	buf_print(out, "{\"type\":\"campaign_status\",\"campaign\":{\"id\":\"%s\",", campaign->id);
	put_text(out, "name", campaign_name(campaign));
	buf_text_add(out, ",");
	put_text(out, "status", choice_name(&campaign_statuses, (int)campaign->status));
	buf_print(out, ",\"progress\":%.1f}", percent);
}

static void put_counts(struct live_messages *messages, const struct campaign *campaign,
                       const struct progress *progress) {
	buf_text_add(&messages->email_progress, "{\"type\":\"email_progress\",");
	put_campaign_id(&messages->email_progress, campaign);
	buf_print(&messages->email_progress, ",\"sent\":%lld,\"total\":%lld", (long long)progress->accepted,
	          (long long)progress_total(progress));
	buf_text_add(&messages->progress, "{\"type\":\"campaign_progress\",");
	put_campaign_id(&messages->progress, campaign);
	buf_print(&messages->progress, ",\"sent_count\":%lld,\"total_recipients\":%lld,\"progress\":%.1f",
	          (long long)progress->accepted, (long long)progress_total(progress), progress->percent);
}

/* Rates of what was counted so far: right after the last email few have opened it. */
static void put_completed(struct buf *out, const struct campaign *campaign, const struct progress *progress) {
	static const struct {
		const char *name;
		enum metric metric;
	} stats[] = { { "open_rate", METRIC_OPEN_RATE },
		          { "click_rate", METRIC_CLICK_RATE },
		          { "bounce_rate", METRIC_BOUNCE_RATE },
		          { "unsubscribe_rate", METRIC_UNSUBSCRIBE_RATE } };
	struct metrics metrics = progress_metrics(campaign, progress);
	buf_text_add(out, "{\"type\":\"campaign_completed\",");
	put_campaign_id(out, campaign);
	buf_text_add(out, ",\"final_stats\":{");
	for (size_t i = 0; i < sizeof stats / sizeof *stats; i++)
		buf_print(out, "%s\"%s\":%.*f", i ? "," : "", stats[i].name, metric_rows[stats[i].metric].decimals,
		          metric_or_zero(metrics_rate(&metrics, stats[i].metric)));
	buf_text_add(out, "}");
}

void live_messages_of(const struct campaign *campaign, const struct progress *progress, struct moment now,
                      struct live_messages *messages) {
	*messages = (struct live_messages){ 0 };
	put_status(&messages->status, campaign, progress ? progress->percent : 0);
	end(&messages->status, now);
	if (!progress)
		return;
	put_counts(messages, campaign, progress);
	end(&messages->email_progress, now);
	end(&messages->progress, now);
	if (campaign->status == CAMPAIGN_SENT) {
		put_completed(&messages->completed, campaign, progress);
		end(&messages->completed, now);
	}
}

void live_messages_free(struct live_messages *messages) {
	buf_finish(&messages->email_progress);
	buf_finish(&messages->status);
	buf_finish(&messages->progress);
	buf_finish(&messages->completed);
}
