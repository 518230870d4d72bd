/* When a message that was refused for now is tried again, and when no more. Pure.
 *
 * A refusal that burns an attempt is retried after 1, 2 and 4 minutes, then it has failed. One that does not (the
 * server wants us to be slower, or to come again) waits longer from time to time, until three days after it was first
 * deferred: greylisting 5, 15, 30 minutes; others 5, 15, 30, 60, 120, 240; the last of these again and again. */
#ifndef SENDING_RETRY_H
#define SENDING_RETRY_H

#include "sending/message.h"
#include "sending/refusal.h"

#define RETRY_UNTIL_MS (3 * DAY_MS)

struct retry_policy {
	int retries;     /* after the first try: 3; 0: none */
	int64_t last_ms; /* of deferrals, from the first one: RETRY_UNTIL_MS */
	int deferrals;   /* at most, though a clock that was set back says that they just began */
};
extern const struct retry_policy RETRY_POLICY;

/* The entry that follows a refusal: DEFER with its wait, or FAIL. `message` is as it was before; `seed` varies the wait
 * by up to a fifth either way, so that those who were deferred together do not come back together. */
struct message_entry retry_entry(const struct retry_policy *policy, const struct sending_message *message, int index,
                                 const struct refusal *refusal, int code, struct moment now, uint64_t seed);

#endif
