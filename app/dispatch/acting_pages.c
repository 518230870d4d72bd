/* Actions on own campaigns. */
#include "dispatch/acting_pages.h"

#include <inttypes.h>

#include "campaigns/action.h"
#include "composing/action_view_pages.h"
#include "composing/answer_pages.h"
#include "composing/draft.h"
#include "core/base/local.h"
#include "core/base/log.h"
#include "core/http/parts.h"
#include "core/store/rate_limit.h"
#include "dispatch/acting.h"
#include "dispatch/turn.h"
#include "templates/asking_pages.h"

#define ANSWER .output = &campaign_record, .shape = CAMPAIGN_SHAPE " " COMPOSITION_SHAPE " message:text"

enum { STARTS_A_MINUTE = 10 };

struct acting acting_of(const struct exchange *x) {
	return (struct acting){ x->store, x->settings, x->arena, x->identity.user, x->now };
}

/* The monitor of what was started (live/monitor_pages.c), else the review. */
static const char *page_of(struct exchange *x, const struct campaign *campaign) {
	bool waits = campaign->status == CAMPAIGN_DRAFT || campaign->status == CAMPAIGN_SCHEDULED;
	return arena_print(x->arena, "/campaigns/%s/%s", campaign->id, waits ? "review" : "monitor");
}

/* The campaign, and in words what was done. */
static bool reply_campaign(struct exchange *x, const char *message, struct error *err) {
	struct campaign campaign;
	bool found;
	if (!campaign_find(x->store, x->values[0], x->arena, &campaign, &found, err) ||
	    (!found && !error_set(err, ERROR_MISSING, "no campaign %.60s", x->values[0])))
		return false;
	if (!x->wants_json)
		return reply_redirect(x, page_of(x, &campaign));
	struct value *answer = campaign_to_json(&campaign, x->arena);
	if (!composition_put_of(x, answer, campaign.id, err))
		return false;
	value_put_text(answer, "message", message);
	return reply_json(x, answer);
}

/* Whoever starts campaigns by mistake, in a loop, is stopped early. */
static bool take_turn(struct exchange *x, struct error *err) {
	const char *who = x->identity.user ? x->identity.user : x->remote;
	const struct rate_limit limit = { arena_print(x->arena, "campaign_start:%.80s", who), STARTS_A_MINUTE,
		                              (double)STARTS_A_MINUTE / 60 };
	int taken;
	int64_t wait_ms;
	return rate_limit_take(x->store, &limit, 1, &taken, &wait_ms, err) &&
	       (taken || error_limited(err, wait_ms, "More than %d starts a minute: wait a moment", STARTS_A_MINUTE));
}

static bool start(struct exchange *x, struct error *err) {
	const struct acting acting = acting_of(x);
	return take_turn(x, err) && acting_send(&acting, x->values[0], &x->problems, err);
}

static bool send_now(struct exchange *x, struct error *err) {
	int64_t sending;
	if (!start(x, err) || !turn_count(x->store, x->arena, &sending, err))
		return false;
	return reply_campaign(x,
	                      sending >= x->settings->campaigns_at_once
	                          ? arena_print(x->arena,
	                                        "The campaign is queued: %" PRId64
	                                        " are being sent, and it begins when one of them is done",
	                                        sending)
	                          : "The campaign is being sent",
	                      err);
}

/* A campaign manager's words for what was refused; others stay as they are. */
static bool say_as_manager(struct exchange *x, enum campaign_status status, struct error *err) {
	if (err->kind == ERROR_CONFLICT && (status == CAMPAIGN_SENDING || status == CAMPAIGN_QUEUED))
		return error_set(err, ERROR_INVALID, "Campaign is already running");
	if (err->kind == ERROR_INVALID && problems_of(&x->problems, "list_ids"))
		return error_set(err, ERROR_INVALID, "No recipients specified");
	if (err->kind != ERROR_FAULT && err->kind != ERROR_UNAVAILABLE && err->kind != ERROR_FULL)
		return false;
	log_failure(arena_print(x->arena, "Failed to start campaign %.60s", x->values[0]), err);
	struct value *answer = value_map(x->arena);
	value_put_text(answer, "error", "Failed to start campaign");
	value_put_text(answer, "code", "fault");
	x->status = 500;
	return reply_json(x, answer);
}

static bool start_as_manager(struct exchange *x, struct error *err) {
	struct campaign campaign;
	bool found = false;
	enum campaign_status status = CAMPAIGN_UNKNOWN;
	if (!start(x, err)) {
		struct error ignored = ERROR_INIT;
		if (campaign_find(x->store, x->values[0], x->arena, &campaign, &found, &ignored) && found)
			status = (enum campaign_status)campaign.status;
		return say_as_manager(x, status, err);
	}
	struct value *answer = value_map(x->arena);
	value_put_text(answer, "message", "Campaign started successfully");
	return reply_json(x, answer);
}

static bool act(struct exchange *x, enum campaign_event event, struct error *err) {
	const struct acting acting = acting_of(x);
	return acting_move(&acting, x->values[0], event, err) &&
	       reply_campaign(x, arena_print(x->arena, "%s", campaign_action(event)->done), err);
}

static bool do_unschedule(struct exchange *x, struct error *err) {
	return act(x, CAMPAIGN_UNSCHEDULE, err);
}

static bool do_pause(struct exchange *x, struct error *err) {
	return act(x, CAMPAIGN_PAUSE, err);
}

static bool do_resume(struct exchange *x, struct error *err) {
	return act(x, CAMPAIGN_RESUME, err);
}

static bool do_stop(struct exchange *x, struct error *err) {
	return act(x, CAMPAIGN_STOP, err);
}

static bool do_cancel(struct exchange *x, struct error *err) {
	return act(x, CAMPAIGN_CANCEL, err);
}

static bool do_retry(struct exchange *x, struct error *err) {
	return act(x, CAMPAIGN_RETRY, err);
}

/* --- at a time --- */

struct schedule_request {
	struct moment scheduled_time;
	const char *local_time, *time_zone;
	bool recipient_zones;
};
static const struct field schedule_fields[] = {
	FIELD(struct schedule_request, scheduled_time, .doc = "Without a zone it is UTC"),
	FIELD(struct schedule_request, local_time, .max = 30,
	      .doc = "Instead: what clocks show in time_zone, like 2026-03-29T10:00. What they skip in spring is the "
	             "moment of "
	             "the change, what they show twice in autumn the first of the two"),
	FIELD(struct schedule_request, time_zone, .max = 60, .doc = "In which it was chosen, and pages show it"),
	FIELD(struct schedule_request, recipient_zones,
	      .doc = "Each contact gets it when clocks in their own zone (custom field time_zone) show what those of "
	             "time_zone "
	             "show then; in time_zone whoever has none. Not given: as the draft has it"),
};
static const struct record_type schedule_record = RECORD_TYPE("CampaignSchedule", struct schedule_request,
                                                              schedule_fields);

static bool schedule(struct exchange *x, struct error *err) {
	const struct schedule_request *request = x->input;
	const struct acting acting = acting_of(x);
	const struct strings given = json_given(x);
	struct acting_time time = { request->scheduled_time, request->time_zone,
		                        x->form.count > 0 || strings_have(&given, "recipient_zones"),
		                        request->recipient_zones };
	const char *words;
	if (time.recipient_zones && !text_is_empty(request->local_time) && text_is_empty(request->time_zone))
		return error_field(err, "time_zone", "Choose the zone of those of whom none is known");
	if (!text_is_empty(request->local_time) &&
	    !acting_local_time(request->local_time, request->time_zone, x->arena, &time.at, err))
		return false;
	if (!acting_schedule(&acting, x->values[0], &time, &x->problems, &words, err))
		return false;
	return reply_campaign(x, arena_print(x->arena, "Scheduled for %s", words), err);
}

static bool need_draft(struct exchange *x, enum campaign_event event, struct draft *draft, struct error *err) {
	enum campaign_status next;
	return draft_find(x->store, x->values[0], x->arena, draft, err) &&
	       campaign_must_next((enum campaign_status)draft->campaign.status, event, &next, err);
}

static bool ask_schedule(struct exchange *x, struct error *err) {
	struct draft draft;
	struct value *view = value_map(x->arena);
	if (!need_draft(x, CAMPAIGN_SCHEDULE, &draft, err))
		return false;
	const struct composition *said = &draft.composition;
	const char *stored = text_is_empty(said->time_zone) ? local_name() : said->time_zone;
	const char *zone_name = exchange_typed(x, "time_zone", stored);
	ZONE_AUTO zone = zone_open(stored);
	const struct moment wall = zone_wall(zone, said->scheduled_time);
	char text[MOMENT_TEXT];
	const char *local = moment_is_set(wall) ? arena_print(x->arena, "%.16s", moment_format(wall, text)) : "";
	part_field(x, view, "local_time", exchange_typed(x, "local_time", local));
	part_zones(x, view, "time_zone", zone_name);
	value_put_bool(view, "recipient_zones",
	               x->form.count ? params_get(&x->form, "recipient_zones") != NULL : said->recipient_zones);
	value_put_text(view, "id", draft.campaign.id);
	value_put_text(view, "campaign_name", campaign_name(&draft.campaign));
	value_put_bool(view, "again", draft.campaign.status == CAMPAIGN_SCHEDULED);
	return reply_page(x, "dispatch/schedule", "Schedule", "outbox", view, err);
}

/* --- pages that ask --- */

static bool ask(struct exchange *x, enum campaign_event event, const char *more, const char *button,
                struct error *err) {
	const struct campaign_action *action = campaign_action(event);
	struct draft draft;
	if (!need_draft(x, event, &draft, err))
		return false;
	const char *name = campaign_name(&draft.campaign);
	const struct confirm confirm = {
		.question = arena_print(x->arena, action->question, name),
		.lines = { arena_print(x->arena, "%s.", action->does), more },
		.button = button ? button : action->button,
		.name = "idempotency_key",
		.value = exchange_new_id(x),
		.back = page_of(x, &draft.campaign),
		.place = name,
		.active = "outbox",
		.removes_nothing = event == CAMPAIGN_SEND,
	};
	return reply_confirm(x, &confirm, err);
}

static bool ask_send(struct exchange *x, struct error *err) {
	struct draft draft;
	const char *people;
	if (!need_draft(x, CAMPAIGN_SEND, &draft, err) || !action_recipients(x, &draft.composition, &people, err))
		return false;
	return ask(x, CAMPAIGN_SEND,
	           people
	               ? "What has been handed over cannot be recalled. You can pause or stop the rest at any time."
	               : "Counting takes longer than this page waits: the number is known once the recipients are listed.",
	           people ? arena_print(x->arena, "Send now to %s", people) : NULL, err);
}

static bool ask_stop(struct exchange *x, struct error *err) {
	return ask(x, CAMPAIGN_STOP, "What has been handed over stays sent. To wait and go on later, pause it.", NULL, err);
}

static bool ask_cancel(struct exchange *x, struct error *err) {
	return ask(x, CAMPAIGN_CANCEL, "What has been handed over stays sent.", NULL, err);
}

/* --- speed --- */

struct rate_request {
	int64_t rate;
};
static const struct field rate_fields[] = {
	FIELD(struct rate_request, rate, .doc = "Emails a minute, from now on"),
};
static const struct record_type rate_record = RECORD_TYPE("CampaignRate", struct rate_request, rate_fields);

static bool set_rate(struct exchange *x, struct error *err) {
	const struct rate_request *request = x->input;
	const struct acting acting = acting_of(x);
	return acting_set_rate(&acting, x->values[0], request->rate, err) &&
	       reply_campaign(x, arena_print(x->arena, "Speed: %" PRId64 " emails a minute", request->rate), err);
}

#define API(word, function, text)                                                                                  \
	{ "POST",         "/api/campaigns/:campaign_id/" word, GUARD_SIGNED_IN, (function), .summary = (text), ANSWER, \
	  .creates = true }
#define BUTTON(word, function, again) \
	{ "POST", "/campaigns/:campaign_id/" word, GUARD_SIGNED_IN, (function), .form = (again), .creates = true }

const struct route acting_api_routes[] = {
	API("send", send_now, "Send a draft or a scheduled campaign now"),
	{ "POST", "/api/campaigns/:campaign_id/start", GUARD_SIGNED_IN, start_as_manager,
	  .summary = "The same, with a campaign manager's replies", .shape = "message:text", .creates = true },
	{ "POST", "/api/campaigns/:campaign_id/schedule", GUARD_SIGNED_IN, schedule,
	  .summary = "Send it at a time, by itself; again: at another time", ANSWER, .input = &schedule_record },
	{ "DELETE", "/api/campaigns/:campaign_id/schedule", GUARD_SIGNED_IN, do_unschedule,
	  .summary = "Make a scheduled campaign a draft again", ANSWER },
	API("unschedule", do_unschedule, "The same"),
	API("pause", do_pause, "Hand nothing more over until it is resumed"),
	API("resume", do_resume, "Go on with a paused campaign"),
	API("stop", do_stop, "Hand nothing more over, for good"),
	API("cancel", do_cancel, "Cancel a campaign that is scheduled, queued or paused, for good"),
	API("retry", do_retry, "Go on with a failed campaign"),
	{ "PUT", "/api/campaigns/:campaign_id/rate", GUARD_SIGNED_IN, set_rate,
	  .summary = "Change how fast a started campaign is sent", ANSWER, .input = &rate_record },
	{ 0 },
};

const struct route acting_routes[] = {
	{ "GET", "/campaigns/:campaign_id/send", GUARD_SIGNED_IN, ask_send },
	BUTTON("send", send_now, ask_send),
	{ "GET", "/campaigns/:campaign_id/schedule", GUARD_SIGNED_IN, ask_schedule },
	{ "POST", "/campaigns/:campaign_id/schedule", GUARD_SIGNED_IN, schedule, .input = &schedule_record,
	  .form = ask_schedule },
	{ "GET", "/campaigns/:campaign_id/stop", GUARD_SIGNED_IN, ask_stop },
	BUTTON("stop", do_stop, ask_stop),
	{ "GET", "/campaigns/:campaign_id/cancel", GUARD_SIGNED_IN, ask_cancel },
	BUTTON("cancel", do_cancel, ask_cancel),
	BUTTON("unschedule", do_unschedule, NULL),
	BUTTON("pause", do_pause, NULL),
	BUTTON("resume", do_resume, NULL),
	BUTTON("retry", do_retry, NULL),
	{ "POST", "/campaigns/:campaign_id/rate", GUARD_SIGNED_IN, set_rate, .input = &rate_record },
	{ 0 },
};
