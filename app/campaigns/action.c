/* What people may do with an own campaign. */
#include "campaigns/action.h"

static const struct campaign_action rows[] = {
	{ CAMPAIGN_SEND, "send", "Send now", "Sending starts right away, to all recipients", "Started", "Send “%s” now?",
	  "Send now" },
	{ CAMPAIGN_SCHEDULE, "schedule", "Schedule", "You choose when it is sent", "Scheduled", NULL, NULL },
	{ CAMPAIGN_UNSCHEDULE, "unschedule", "Unschedule", "It becomes a draft again; nothing is sent until you say so",
	  "Unscheduled", NULL, NULL },
	{ CAMPAIGN_PAUSE, "pause", "Pause", "Stops within 2\u00a0s, until you resume", "Paused", NULL, NULL },
	{ CAMPAIGN_RESUME, "resume", "Resume", "Continues with the recipients who are left", "Resumed", NULL, NULL },
	{ CAMPAIGN_RETRY, "retry", "Try again", "Continues with the recipients who are left", "Tried again", NULL, NULL },
	{ CAMPAIGN_CANCEL, "cancel", "Cancel", "The recipients who are left will not get it. This cannot be undone",
	  "Cancelled", "Cancel “%s” for good?", "Cancel campaign" },
	{ CAMPAIGN_STOP, "stop", "Stop", "The recipients who are left will not get it. This cannot be undone", "Stopped",
	  "Stop “%s” for good?", "Stop sending" },
};
enum { ROWS = sizeof rows / sizeof *rows };
_Static_assert(sizeof rows / sizeof *rows <= (size_t)CAMPAIGN_ACTIONS_MAX, "room for all");

int campaign_actions(enum campaign_status status, const struct campaign_action *actions[CAMPAIGN_ACTIONS_MAX]) {
	enum campaign_status next, cancelled;
	int count = 0;
	for (int i = 0; i < ROWS; i++) {
		bool doubles = rows[i].event == CAMPAIGN_STOP && campaign_next(status, CAMPAIGN_CANCEL, &cancelled);
		if (!doubles && campaign_next(status, rows[i].event, &next))
			actions[count++] = &rows[i];
	}
	return count;
}

const struct campaign_action *campaign_action(enum campaign_event event) {
	for (int i = 0; i < ROWS; i++)
		if (rows[i].event == event)
			return &rows[i];
	return NULL;
}
