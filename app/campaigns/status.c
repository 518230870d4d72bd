/* The status machine of campaigns. */
#include "campaigns/status.h"

static const char *const status_names[] = {
	[CAMPAIGN_UNKNOWN] = "unknown", [CAMPAIGN_DRAFT] = "draft",         [CAMPAIGN_SCHEDULED] = "scheduled",
	[CAMPAIGN_QUEUED] = "queued",   [CAMPAIGN_SENDING] = "sending",     [CAMPAIGN_PAUSED] = "paused",
	[CAMPAIGN_SENT] = "sent",       [CAMPAIGN_CANCELLED] = "cancelled", [CAMPAIGN_FAILED] = "failed",
};
_Static_assert(sizeof status_names / sizeof *status_names == CAMPAIGN_STATUS_COUNT, "a name a status");

static const struct choice_alias status_aliases[] = {
	{ "ready", CAMPAIGN_DRAFT },
	{ "running", CAMPAIGN_SENDING },
	{ "stopped", CAMPAIGN_CANCELLED },
	{ "canceled", CAMPAIGN_CANCELLED },
	{ "completed", CAMPAIGN_SENT },
	{ "error", CAMPAIGN_FAILED },
	{ 0 },
};
const struct choices campaign_statuses = CHOICES_ALIASED(status_names, status_aliases);

const char *const campaign_status_labels[CAMPAIGN_STATUS_COUNT] = {
	[CAMPAIGN_UNKNOWN] = "Unknown", [CAMPAIGN_DRAFT] = "Draft",         [CAMPAIGN_SCHEDULED] = "Scheduled",
	[CAMPAIGN_QUEUED] = "Queued",   [CAMPAIGN_SENDING] = "Sending",     [CAMPAIGN_PAUSED] = "Paused",
	[CAMPAIGN_SENT] = "Sent",       [CAMPAIGN_CANCELLED] = "Cancelled", [CAMPAIGN_FAILED] = "Failed",
};

static const char *const event_names[] = {
	[CAMPAIGN_SCHEDULE] = "schedule", [CAMPAIGN_UNSCHEDULE] = "unschedule",
	[CAMPAIGN_SEND] = "send",         [CAMPAIGN_BEGIN] = "begin",
	[CAMPAIGN_PAUSE] = "pause",       [CAMPAIGN_RESUME] = "resume",
	[CAMPAIGN_CANCEL] = "cancel",     [CAMPAIGN_STOP] = "stop",
	[CAMPAIGN_END] = "end",           [CAMPAIGN_FAIL] = "fail",
	[CAMPAIGN_RETRY] = "retry",       [CAMPAIGN_REVISE] = "revise",
};
_Static_assert(sizeof event_names / sizeof *event_names == CAMPAIGN_EVENT_COUNT, "a name an event");
const struct choices campaign_events = CHOICES(event_names);

/* "A sent campaign cannot be paused." */
static const char *const done_words[CAMPAIGN_EVENT_COUNT] = {
	[CAMPAIGN_SCHEDULE] = "scheduled", [CAMPAIGN_UNSCHEDULE] = "unscheduled", [CAMPAIGN_SEND] = "sent",
	[CAMPAIGN_BEGIN] = "begun",        [CAMPAIGN_PAUSE] = "paused",           [CAMPAIGN_RESUME] = "resumed",
	[CAMPAIGN_CANCEL] = "cancelled",   [CAMPAIGN_STOP] = "stopped",           [CAMPAIGN_END] = "ended",
	[CAMPAIGN_FAIL] = "failed",        [CAMPAIGN_RETRY] = "tried again",      [CAMPAIGN_REVISE] = "made a draft",
};

/* Every transition there is. */
static const struct transition {
	enum campaign_status from;
	enum campaign_event event;
	enum campaign_status to;
} transitions[] = {
	{ CAMPAIGN_DRAFT, CAMPAIGN_SCHEDULE, CAMPAIGN_SCHEDULED },
	{ CAMPAIGN_DRAFT, CAMPAIGN_SEND, CAMPAIGN_QUEUED },
	{ CAMPAIGN_SCHEDULED, CAMPAIGN_SCHEDULE, CAMPAIGN_SCHEDULED },
	{ CAMPAIGN_SCHEDULED, CAMPAIGN_UNSCHEDULE, CAMPAIGN_DRAFT },
	{ CAMPAIGN_SCHEDULED, CAMPAIGN_SEND, CAMPAIGN_QUEUED },
	{ CAMPAIGN_SCHEDULED, CAMPAIGN_CANCEL, CAMPAIGN_CANCELLED },
	{ CAMPAIGN_QUEUED, CAMPAIGN_BEGIN, CAMPAIGN_SENDING },
	{ CAMPAIGN_QUEUED, CAMPAIGN_CANCEL, CAMPAIGN_CANCELLED },
	{ CAMPAIGN_QUEUED, CAMPAIGN_STOP, CAMPAIGN_CANCELLED },
	{ CAMPAIGN_QUEUED, CAMPAIGN_FAIL, CAMPAIGN_FAILED },
	{ CAMPAIGN_SENDING, CAMPAIGN_PAUSE, CAMPAIGN_PAUSED },
	{ CAMPAIGN_SENDING, CAMPAIGN_STOP, CAMPAIGN_CANCELLED },
	{ CAMPAIGN_SENDING, CAMPAIGN_END, CAMPAIGN_SENT },
	{ CAMPAIGN_SENDING, CAMPAIGN_FAIL, CAMPAIGN_FAILED },
	{ CAMPAIGN_PAUSED, CAMPAIGN_RESUME, CAMPAIGN_SENDING },
	{ CAMPAIGN_PAUSED, CAMPAIGN_CANCEL, CAMPAIGN_CANCELLED },
	{ CAMPAIGN_PAUSED, CAMPAIGN_STOP, CAMPAIGN_CANCELLED },
	{ CAMPAIGN_FAILED, CAMPAIGN_RETRY, CAMPAIGN_SENDING },
	{ CAMPAIGN_FAILED, CAMPAIGN_REVISE, CAMPAIGN_DRAFT },
};

bool campaign_next(enum campaign_status status, enum campaign_event event, enum campaign_status *next) {
	for (size_t i = 0; i < sizeof transitions / sizeof *transitions; i++) {
		if (transitions[i].from == status && transitions[i].event == event) {
			*next = transitions[i].to;
			return true;
		}
	}
	return false;
}

bool campaign_must_next(enum campaign_status status, enum campaign_event event, enum campaign_status *next,
                        struct error *err) {
	return campaign_next(status, event, next) ||
	       error_set(err, ERROR_CONFLICT, "A campaign that is %s cannot be %s",
	                 status == CAMPAIGN_DRAFT     ? "a draft"
	                 : status == CAMPAIGN_UNKNOWN ? "in an unknown state"
	                                              : choice_name(&campaign_statuses, (int)status),
	                 done_words[event]);
}

bool campaign_is_editable(enum campaign_status status) {
	return status == CAMPAIGN_DRAFT;
}

bool campaign_is_final(enum campaign_status status) {
	return status == CAMPAIGN_SENT || status == CAMPAIGN_CANCELLED;
}
