/* The live messages of a campaign, as JSON. Pure. Their names and members are those of another email platform, whose
 * clients can listen here; email_progress is that of a third one. */
#ifndef DISPATCH_LIVE_MESSAGE_H
#define DISPATCH_LIVE_MESSAGE_H

#include "dispatch/progress.h"

/* What is sent together, in this order. `completed` is there once the campaign is sent; the others always are, but
 * only `status` of a campaign that was never started. */
struct live_messages {
	struct buf email_progress, status, progress, completed; /* empty: none */
};

/* Makes a campaign's messages. `progress`: NULL, if it was never started. Free with live_messages_free. */
void live_messages_of(const struct campaign *campaign, const struct progress *progress, struct moment now,
                      struct live_messages *messages);
void live_messages_free(struct live_messages *messages);

#endif
