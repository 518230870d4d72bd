/* The states of one message to one person, and what may happen in each. Pure.
 *
 *              ┌────────────── keep (certainly not handed over) ─────────────┐
 *              v                                                             │
 *   ┌──> pending ──hand──> handing ──accept──> accepted                      │
 *   │    │  ^ │              │ ├─────fail─────> failed ──again──> pending    │
 *   │    │  │ └──────────────│─│─────fail──────^ (refused before the body)   │
 *   │    │  └──hand (due)──┐ │ ├─────────────────────────────────────────────┘
 *   │    └─────defer──> deferred <──defer
 *   │                        │
 *   └──again── uncertain <───┴─doubt         pending, deferred ──suppress──> suppressed
 *                  └─accept, fail (proven later)               ──cancel──> cancelled
 *
 * "Handing" is stored before the first byte of the body is sent. So whoever finds a message in that state after its
 * sender has gone does not know whether it was delivered: it becomes uncertain, and is never sent again by itself. */
#ifndef SENDING_MESSAGE_H
#define SENDING_MESSAGE_H

#include "core/base/choice.h"
#include "core/base/moment.h"

enum message_state {
	MESSAGE_PENDING,
	MESSAGE_HANDING,
	MESSAGE_DEFERRED,   /* refused for now: waits */
	MESSAGE_ACCEPTED,   /* a server has taken responsibility for it */
	MESSAGE_FAILED,     /* refused for good, or given up */
	MESSAGE_SUPPRESSED, /* not sent: the person may not be mailed, or is gone */
	MESSAGE_CANCELLED,
	MESSAGE_UNCERTAIN, /* handed over, and nobody knows with what result */
	MESSAGE_STATE_COUNT,
};
extern const struct choices message_states;

enum message_event {
	MESSAGE_HAND,
	MESSAGE_ACCEPT,
	MESSAGE_DEFER,
	MESSAGE_FAIL,
	MESSAGE_KEEP,
	MESSAGE_DOUBT,
	MESSAGE_SUPPRESS,
	MESSAGE_CANCEL,
	MESSAGE_AGAIN, /* a person asked for it: a failed or an uncertain one is sent once more */
	MESSAGE_EVENT_COUNT,
};
extern const struct choices message_events;

/* One line of a block's journal. */
struct message_entry {
	int index; /* in the block */
	enum message_event event;
	bool burns;       /* DEFER, FAIL: it was an attempt; a server that wants us to be slower takes none away */
	int code;         /* of the server's reply; 0: none */
	int reason;       /* enum refusal_class, or the caller's reason for SUPPRESS */
	int64_t wait_ms;  /* DEFER: how long from `at` */
	struct moment at; /* by the database's clock */
};

struct sending_message {
	enum message_state state;
	int attempts;                    /* tries that counted */
	int deferrals;                   /* times it was deferred, since it was last asked for */
	int code, reason;                /* of the newest entry that had them */
	struct moment first_deferred_at; /* MOMENT_NONE: never */
	int64_t wait_ms;                 /* of the newest deferral, which ends at due_at */
	struct moment due_at;
};

extern const struct sending_message MESSAGE_NEW;

/* Is there nothing left to do, unless a person asks for it or proof arrives? */
bool message_is_settled(enum message_state state);

/* The state that follows; false, and *next unchanged, if the event cannot happen in this state. */
bool message_next(enum message_state state, enum message_event event, enum message_state *next);

/* Applies an entry; false, and nothing changed, if it cannot happen. */
bool message_apply(struct sending_message *message, const struct message_entry *entry);

/* May its hand-over begin: pending, or deferred and its wait over? Follows core/base/lease.h when clocks are set back.
 */
bool message_is_due(const struct sending_message *message, struct moment now);

#endif
