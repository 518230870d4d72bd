/* The states of a campaign and what moves it from one to another. Pure. An observed campaign's state is its provider's;
 * an own one's changes only by campaign_next, in one conditional update with the state before in its filter. */
#ifndef CAMPAIGNS_STATUS_H
#define CAMPAIGNS_STATUS_H

#include "core/base/arena.h"
#include "core/base/choice.h"

enum campaign_status {
	CAMPAIGN_UNKNOWN, /* a status word we do not know; provider_status keeps it as sent */
	CAMPAIGN_DRAFT,
	CAMPAIGN_SCHEDULED, /* begins at its time */
	CAMPAIGN_QUEUED,    /* is to be sent: its recipients are being written down */
	CAMPAIGN_SENDING,
	CAMPAIGN_PAUSED,
	CAMPAIGN_SENT,      /* final */
	CAMPAIGN_CANCELLED, /* final */
	CAMPAIGN_FAILED,
	CAMPAIGN_STATUS_COUNT,
};
/* Other systems' words are read, too: ready (draft), running (sending), stopped and canceled (cancelled), completed
 * (sent), error (failed); only ours are written. */
extern const struct choices campaign_statuses;
extern const char *const campaign_status_labels[CAMPAIGN_STATUS_COUNT]; /* for people: "Draft" */

enum campaign_event {
	CAMPAIGN_SCHEDULE, /* or at another time */
	CAMPAIGN_UNSCHEDULE,
	CAMPAIGN_SEND,  /* by a person, or because its time has come */
	CAMPAIGN_BEGIN, /* all recipients are written down */
	CAMPAIGN_PAUSE,
	CAMPAIGN_RESUME,
	CAMPAIGN_CANCEL,
	CAMPAIGN_STOP, /* pauses and cancels in one step */
	CAMPAIGN_END,  /* everybody has been dealt with */
	CAMPAIGN_FAIL,
	CAMPAIGN_RETRY,  /* goes on with those who are left */
	CAMPAIGN_REVISE, /* becomes a draft again */
	CAMPAIGN_EVENT_COUNT,
};
extern const struct choices campaign_events;

/* The state after the event; false, leaving *next alone, if the event is not for that state. */
bool campaign_next(enum campaign_status status, enum campaign_event event, enum campaign_status *next);

/* The same, but CONFLICT, saying what cannot be done in which state. */
bool campaign_must_next(enum campaign_status status, enum campaign_event event, enum campaign_status *next,
                        struct error *err) MUST_CHECK;

/* May what it says, and to whom, still be changed, and may it be deleted? */
bool campaign_is_editable(enum campaign_status status);

/* Does nothing happen any more? */
bool campaign_is_final(enum campaign_status status);

#endif
