/* Sending again what nobody knows whether it arrived: somebody asks, the sender that holds the block next does it. What
 * was asked for is kept in `message_requests`, under a key that names the message and how often it had been sent again
 * before: so the same question twice is one, and with the journal's entry that it was sent again it is answered. */
#ifndef DISPATCH_AGAIN_H
#define DISPATCH_AGAIN_H

#include "dispatch/message_list.h"

struct again {
	struct store *store;
	struct arena *arena;
	const char *by; /* user */
	struct moment now;
};

/* Of all uncertain messages of a campaign so many at a time. */
enum { AGAIN_MAX = 1000 };

/* MISSING: there is no such message. CONFLICT, in words: it is not uncertain, its person was erased, it was asked for
 * already, or the campaign was cancelled. */
bool again_one(const struct again *again, const char *name, struct error *err) MUST_CHECK;

/* All that are uncertain; *count: those not asked for before, *more: there are more than AGAIN_MAX. CONFLICT: none is,
 * or the campaign was cancelled. */
bool again_all(const struct again *again, const char *campaign_id, int64_t *count, bool *more,
               struct error *err) MUST_CHECK;

/* For whoever holds the block: the places of those that were asked for and not sent again yet; indices[of its size]. */
bool again_waiting(struct store *store, const struct block *block, struct arena *arena, int *indices, int *count,
                   struct error *err) MUST_CHECK;

#endif
