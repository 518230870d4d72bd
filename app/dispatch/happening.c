/* What happens to a campaign by itself. */
#include "dispatch/happening.h"

#include "dispatch/live.h"
#include "dispatch/log.h"
#include "dispatch/progress.h"
#include "notices/notice.h"
#include "webhooks/telling.h"

static const struct {
	const char *key, *words;
	enum campaign_log_level level;
	bool again; /* may happen more than once */
	enum webhook_type webhook;
} rows[CAMPAIGN_HAPPENINGS] = {
	[CAMPAIGN_STARTED] = { "started", "Sending has started", CAMPAIGN_LOG_INFO, false, WEBHOOK_STARTED },
	[CAMPAIGN_ENDED] = { "ended", "Sent", CAMPAIGN_LOG_INFO, false, WEBHOOK_SENT },
	[CAMPAIGN_GAVE_UP] = { "failed", "Sending failed", CAMPAIGN_LOG_ERROR, false, WEBHOOK_FAILED },
	[CAMPAIGN_HELD] = { "held", "Paused by itself", CAMPAIGN_LOG_WARNING, true, WEBHOOK_PAUSED },
};

/* "Sending has started to 5,000 recipients"; "Sent: 4,980 of 5,000 emails were accepted, 12 failed, 1 uncertain" */
static const char *words_of(const struct progress *progress, enum campaign_happening happening, const char *why,
                            struct arena *arena) {
	if (happening == CAMPAIGN_ENDED)
		return arena_print(arena, "%s: %s of %s were accepted, %s failed, %s uncertain", rows[happening].words,
		                   text_of_count(arena, progress->accepted),
		                   text_of_counted(arena, progress_total(progress), "email", "emails"),
		                   text_of_count(arena, progress->failed), text_of_count(arena, progress->uncertain));
	if (happening == CAMPAIGN_STARTED)
		return arena_print(arena, "%s to %s", rows[happening].words,
		                   text_of_counted(arena, progress_total(progress), "recipient", "recipients"));
	return why ? arena_print(arena, "%s: %s", rows[happening].words, why) : rows[happening].words;
}

static bool tell(struct store *store, const struct progress *progress, enum campaign_happening happening,
                 const char *words, struct moment now, struct arena *arena, struct error *err) {
	const char *key = arena_print(arena, "campaign:%s:%s:%lld", progress->id, rows[happening].key,
	                              rows[happening].again ? (long long)(now.ms / HOUR_MS) : 0);
	const struct webhook_event event = { .type = rows[happening].webhook,
		                                 .key = key,
		                                 .campaign_id = progress->id,
		                                 .about = "message",
		                                 .words = words,
		                                 .at = now };
	const struct notice notice = {
		.key = key,
		.kind = NOTICE_CAMPAIGN,
		.words = words,
		.campaign = progress->id,
		.name = progress->name,
		.address = arena_print(arena, "/campaigns/%s/monitor", progress->id),
		.at = now,
	};
	return notice_tell(store, &notice, arena, err) && webhooks_tell(store, &event, 1, now, err);
}

void campaign_happened(struct store *store, const char *campaign_id, enum campaign_happening happening, const char *why,
                       struct moment now) {
	ARENA_AUTO arena = arena_new();
	struct progress progress;
	struct error ignored = ERROR_INIT;
	live_tell(store, campaign_id, now);
	if (!progress_read(store, campaign_id, arena, &progress, &ignored))
		return;
	const char *words = words_of(&progress, happening, why, arena);
	(void)!campaign_log(store, progress.id, rows[happening].level, words, NULL, now, &ignored);
	(void)!tell(store, &progress, happening, words, now, arena, &ignored);
}
