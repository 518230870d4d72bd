/* Why messages of a campaign have failed: counted from those that are written (dispatch/message.h), and of blocks that
 * are being sent from their journals, up to eight blocks at a time. What failed in further ones is counted once they
 * are done. */
#ifndef DISPATCH_REASONS_H
#define DISPATCH_REASONS_H

#include "dispatch/message.h"

struct failure_count {
	int64_t reason; /* enum refusal_class */
	int64_t count;
};

extern const struct record_type failure_record;

/* Pure. Those of a block's messages that failed, by reason: struct failure_count. */
struct rows failures_of(const struct sent_message *messages, int count, struct arena *arena);

/* Of failed messages, most first: struct failure_count. */
bool failures_by_reason(struct store *store, const char *campaign_id, struct arena *arena, struct rows *counts,
                        struct error *err) MUST_CHECK;

#endif
