/* The journal of a block: what has happened to its messages, append-only. The state of a block is the fold of its
 * journal. Pure.
 *
 * An append is one document, unique by (block, sequence); sequences begin at 1 and have no gaps. That is the fence:
 * whoever takes a block over first appends a claim. The holder before, however late it wakes, then finds its next
 * sequence taken, and can neither hand anything over nor say what became of what it had handed over. All that is
 * "handing" when a claim is appended is uncertain from then on.
 *
 * After an error nobody knows whether an append was stored, or still will be. What stands at its sequence is then read:
 * if it has the same fence, it counts as it stands, whatever was meant to be appended since. */
#ifndef SENDING_JOURNAL_H
#define SENDING_JOURNAL_H

#include "sending/message.h"

enum { BLOCK_MESSAGES_MAX = 500, APPEND_ENTRIES_MAX = 512 };

enum append_kind { APPEND_ENTRIES, APPEND_CLAIM, APPEND_KIND_COUNT };
extern const struct choices append_kinds;

struct journal_append {
	int64_t sequence;
	int64_t fence; /* of its writer's claim (core/jobs/job.h): no two claims of a block have the same */
	enum append_kind kind;
	int count;
	struct message_entry entries[APPEND_ENTRIES_MAX];
};

struct block_fold {
	int size;
	int64_t sequence; /* of the last append; 0: none */
	int64_t refused;  /* entries that could not happen: always 0, unless the journal was tampered with */
	int64_t counts[MESSAGE_STATE_COUNT];
	struct sending_message messages[BLOCK_MESSAGES_MAX];
};

/* A block that nothing has happened to. 0 ≤ size ≤ BLOCK_MESSAGES_MAX. */
void fold_begin(struct block_fold *fold, int size);

/* Adds the append that follows; false, and nothing changed, if it is not the next one. An entry that cannot happen is
 * counted in `refused` and otherwise ignored. */
bool fold_add(struct block_fold *fold, const struct journal_append *append);

bool fold_is_settled(const struct block_fold *fold);

/* In how many milliseconds the next message is due: 0 if one is already; -1: none waits. */
int64_t fold_wait_ms(const struct block_fold *fold, struct moment now);

#endif
