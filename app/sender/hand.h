/* A block in a sender's hands: it does what the holder (sending/holder.h) asks for, by the database and a mail server.
 */
#ifndef SENDER_HAND_H
#define SENDER_HAND_H

#include "core/jobs/jobs.h"
#include "dispatch/block.h"
#include "dispatch/ledger.h"
#include "dispatch/live.h"
#include "sender/letters.h"
#include "sender/posts.h"
#include "sending/holder.h"

/* What hands of one process share. */
struct shared {
	struct store *store;
	const struct settings *settings;
	struct posts posts;
	struct letters letters;
	struct live live;
	struct mac_ring keys; /* secret */
	struct mail_bases bases;
	struct retry_policy retry;
	char owner[OWNER_TEXT];
};

struct hand;

/* For a job that was claimed (when that began: boot_ms). NULL and an error: it cannot be done now. */
struct hand *hand_new(struct shared *shared, const struct job *job, struct moment now, int64_t began_ms,
                      struct error *err);
/* Whatever is under way is dropped; the block stays with its job until the lease is over. */
void hand_free(struct hand *hand);

/* Does all that can be done now. *wait_ms: when to call again at the latest. *over: it has left the block. An error of
 * the database is returned for the log; the hand goes on. */
bool hand_turn(struct hand *hand, int64_t *wait_ms, bool *over, struct error *err) MUST_CHECK;

/* How many messages it has on their way. */
int hand_open(const struct hand *hand);
/* Do both send the same campaign by the same way? */
bool hand_is_beside(const struct hand *hand, const struct hand *other);
/* It may use what the other ones leave of the sessions: `taken` messages are on their way. */
void hand_give_way(struct hand *hand, int taken);

const char *hand_campaign(const struct hand *hand);

/* Has it little to do but wait for its mail server? */
bool hand_is_waiting(const struct hand *hand);

/* The process is ending: nothing new is begun. */
void hand_close(struct hand *hand);

#endif
