/* What people do with an own campaign: each is one conditional update of its state (campaigns/own_campaign.h), written
 * into its log, and seen by everybody before it is answered. Senders read the state at least every 500 ms, so nothing
 * is begun to be handed over 2 s after a pause was answered.
 *
 * CONFLICT, saying why: its state does not allow it. So of two clicks the second is refused, and nothing is doubled. */
#ifndef DISPATCH_ACTING_H
#define DISPATCH_ACTING_H

#include "campaigns/own_campaign.h"
#include "core/fields/problems.h"
#include "core/process/settings.h"
#include "core/store/store.h"

struct acting {
	struct store *store;
	const struct settings *settings;
	struct arena *arena;
	const char *by; /* user; NULL: by itself */
	struct moment now;
};

/* A start that was missed by more than this is asked about. */
#define ACTING_LATE_MS HOUR_MS

/* Starts it. INVALID: something keeps it from being sent (dispatch/ready.h); all of that is in `problems`, which may be
 * NULL. Without `by` only if its time has come. */
bool acting_send(const struct acting *acting, const char *id, struct problems *problems, struct error *err) MUST_CHECK;

/* A time that was chosen. */
struct acting_time {
	struct moment at;
	const char *zone; /* in which; NULL: as before */
	/* By the clocks of everybody's own zone, at what those of `zone` show then; without it as before. */
	bool says_zones, recipient_zones;
};

/* It is sent at that time by itself; again: at another time. *words: when that is. INVALID names scheduled_time or
 * time_zone, or is as of acting_send. */
bool acting_schedule(const struct acting *acting, const char *id, const struct acting_time *time,
                     struct problems *problems, const char **words, struct error *err) MUST_CHECK;

/* CAMPAIGN_UNSCHEDULE, _PAUSE, _RESUME, _CANCEL, _STOP or _RETRY. */
bool acting_move(const struct acting *acting, const char *id, enum campaign_event event, struct error *err) MUST_CHECK;

/* Emails a minute from now on, 1 to RATE_MAX. Once it was started. */
bool acting_set_rate(const struct acting *acting, const char *id, int64_t rate, struct error *err) MUST_CHECK;

/* Pure. "2026-03-29T02:30" in a zone ("" and NULL: UTC): what clocks skip in spring is the moment of the change, what
 * they show twice in autumn the first of the two. INVALID names `local_time` or `time_zone`. */
bool acting_local_time(const char *text, const char *zone, struct arena *arena, struct moment *at,
                       struct error *err) MUST_CHECK;

#endif
