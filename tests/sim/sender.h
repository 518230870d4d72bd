/* Simulated senders and the mail server that they speak to. */
#ifndef SIM_SENDER_H
#define SIM_SENDER_H

#include "sim/world.h"

enum event_kind { EVENT_STEP, EVENT_RESULT, EVENT_REPLY, EVENT_LATE, EVENT_TICK };

struct event {
	int64_t at;
	uint64_t order;
	enum event_kind kind;
	int sender, generation; /* ignored if the sender has died meanwhile, but for REPLY */
	int index, flight;      /* REPLY: of the message; ignored by the sender if it has dropped it */
	bool is_body;           /* REPLY: to the body, not to DATA */
	bool is_hang_up;        /* REPLY: the server closes while it waits for the body */
	struct sim_block *block;
	struct stored_append *late;
};

struct sender {
	struct holder holder;
	struct sim_block *block; /* NULL: holds none */
	int generation;
	char owner[24];
	bool is_busy;
	int64_t asleep_until, ahead; /* ahead: what its monotonic clock is */
	int flights[BLOCK_SIZE_MAX];
	struct holder_task task; /* whose result it waits for */
	int64_t began;
	bool is_answered, is_done; /* the statement that it waits for */
	struct pace_grant grant;
	enum holder_word word;
	unsigned char stops[BLOCK_SIZE_MAX];
	unsigned short groups[BLOCK_SIZE_MAX];
};

struct simulation {
	struct world world;
	struct sender senders[SENDERS_MAX];
	struct event *events; /* a heap by time and order */
	int event_count, event_room;
	uint64_t order;
	int64_t faults_until;
	int steps;
};

void simulation_push(struct simulation *sim, struct event event);
bool simulation_pop(struct simulation *sim, struct event *event);

/* Does what the event says. */
void sender_event(struct simulation *sim, const struct event *event);

#endif
