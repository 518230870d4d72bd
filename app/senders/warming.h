/* The warm-up of a sender's domain that is new to mailbox providers: how many mails a day one of them is sent, growing
 * while it takes them well. Pure; the steps after mail.md section 8.
 *
 * A day of the plan is a day in UTC (as the limiter counts them, sending/pace.h) on which something was sent. It counts
 * if at least four fifths of what it allows were taken and hard bounces stayed below 2 %, deferrals below 5 % of the
 * replies, complaints below 0.1 % of what was taken: then the next one follows. Else it is repeated, and with
 * complaints of 0.3 % or more the plan goes back two days. After 30 days without a mail it goes on with the day that
 * allows half as many. */
#ifndef SENDERS_WARMING_H
#define SENDERS_WARMING_H

#include <stdbool.h>

#include "core/base/moment.h"

/* WARMING_DAYS: then it is over, and nothing is limited any more. */
enum { WARMING_DAYS = 30 };

/* How many mails day `day` of the plan (from 1) allows: 50 to 5,000 in eight days, then 1.4 times as many each day. */
int64_t warming_cap(int64_t day);

struct warming {
	int64_t day;             /* of the plan, from 1 */
	struct moment began_at;  /* its first mail; MOMENT_NONE: none yet */
	int64_t taken, deferred; /* since then: mails */
	int64_t hard, complained;
};
extern const struct warming WARMING_NEW;

/* What came back since. */
struct warming_replies {
	int64_t taken, deferred, hard, complained;
};

/* As it stands at `now`: on the next day if that has come. */
struct warming warming_at(const struct warming *warming, struct moment now);
void warming_note(struct warming *warming, const struct warming_replies *replies, struct moment now);
bool warming_is_over(const struct warming *warming);

#endif
