/* Sending again what nobody knows whether it arrived, or what failed for a reason that may have gone: somebody asks,
 * the sender that holds the block next does it (dispatch/request.h). */
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

/* Which of a campaign's messages. Of those that failed only those are sent again whose address is not to blame. */
enum again_what { AGAIN_UNCERTAIN, AGAIN_FAILED };

/* Pure. May a message in this state, with this reason (enum refusal_class), be sent again? */
bool again_is_possible(enum message_state state, int64_t reason);

/* MISSING: there is no such message. CONFLICT, in words: there is no reason for it, its person was erased, it was asked
 * for already, or the campaign was cancelled. */
bool again_one(const struct again *again, const char *name, struct error *err) MUST_CHECK;

/* All of them; *count: those not asked for before, *more: there are more than AGAIN_MAX. CONFLICT: there are none, or
 * the campaign was cancelled. */
bool again_all(const struct again *again, const char *campaign_id, enum again_what what, int64_t *count, bool *more,
               struct error *err) MUST_CHECK;

#endif
