/* What people do with an own campaign. */
#include "dispatch/acting.h"

#include <string.h>

#include "campaigns/action.h"
#include "composing/draft.h"
#include "composing/own_hour.h"
#include "core/base/calendar.h"
#include "core/base/log.h"
#include "core/base/zones.h"
#include "dispatch/block_jobs.h"
#include "dispatch/dispatch.h"
#include "dispatch/live.h"
#include "dispatch/log.h"
#include "dispatch/ready.h"
#include "dispatch/turn.h"
#include "webhooks/telling.h"

enum { TRIES = 3 }; /* of a save, when another one comes in between */

#define WAITS "Waits: %lld campaigns are being sent, and it begins when one of them is done"

/* An entry that cannot be written undoes nothing. */
static void note(const struct acting *acting, const char *id, enum campaign_log_level level, const char *text) {
	struct error err = ERROR_INIT;
	if (!campaign_log(acting->store, id, level, text, acting->by, acting->now, &err))
		log_failure("writing the log of a campaign", &err);
}

/* Of the others nobody is told here: what follows from them is told as it happens (dispatch/happening.h). */
static bool is_told(enum campaign_event event, enum webhook_type *type) {
	*type = event == CAMPAIGN_PAUSE                               ? WEBHOOK_PAUSED
	        : event == CAMPAIGN_RESUME || event == CAMPAIGN_RETRY ? WEBHOOK_RESUMED
	                                                              : WEBHOOK_CANCELLED;
	return *type != WEBHOOK_CANCELLED || event == CAMPAIGN_CANCEL || event == CAMPAIGN_STOP;
}

static void tell_webhooks(const struct acting *acting, const char *id, enum campaign_event event) {
	struct error err = ERROR_INIT;
	struct webhook_event told = { .campaign_id = id, .about = "by", .words = acting->by, .at = acting->now };
	told.key = arena_print(acting->arena, "%s:%lld", id, (long long)acting->now.ms);
	if (is_told(event, &told.type) && !webhooks_tell(acting->store, &told, 1, acting->now, &err))
		log_failure("telling webhooks", &err);
}

static void note_done(const struct acting *acting, const char *id, enum campaign_event event) {
	note(acting, id, CAMPAIGN_LOG_INFO, campaign_action(event)->done);
	live_tell(acting->store, id, acting->now);
	tell_webhooks(acting, id, event);
}

/* Its draft, in a state for which the event is. */
static bool need(const struct acting *acting, const char *id, enum campaign_event event, struct draft *draft,
                 struct error *err) {
	enum campaign_status status, next;
	if (!draft_find(acting->store, id, acting->arena, draft, err) ||
	    !campaign_read_status(acting->store, draft->campaign.id, &status, err))
		return false;
	draft->campaign.status = status;
	return campaign_must_next(status, event, &next, err);
}

static bool is_ready(const struct acting *acting, const struct draft *draft, bool by_time, struct problems *problems,
                     struct error *err) {
	struct rows hindrances;
	return ready_check(acting->store, acting->settings, &draft->composition, by_time, acting->now, acting->arena,
	                   &hindrances, err) &&
	       ready_refuse(&hindrances, acting->arena, problems, err);
}

static bool note_turn(const struct acting *acting, const char *id, struct error *err) {
	int64_t sending;
	if (!turn_count(acting->store, acting->arena, &sending, err))
		return false;
	if (sending >= acting->settings->campaigns_at_once)
		note(acting, id, CAMPAIGN_LOG_WARNING, arena_print(acting->arena, WAITS, (long long)sending));
	return true;
}

bool acting_send(const struct acting *acting, const char *id, struct problems *problems, struct error *err) {
	struct draft draft;
	if (!need(acting, id, CAMPAIGN_SEND, &draft, err) || !is_ready(acting, &draft, false, problems, err) ||
	    !dispatch_start(acting->store, draft.campaign.id, acting->by, acting->now, acting->arena, err))
		return false;
	note_done(acting, draft.campaign.id, CAMPAIGN_SEND);
	return note_turn(acting, draft.campaign.id, err);
}

static void choose(struct composition *said, const struct acting_time *time) {
	said->scheduled_time = time->at;
	said->time_zone = text_is_empty(time->zone) ? said->time_zone : time->zone;
	said->recipient_zones = time->says_zones ? time->recipient_zones : said->recipient_zones;
}

/* The composition says when, too: the composer shows it, and a copy of the time stands with the campaign. */
static bool say_time(const struct acting *acting, const char *id, const struct acting_time *time, struct error *err) {
	for (int tries = TRIES; tries > 0; tries--) {
		struct composition said;
		if (!composition_find(acting->store, id, acting->arena, &said, err))
			return false;
		choose(&said, time);
		said.updated_at = acting->now;
		said.updated_by = acting->by;
		if (composition_save(acting->store, &said, err))
			return true;
		if (!store_is_stale(err))
			return false;
	}
	return false;
}

/* When it begins, and that in words. */
static bool find_start(const struct acting *acting, struct composition *said, const struct acting_time *time,
                       struct moment *start, const char **words, struct error *err) {
	const struct own_hours *hours;
	choose(said, time);
	*start = time->at;
	*words = text_of_moment_zone(acting->arena, time->at);
	if (!own_hours_read(acting->store, said, acting->now, acting->arena, &hours, err))
		return false;
	if (!hours)
		return time->at.ms > acting->now.ms ||
		       error_field(err, "scheduled_time", "That time has passed: choose a later one");
	if (hours->is_over)
		return error_field(err, "scheduled_time", "That time has passed wherever contacts live: choose a later one");
	*start = hours->first.ms < acting->now.ms ? acting->now : hours->first;
	*words = own_hours_words(hours, acting->now, acting->arena);
	return true;
}

bool acting_schedule(const struct acting *acting, const char *id, const struct acting_time *time,
                     struct problems *problems, const char **words, struct error *err) {
	struct draft draft;
	struct campaign_move move;
	struct moment start;
	if (!need(acting, id, CAMPAIGN_SCHEDULE, &draft, err))
		return false;
	if (!moment_is_set(time->at))
		return error_field(err, "scheduled_time", "Give the time, like 2026-11-27T10:00:00Z");
	if (!text_is_empty(time->zone) && !zones_check(time->zone, "time_zone", err))
		return false;
	if (!find_start(acting, &draft.composition, time, &start, words, err) ||
	    !is_ready(acting, &draft, true, problems, err) || !say_time(acting, draft.campaign.id, time, err) ||
	    !campaign_schedule_own(acting->store, draft.campaign.id, start, &move, err))
		return false;
	note(acting, draft.campaign.id, CAMPAIGN_LOG_INFO, arena_print(acting->arena, "Scheduled for %s", *words));
	return true;
}

/* Only so many are sent at once, also of those that go on. */
static bool must_be_free(const struct acting *acting, struct error *err) {
	bool is_free;
	return turn_is_free(acting->store, acting->settings->campaigns_at_once, acting->arena, &is_free, err) &&
	       (is_free ||
	        error_set(err, ERROR_CONFLICT,
	                  "%lld campaigns are being sent, and no more at once: try again when one of them is done",
	                  (long long)acting->settings->campaigns_at_once));
}

/* Of one that failed while its recipients were being written down, nobody knows who is left. */
static bool must_be_whole(const struct acting *acting, const char *id, struct error *err) {
	struct dispatch dispatch;
	return dispatch_need(acting->store, id, acting->arena, &dispatch, err) &&
	       (dispatch.total != COUNT_NONE ||
	        error_set(err, ERROR_CONFLICT,
	                  "Its recipients were never all listed, and nothing was sent: duplicate it and send the copy"));
}

bool acting_move(const struct acting *acting, const char *id, enum campaign_event event, struct error *err) {
	struct draft draft;
	struct campaign_move move;
	if (!need(acting, id, event, &draft, err))
		return false;
	id = draft.campaign.id;
	bool goes_on = event == CAMPAIGN_RESUME || event == CAMPAIGN_RETRY;
	if (goes_on && (!must_be_whole(acting, id, err) || !must_be_free(acting, err)))
		return false;
	if (!campaign_move_own(acting->store, id, event, acting->now, &move, err))
		return false;
	note_done(acting, id, event);
	if (event == CAMPAIGN_UNSCHEDULE)
		return say_time(acting, id, &(struct acting_time){ .at = MOMENT_NONE }, err);
	bool ends = move.to == CAMPAIGN_CANCELLED && move.from != CAMPAIGN_SCHEDULED;
	return (!goes_on && !ends) || (block_jobs_go_on(acting->store, id, acting->now, acting->arena, err) &&
	                               block_jobs_hasten(acting->store, id, acting->arena, err));
}

bool acting_set_rate(const struct acting *acting, const char *id, int64_t rate, struct error *err) {
	struct draft draft;
	if (!draft_find(acting->store, id, acting->arena, &draft, err))
		return false;
	if (rate < 1 || rate > RATE_MAX)
		return error_field(err, "rate", "Choose 1 to %d emails a minute", RATE_MAX);
	if (campaign_is_final((enum campaign_status)draft.campaign.status))
		return error_set(err, ERROR_CONFLICT, "It is over: nothing more is sent");
	if (!dispatch_note_rate(acting->store, draft.campaign.id, rate, err))
		return false;
	note(acting, draft.campaign.id, CAMPAIGN_LOG_INFO,
	     arena_print(acting->arena, "Speed changed to %s a minute",
	                 text_of_counted(acting->arena, rate, "email", "emails")));
	return true;
}

bool acting_local_time(const char *text, const char *zone_name, struct arena *arena, struct moment *at,
                       struct error *err) {
	struct moment wall;
	if (strlen(text) < 16 || !moment_parse(arena_print(arena, "%.16s:00Z", text), &wall))
		return error_field(err, "local_time", "“%.30s” is no time. Write it like 2026-12-01T10:00", text);
	if (!text_is_empty(zone_name) && !zones_check(zone_name, "time_zone", err))
		return false;
	ZONE_AUTO zone = text_is_empty(zone_name) ? NULL : zone_open(zone_name);
	*at = zone ? zone_first_moment(zone, wall) : wall;
	return true;
}
