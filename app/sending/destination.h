/* How fast one mailbox provider takes mails of one connection, learnt from its replies. Pure; the steps after mail.md
 * section 8: deferrals above 5 % of the last 100 replies halve the rate and pause for 5, 10, 20, 40, 60 minutes;
 * after the pause one mail goes first; 200 replies without a deferral raise the rate by a tenth, until it is what it
 * was and the limit ends. Verdicts of spam above 5 % pause it for an hour. */
#ifndef SENDING_DESTINATION_H
#define SENDING_DESTINATION_H

#include "sending/pace.h"

enum { DESTINATION_WINDOW = 100, DESTINATION_TOLERATED = 5, DESTINATION_CLEAN = 200, DESTINATION_NAME_MAX = 254 };

/* The provider of an address, from a table of large ones ("gmail", "microsoft"), else its domain in lower case; "" if
 * it has none. */
char *destination_name(const char *address, char out[DESTINATION_NAME_MAX + 1]);

struct destination {
	int64_t replies, deferrals, verdicts; /* in the window so far; verdicts: of spam */
	int64_t clean;                        /* replies since the newest deferral */
	int64_t rate, before;                 /* mails a minute, and when it was slowed first; 0: no limit */
	int64_t pauses;                       /* in a row */
	struct moment paused_until;           /* MOMENT_NONE: it is not */
	bool is_trying;                       /* after a pause: one mail, until it is taken */
};
extern const struct destination DESTINATION_NEW;

/* What came back since. */
struct destination_replies {
	int64_t taken, deferred, verdicts;
};

/* `minute`: how many went there in the last minute, to halve if there was no rate. True: it was slowed or paused. */
bool destination_note(struct destination *destination, const struct destination_replies *replies, int64_t minute,
                      struct moment now);

/* *wait_ms > 0: nothing before that, at most an hour. Else *limits are its own. */
void destination_limits(const struct destination *destination, struct moment now, struct pace_limits *limits,
                        int64_t *wait_ms);

#endif
