/* What people may do with an own campaign. */
#include "campaigns/action.h"

static const struct campaign_action rows[] = {
	{ CAMPAIGN_SEND, "send", "Send now", "All its recipients get it, from now on", "Started", "Send “%s” now?",
	  "Send now" },
	{ CAMPAIGN_SCHEDULE, "schedule", "Schedule", "It is sent at a time that you choose", "Scheduled", NULL, NULL },
	{ CAMPAIGN_UNSCHEDULE, "unschedule", "Unschedule", "It becomes a draft again, and nothing is sent by itself",
	  "Unscheduled", NULL, NULL },
	{ CAMPAIGN_PAUSE, "pause", "Pause", "Within 2\u00a0s nothing more is handed over, until you resume", "Paused", NULL,
	  NULL },
	{ CAMPAIGN_RESUME, "resume", "Resume", "Goes on with those who have not been sent to yet", "Resumed", NULL, NULL },
	{ CAMPAIGN_RETRY, "retry", "Try again", "Goes on with those who have not been sent to yet", "Tried again", NULL,
	  NULL },
	{ CAMPAIGN_CANCEL, "cancel", "Cancel", "Whoever has not been sent to will not be, for good", "Cancelled",
	  "Cancel “%s” for good?", "Cancel campaign" },
	{ CAMPAIGN_STOP, "stop", "Stop", "Whoever has not been sent to will not be, for good", "Stopped",
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
