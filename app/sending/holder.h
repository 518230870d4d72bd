/* What a sender does with a block of messages from claiming it until leaving it. Pure: no database, no socket, no
 * clock.
 *
 * The caller asks for the next task (holder_next), does it, and tells what came of it. Sessions tell on their own what
 * happens to a message (holder_granted, holder_ended). Before a crash, after it, and in between, what the journal says
 * is true: a body is sent only after "hand" was stored, so nothing is sent twice, and whatever is not in the journal
 * was certainly not sent.
 *
 *   claim appended ─> working ──> leaving ─> left
 *        │               │ paused, cancelled, nothing due, lease over, block lost: no new message,
 *        └── taken ──────┴─> those without a body are dropped, the others waited for
 *
 * Two clocks: `now_ms` is this machine's monotonic clock, which goes on while the machine sleeps (CLOCK_BOOTTIME);
 * `now` is the database's, in which the journal is written.
 *
 *   - The lease (60 s) is renewed every 15 s; 40 s after the last renewal began, nothing more is handed over.
 *   - What decides whether a message may be sent (suppression, consent, the campaign's state) is read anew every 500
 *     ms; 900 ms after a reading began, no "hand" is appended and no body is begun that relies on it, however long the
 *     append took. So nothing is handed over that begins more than a second after its suppression was acknowledged.
 *   - Outcomes are appended with the next "hand", after 200 ms at the latest. */
#ifndef SENDING_HOLDER_H
#define SENDING_HOLDER_H

#include "sending/journal.h"
#include "sending/refusal.h"
#include "sending/retry.h"

enum { HOLDER_RENEW_MS = 15 * SECOND_MS, HOLDER_LEASE_MS = 60 * SECOND_MS, HOLDER_STOP_MS = 40 * SECOND_MS };
enum { HOLDER_READ_MS = 500, HOLDER_FRESH_MS = 900, HOLDER_OUTCOME_MS = 200, HOLDER_PATIENCE_MS = 5 * SECOND_MS };

/* A message at which the server ends or spoils sessions so often waits like one that it has deferred: it may be the
 * only one, and would come again for ever. */
enum { HOLDER_BROKEN = 3 };

enum holder_task_kind {
	HOLDER_WAIT,   /* wait_ms, or until a session tells something */
	HOLDER_APPEND, /* store holder->append: holder_stored */
	HOLDER_LOOK,   /* read what stands at holder->append.sequence: holder_looked */
	HOLDER_RENEW,  /* extend the lease: holder_renewed */
	HOLDER_READ,   /* read what decides: holder_read */
	HOLDER_TAKE,   /* take up to `count` tokens for the destination of message `index`: holder_took */
	HOLDER_START,  /* begin the transaction of message `index` */
	HOLDER_ALLOW,  /* the body of message `index` may be sent */
	HOLDER_DROP,   /* end the transaction of message `index` without a body */
	HOLDER_LEAVE,  /* the last one: see holder->left */
};

struct holder_task {
	enum holder_task_kind kind;
	int index, count;
	int64_t wait_ms;
};

enum holder_left {
	LEFT_DONE,    /* every message is settled: the block is finished */
	LEFT_WAITING, /* to be claimed again after left_wait_ms: patience is HOLDER_PATIENCE_MS */
	LEFT_LOST,    /* it is somebody else's */
};

/* What the campaign says. */
enum holder_word { WORD_GO, WORD_PAUSE, WORD_CANCEL };

enum holder_flight {
	FLIGHT_NONE,
	FLIGHT_STARTED, /* a session has it */
	FLIGHT_GRANTED, /* the server waits for the body */
	FLIGHT_STORED,  /* "hand" is in the journal; the session does not know yet */
	FLIGHT_BODY,    /* the body is being sent */
};

/* A destination: what its tokens allow. */
struct holder_group {
	int64_t tokens;
	int64_t until_ms; /* tokens > 0: they count until then; else nobody asks before */
};

struct holder_settings {
	int size;                     /* of the block */
	int open_max;                 /* transactions at once */
	int64_t fence;                /* of the claim */
	const unsigned short *groups; /* of each message: its destination, below group_count */
	int group_count;              /* at most BLOCK_MESSAGES_MAX */
	const struct retry_policy *retry;
	uint64_t seed;           /* varies the waits */
	struct moment starts_at; /* nobody is begun before that, by the database's clock; MOMENT_NONE: at once */
};

struct holder {
	struct holder_settings settings;
	struct block_fold fold;
	enum holder_flight flights[BLOCK_MESSAGES_MAX];
	struct message_entry outcomes[BLOCK_MESSAGES_MAX]; /* to be appended, where has_outcome */
	bool has_outcome[BLOCK_MESSAGES_MAX];
	unsigned char broken[BLOCK_MESSAGES_MAX]; /* how often a session broke at it, at most HOLDER_BROKEN */
	unsigned char stops[BLOCK_MESSAGES_MAX];  /* why it may not be sent; 0: it may */
	struct holder_group groups[BLOCK_MESSAGES_MAX];
	struct journal_append append;
	int open, outcome_count, granted, stored; /* how many of each */
	int cursor;                               /* where the search for the next message goes on */
	int64_t renewed_ms, renew_try_ms, read_ms, outcome_ms, look_ms, rest_until_ms;
	bool has_read, is_claimed, is_unsure, is_lost;
	bool may_come; /* an append that was not found may still be stored: another one, if empty, takes its place */
	enum holder_word word;
	enum holder_left left;
	int64_t left_wait_ms;
};

/* For a block whose lease was extended or claimed at `renewed_ms` (when that began), with all of its journal in
 * holder->fold, which the caller fills beforehand with fold_begin and fold_add. What settings points to must outlive
 * the holder. */
void holder_begin(struct holder *holder, const struct holder_settings *settings, int64_t renewed_ms);

struct holder_task holder_next(struct holder *holder, int64_t now_ms, struct moment now);

enum holder_stored {
	STORED_YES,
	STORED_TAKEN,   /* something else stands at this sequence */
	STORED_UNKNOWN, /* no answer, or an error */
};
void holder_stored(struct holder *holder, enum holder_stored stored, int64_t now_ms);
/* `found`: NULL if nothing stands there. */
void holder_looked(struct holder *holder, const struct journal_append *found);
/* `began_ms`: when the statement was sent. `is_mine` false: the lease is somebody else's. Not called if there was no
 * answer. */
void holder_renewed(struct holder *holder, bool is_mine, int64_t began_ms);
/* stops[size]: of each message why it may not be sent, 0 if it may. Not called if there was no answer. */
void holder_read(struct holder *holder, enum holder_word word, const unsigned char *stops, int64_t began_ms);
/* For the destination of message `index`; asked at began_ms. count 0: ask again after valid_ms. */
void holder_took(struct holder *holder, int index, int64_t count, int64_t valid_ms, int64_t began_ms);

/* The server has answered DATA of message `index` with 354. */
void holder_granted(struct holder *holder, int index);
/* Does an outcome say something of the server or of our account at it, and nothing of the message? It does before a
 * session is open. At MAIL it does if the server says so by a code, or has not taken anybody of the block yet: then
 * others would fare no better, and the connection is to rest. */
bool holder_is_of_server(const struct holder *holder, const struct smtp_outcome *outcome);

/* Did no session break at message `index` before, since holder_begin? */
bool holder_never_broke(const struct holder *holder, int index);
/* The server does not answer anybody: if a session breaks at message `index`, it waits like one that was deferred at
 * once. For holder_ended, called next. */
void holder_expect_break(struct holder *holder, int index);
/* The transaction of message `index` has ended. *refusal: what it means, class REFUSAL_NONE unless refused. */
void holder_ended(struct holder *holder, int index, const struct smtp_outcome *outcome, int64_t now_ms,
                  struct moment now, struct refusal *refusal);

/* From now on, so many transactions at once; those beyond that go on. */
void holder_allow_open(struct holder *holder, int count);

/* The campaign was paused by what this holder saw: nobody new, until the block is claimed again. */
void holder_pause(struct holder *holder);
/* The connection needs a rest: nothing is begun before that. */
void holder_rest(struct holder *holder, int64_t until_ms);
/* Something that was asked for or proven elsewhere: AGAIN, or ACCEPT and FAIL of an uncertain one. False if it cannot
 * happen to this message now. */
bool holder_note(struct holder *holder, const struct message_entry *entry, int64_t now_ms);

#endif
