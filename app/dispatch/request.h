/* What is asked of whoever holds a block next, in `message_requests`: to send a message again, or to note that it has
 * arrived. The key names the message and how often it had been sent again before: so the same question twice is one,
 * and with the journal's entry it is answered. */
#ifndef DISPATCH_REQUEST_H
#define DISPATCH_REQUEST_H

#include "dispatch/block.h"
#include "dispatch/ledger.h"

enum request_kind {
	REQUEST_AGAIN,   /* of one that failed or is uncertain */
	REQUEST_ARRIVED, /* of one that is uncertain: something proves that a server took it */
	REQUEST_KIND_COUNT
};

/* How often each message of a block has been sent again, and the block's state. */
struct turns {
	int64_t counts[BLOCK_PEOPLE];
	struct block_fold fold;
};
bool turns_read(struct store *store, const struct block *block, struct turns *turns, struct error *err) MUST_CHECK;

struct request_for {
	const struct block *block;
	int index;
	enum request_kind kind;
	const char *by; /* user; NULL: nobody */
	struct moment now;
};
/* *was_there: it was asked for before. The block is then to be opened. */
bool request_put(struct store *store, const struct request_for *what, const struct turns *turns, struct arena *arena,
                 bool *was_there, struct error *err) MUST_CHECK;

/* After the requests are stored: whoever finishes the block looks for them afterwards, so one of the two sees them. */
bool request_open_block(struct store *store, const struct block *block, struct arena *arena,
                        struct error *err) MUST_CHECK;

/* For whoever holds the block: what was asked for and has not happened yet, at most one entry a message, without its
 * time; entries[BLOCK_PEOPLE]. What has arrived is not sent again. */
bool requests_waiting(struct store *store, const struct block *block, struct arena *arena,
                      struct message_entry *entries, int *count, struct error *err) MUST_CHECK;

#endif
