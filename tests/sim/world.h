/* A simulated world for senders: a database with a clock that may be set, a mail server, people who unsubscribe. It
 * remembers what a real one would not, so that tests/sim/sending.c can say what went wrong. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "core/jobs/job.h"
#include "sending/holder.h"
#include "sending/pace.h"

enum {
	BLOCKS_MAX = 4,
	BLOCK_SIZE_MAX = 20,
	PEOPLE_MAX = BLOCKS_MAX * BLOCK_SIZE_MAX,
	SENDERS_MAX = 8,
	APPENDS_MAX = 4000
};

/* Why somebody gets nothing any more. Whoever is erased has been unsubscribed or has bounced before, or not. */
enum sim_stop { STOP_NONE, STOP_UNSUBSCRIBED, STOP_BOUNCED, STOP_ERASED, STOP_LAST = STOP_ERASED };

/* How likely things go wrong, in thousandths. */
struct faults {
	int unknown;                             /* a statement has no answer */
	int late;                                /* of those: an append that is stored seconds later */
	int crash;                               /* a sender dies, at each of its steps */
	int freeze;                              /* it sleeps up to two minutes */
	int refuse, defer, slow_down, break_off; /* the mail server, at each step of a transaction */
	int clock;                               /* the database's clock is set, at each second */
	int outage;                              /* the database is away for up to a minute */
	int stop;                                /* somebody unsubscribes, bounces elsewhere or is erased */
	int pause;                               /* the campaign is paused or goes on */
	int cancel;
	int prove,
		again; /* of an uncertain message, whenever its block is taken: it is proven to have arrived, or asked for */
};

struct rng {
	uint64_t state;
};
uint64_t rng_next(struct rng *rng);
int64_t rng_below(struct rng *rng, int64_t limit); /* limit > 0 */
bool rng_happens(struct rng *rng, int thousandths);

/* An append as it is stored. */
struct stored_append {
	struct journal_append head; /* without entries */
	struct message_entry entries[BLOCK_SIZE_MAX];
};

struct sim_block {
	struct job job;
	struct moment starts_at; /* by the database's clock; MOMENT_NONE: at once */
	int size, count;
	struct stored_append *appends;
	int room;
};

struct world {
	struct rng rng;
	struct faults faults;
	int64_t now;   /* true time, in milliseconds */
	int64_t clock; /* what the database's clock is ahead */
	bool clock_was_set;
	int64_t away_until; /* the database */
	int block_count, sender_count;
	struct sim_block blocks[BLOCKS_MAX];
	enum holder_word word;
	int64_t word_since;
	int64_t stopped_at[PEOPLE_MAX];       /* true time; -1: never */
	unsigned char stopped_as[PEOPLE_MAX]; /* one of sim_stop */
	int delivered[PEOPLE_MAX];
	int asked[PEOPLE_MAX]; /* how often it was asked to be sent again */
	int stops;             /* how often somebody was stopped */
	int doubts;            /* outcomes told to senders of which nobody knows */
	bool may_lose;         /* a sender may die or lose its block, and then knows less */
	bool may_ask;          /* what is uncertain may become something else */
	struct pace pace;
	struct pace_limits limits;
	int64_t spent[4096]; /* by the database's clock */
	int spent_count;
	const char *broken; /* what went wrong first; NULL: nothing */
};

struct moment world_clock(const struct world *world);
void world_break(struct world *world, const char *what);

/* Claims the most urgent block whose time has come, or whose holder's lease is over. NULL: none. */
struct sim_block *world_claim(struct world *world, const char *owner);
/* When the next one can be claimed at the earliest, in milliseconds from now; -1: all are finished. */
int64_t world_next_claim(const struct world *world);

/* Notes a message that begins to be handed over now, later than a second after what forbids it. */
void world_check_hand(struct world *world, const struct sim_block *block, int index);
/* The same of each "hand" that begins to be appended now. */
void world_check_hands(struct world *world, const struct sim_block *block, const struct journal_append *append);
/* Stores it, unless its sequence is taken. */
bool world_append(struct world *world, struct sim_block *block, const struct journal_append *append);
const struct stored_append *world_look(const struct sim_block *block, int64_t sequence);
void world_fold(const struct sim_block *block, struct block_fold *fold);
void append_unpack(const struct stored_append *stored, struct journal_append *append);

int world_person(const struct world *world, const struct sim_block *block, int index);

#endif
