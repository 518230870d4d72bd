/* The recipients of a campaign, written down once in blocks of up to BLOCK_PEOPLE. A block never changes, but that
 * somebody who is erased disappears from it (their place stays). What has become of its messages is in its journal
 * (dispatch/ledger.h), and counted in its state.
 *
 * A message has a number: campaign, block (from 0) and place in it (from 0). There is one for each contact. */
#ifndef DISPATCH_BLOCK_H
#define DISPATCH_BLOCK_H

#include "dispatch/dispatch.h"
#include "sending/journal.h"

enum { BLOCK_PEOPLE = BLOCK_MESSAGES_MAX, BLOCK_ERASED_MAX = 10000 };

struct recipient {
	const char *contact_id; /* NULL: erased since */
	const char *email;      /* as it is mailed, in ASCII; NULL: erased since */
	const char *values;     /* JSON array in the order of dispatch.names; NULL: erased since */
	const char *code;       /* the random part of their code (codes/code.h); NULL: they have none */
	const char *short_code; /* the same to be typed */
	bool is_counted;        /* opens and clicks are counted without their name */
};

struct block {
	const char *id, *campaign_id;
	int64_t number;
	struct rows people;         /* struct recipient */
	struct strings contact_ids; /* the same, to be found by */
	/* How far the audience was looked through, to go on after this block. */
	const char *after; /* the last contact id that was looked at; NULL: none */
	bool is_last;
	/* Of a campaign that goes out by everybody's own clock: when, for all of this block; MOMENT_NONE: at once. If
	 * people differ in that or in their rank, a part of the audience is several blocks, of which the last one says what
	 * `after`, `is_last` and `left_out` are; the others have the `after` of the part before, and here the number of the
	 * first of them. COUNT_NONE: it is the last. */
	struct moment starts_at;
	bool comes_later; /* after those that do not (struct dispatch, engaged_first) */
	int64_t part_of;
	struct left_out left_out; /* of this part of the audience */
};
extern const struct record_type block_record;

/* What has become of a block's messages; small, as it is written often and by its holder alone. */
struct block_state {
	const char *id, *campaign_id; /* id: the block's */
	int64_t number, size;
	struct moment starts_at; /* the block's */
	bool comes_later;        /* the block's */
	int64_t pending, handing, deferred, accepted, failed, suppressed, cancelled, uncertain;
	int64_t hard;     /* of those that failed: nobody has the address */
	int64_t sequence; /* of the last append that is counted in it */
	int64_t fence;
	bool is_done;         /* all are settled, and `messages` has them */
	bool is_stuck;        /* nobody could be handed over at the last try: the mail server cannot be used */
	struct moment due_at; /* when there is something to do again, if all of it waits; MOMENT_NONE: now */
	struct moment updated_at;
};
extern const struct record_type block_state_record;

bool block_find(struct store *store, const char *campaign_id, int64_t number, struct arena *arena, struct block *block,
                bool *found, struct error *err) MUST_CHECK;

/* The recipient with this message number; *found false: there is none, or they were erased. */
bool block_find_recipient(struct store *store, const char *campaign_id, int64_t number, int index, struct arena *arena,
                          struct recipient *recipient, bool *found, struct error *err) MUST_CHECK;

/* Stores a block and its state. *was_there: it had been stored before, and *block is now what is stored. */
bool block_create(struct store *store, struct block *block, struct moment now, struct arena *arena, bool *was_there,
                  struct error *err) MUST_CHECK;

/* Stores the state of a block that is stored, unless it has one: whoever was killed in between has left it out, and
 * nobody in the block would be sent to. */
bool block_complete(struct store *store, const struct block *block, struct moment now, struct error *err) MUST_CHECK;

/* The block with the highest number; *found false: none yet. */
bool block_find_last(struct store *store, const char *campaign_id, struct arena *arena, struct block *block,
                     bool *found, struct error *err) MUST_CHECK;

bool block_state_find(struct store *store, const char *block_id, struct arena *arena, struct block_state *state,
                      bool *found, struct error *err) MUST_CHECK;
bool block_state_of(struct store *store, const char *campaign_id, int64_t number, struct arena *arena,
                    struct block_state *state, bool *found, struct error *err) MUST_CHECK;
bool block_state_save(struct store *store, const struct block_state *state, struct error *err) MUST_CHECK;
/* Pure. The counts of a fold. */
void block_state_count(struct block_state *state, const struct block_fold *fold);

/* Up to `limit` states of blocks that are not done, by number. */
bool block_states_open(struct store *store, const char *campaign_id, int limit, struct arena *arena,
                       struct block_state **states, int *count, struct error *err) MUST_CHECK;

/* The same in the order in which they are sent: those of which something can be done at `now`, by number, then those
 * that wait, the next ones first. Those that come later are only named once of the others nothing can be done. */
bool block_states_next(struct store *store, const char *campaign_id, struct moment now, int limit, struct arena *arena,
                       struct block_state **states, int *count, struct error *err) MUST_CHECK;

/* Whom the blocks of a part that is not written down whole have, those from number `first`. */
bool blocks_of_part(struct store *store, const char *campaign_id, int64_t first, struct arena *arena,
                    struct strings *contact_ids, struct error *err) MUST_CHECK;

/* When the first and the last of the blocks that are not done begin, and the next after `now`; MOMENT_NONE: none. */
struct block_hours {
	struct moment next, last;
	int64_t next_people;
};
bool block_hours_read(struct store *store, const char *campaign_id, struct moment now, struct arena *arena,
                      struct block_hours *hours, struct error *err) MUST_CHECK;

/* Up to `limit` states of blocks with number `from` or more, by number, that have a message in one of these states: a
 * set of 1 << enum message_state. */
bool block_states_with(struct store *store, const char *campaign_id, int64_t from, unsigned states, int limit,
                       struct arena *arena, struct block_state **found, int *count, struct error *err) MUST_CHECK;

/* Nobody of it can be handed over for now, as its mail server cannot be used. */
bool block_note_stuck(struct store *store, const char *block_id, struct error *err) MUST_CHECK;

/* There is something to do again in a block that was done. */
bool block_reopen(struct store *store, const char *block_id, struct error *err) MUST_CHECK;

/* The block of the campaign in which this person is; *found false: in none. */
bool block_find_of(struct store *store, const char *campaign_id, const char *contact_id, struct arena *arena,
                   struct block *block, bool *found, struct error *err) MUST_CHECK;

/* Up to `limit` blocks in which this person is. */
bool blocks_of_contact(struct store *store, const char *contact_id, int limit, struct arena *arena,
                       struct block **blocks, int *count, struct error *err) MUST_CHECK;

/* Of a block that was read some time ago: whoever was erased since disappears from it. *changed: somebody was. */
bool block_refresh(struct store *store, struct block *block, struct arena *arena, bool *changed,
                   struct error *err) MUST_CHECK;

/* Removes what is known of an erased person from all blocks; the place and what became of the message stay. */
bool block_erase(struct store *store, const char *contact_id, struct arena *arena, struct error *err) MUST_CHECK;

#endif
