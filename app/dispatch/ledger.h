/* The stored journals of blocks: `send_journal`, append-only, unique by block and sequence (sending/journal.h has what
 * that means). */
#ifndef DISPATCH_LEDGER_H
#define DISPATCH_LEDGER_H

#include "core/store/store.h"
#include "sending/journal.h"

/* The server's words about a message, beside its entry. */
struct ledger_words {
	const char *text; /* NULL: none */
};

/* words[count], or NULL. *taken: something else stands at this sequence. After an error nobody knows whether it was
 * stored. */
bool ledger_append(struct store *store, const char *block_id, const struct journal_append *append,
                   const struct ledger_words *words, bool *taken, struct error *err) MUST_CHECK;

bool ledger_look(struct store *store, const char *block_id, int64_t sequence, struct journal_append *append,
                 bool *found, struct error *err) MUST_CHECK;

/* What became of one message. */
struct ledger_line {
	int64_t index;
	unsigned event; /* enum message_event */
	bool burns;
	int64_t code, reason, wait_ms;
	struct moment at;
	const char *words;
};
extern const struct record_type ledger_line_record;

/* All of a block's journal: *fold is its state (of `size` messages), and each(context, line) is called for each entry
 * in order, if `each` is not NULL. */
bool ledger_fold(struct store *store, const char *block_id, int size, struct block_fold *fold,
                 void (*each)(void *context, const struct ledger_line *line), void *context,
                 struct error *err) MUST_CHECK;

/* The one change to what was appended: what servers said about this message, often with its address, is removed.
 * Everything else of it stays. May be repeated. */
bool ledger_forget(struct store *store, const char *block_id, int index, struct error *err) MUST_CHECK;

#endif
