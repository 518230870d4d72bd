/* Only for sender: where the mails of a block go. Each mailbox provider that is slowed, or that is new to the sender's
 * domain, is a destination of its own for the holder; all others share one without a limit. */
#ifndef SENDER_HAND_PLACES_H
#define SENDER_HAND_PLACES_H

#include "dispatch/block.h"
#include "sender/destinations.h"
#include "senders/warm_up.h"
#include "sending/refusal.h"

struct place {
	const char *name;
	struct destination_replies replies; /* since the last report */
	int64_t gone;                       /* mails that were answered, since this block was taken */
	bool is_limited;
	struct destination pace; /* if it is */
	bool is_warming;         /* so it is limited by the plan of its sender's domain */
	struct warming warming;
	struct warming_replies warmed; /* since the last report */
};

struct places {
	struct place *items;
	unsigned short of[BLOCK_MESSAGES_MAX];     /* the place of each message */
	unsigned short groups[BLOCK_MESSAGES_MAX]; /* the same, 0 where no limit is */
	int count;
	int64_t began_ms, read_ms; /* by boot_ms; read_ms: 0 before the first reading */
};

void places_open(struct places *places, const struct block *block, struct arena *arena);
/* How many groups there can be. */
int places_groups(const struct places *places);

/* Reads what is limited, unless that was done a moment ago. `warming`: the sending domain that is being warmed up; "":
 * none. */
bool places_read(struct places *places, struct store *store, const char *connection_id, const char *warming,
                 struct error *err) MUST_CHECK;

/* What the server has answered to message `index`. True: the others must hear of it at once. */
bool places_note(struct places *places, int index, const struct smtp_outcome *outcome,
                 const struct refusal *refusal) MUST_CHECK;

/* Tells the others what the plans of the warm-up have to know. */
bool places_tell_warming(struct places *places, struct store *store, const char *warming, struct moment now,
                         struct error *err) MUST_CHECK;

/* Tells the others, if there is anything to tell; the campaign's log says what was slowed. */
bool places_tell(struct places *places, struct store *store, const char *connection_id, const char *campaign_id,
                 struct moment now, struct error *err) MUST_CHECK;

/* The limit of message `index`'s place. *wait_ms > 0: nothing goes there before that. */
struct pace_limits places_limits(const struct places *places, int index, struct moment now, int64_t *wait_ms);

/* Its limit by the plan of the warm-up, if any. */
struct pace_limits places_warming(const struct places *places, int index, struct moment now);

#endif
