/* What became of each message: `block_messages`, one document for each block, written when all of it are settled. Until
 * then it is what the block and its journal say. */
#ifndef DISPATCH_MESSAGE_H
#define DISPATCH_MESSAGE_H

#include "dispatch/block.h"

struct sent_message {
	const char *campaign_id, *contact_id; /* contact_id NULL: erased since */
	int64_t block, index;
	const char *to_email;        /* NULL: erased since */
	unsigned status;             /* enum message_state */
	int64_t code, reason;        /* of the last refusal, or why it was not sent; COUNT_NONE: none */
	const char *words;           /* the server's */
	int64_t attempts, deferrals; /* tries that counted; times it was deferred */
	struct moment sent_at;       /* when a server took it */
	struct moment handed_at;     /* when it was last handed over */
	struct moment settled_at;
	struct moment due_at; /* when a deferred one is tried again; else MOMENT_NONE */
};

/* The messages of a block as they are now; messages[block->people.count]. */
bool messages_of_block(struct store *store, const struct block *block, struct arena *arena,
                       struct sent_message **messages, struct error *err) MUST_CHECK;

/* The same as they are stored: of a block that has been settled once. *found false: none are. */
bool messages_stored(struct store *store, const char *campaign_id, int64_t number, struct arena *arena,
                     struct sent_message **messages, int *count, bool *found, struct error *err) MUST_CHECK;

/* Stores them, in the place of those that are there: of a block from which something was sent again. Of whoever was
 * erased since the block was read nothing is stored. messages[block->people.count]: what was. */
bool messages_write(struct store *store, const struct block *block, struct arena *arena, struct sent_message **messages,
                    struct error *err) MUST_CHECK;

/* Removes what is known of an erased person from all messages, blocks and journals; may be repeated, and has not
 * happened until it has succeeded. What became of the messages stays. */
bool messages_forget(struct store *store, const struct strings *contact_ids, struct arena *arena,
                     struct error *err) MUST_CHECK;

/* Stores those of all blocks that are done: for databases in which each message was a document of its own. */
bool messages_gather(struct store *store, struct error *err) MUST_CHECK;

/* The newest messages to these people that servers took, of blocks that are done: at most `limit`. */
bool messages_of_contacts(struct store *store, const struct strings *contact_ids, int limit, struct arena *arena,
                          struct sent_message **messages, int *count, struct error *err) MUST_CHECK;

/* How many emails of campaigns that are settled servers took for this person. */
bool messages_count_accepted(struct store *store, const char *contact_id, int64_t *count, struct error *err) MUST_CHECK;

/* "email_" and the number of the message. Returns out. */
enum { MESSAGE_NAME = 40, MESSAGE_CAMPAIGN = 25 };
char *message_name(const char *campaign_id, int64_t block, int64_t index, char out[MESSAGE_NAME]);
/* False: it is none. campaign_id has room for MESSAGE_CAMPAIGN. */
bool message_name_read(const char *name, char *campaign_id, int64_t *block, int64_t *index);
/* The same of the left side of a Message-ID (dispatch/letter.h), which ends with "@". */
bool message_id_read(const char *id, char *campaign_id, int64_t *block, int64_t *index);

#endif
