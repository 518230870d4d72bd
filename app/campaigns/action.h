/* What people may do with an own campaign, by its state: a row for each event that is theirs. Pure. The others happen
 * by themselves (campaigns/status.h). */
#ifndef CAMPAIGNS_ACTION_H
#define CAMPAIGNS_ACTION_H

#include "campaigns/status.h"

struct campaign_action {
	enum campaign_event event;
	const char *word;     /* in addresses: "pause" */
	const char *label;    /* on its button: "Pause" */
	const char *does;     /* what follows, a sentence for people */
	const char *done;     /* for the campaign's log: "Paused" */
	const char *question; /* has a %s for the name; NULL: it is done without asking, as it can be undone */
	const char *button;   /* where it asks */
};

enum { CAMPAIGN_ACTIONS_MAX = 10 };

/* Those that the state allows, in the order of their buttons; returns how many. Of two that come to the same, the first
 * one. */
int campaign_actions(enum campaign_status status, const struct campaign_action *actions[CAMPAIGN_ACTIONS_MAX]);

/* NULL: it is no event of people's. */
const struct campaign_action *campaign_action(enum campaign_event event);

#endif
