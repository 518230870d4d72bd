/* Simulated senders. */
#include "sim/sender.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool comes_before(const struct event *one, const struct event *other) {
	return one->at != other->at ? one->at < other->at : one->order < other->order;
}

void simulation_push(struct simulation *sim, struct event event) {
	if (sim->event_count == sim->event_room) {
		sim->event_room = sim->event_room ? 2 * sim->event_room : 64;
		sim->events = realloc(sim->events, (size_t)sim->event_room * sizeof *sim->events);
		if (!sim->events)
			abort();
	}
	event.order = sim->order++;
	int at = sim->event_count++;
	for (; at > 0 && comes_before(&event, &sim->events[(at - 1) / 2]); at = (at - 1) / 2)
		sim->events[at] = sim->events[(at - 1) / 2];
	sim->events[at] = event;
}

bool simulation_pop(struct simulation *sim, struct event *event) {
	if (sim->event_count == 0)
		return false;
	*event = sim->events[0];
	struct event last = sim->events[--sim->event_count];
	int at = 0;
	for (int child = 1; child < sim->event_count; child = 2 * at + 1) {
		if (child + 1 < sim->event_count && comes_before(&sim->events[child + 1], &sim->events[child]))
			child++;
		if (!comes_before(&sim->events[child], &last))
			break;
		sim->events[at] = sim->events[child];
		at = child;
	}
	sim->events[at] = last;
	return true;
}

static int number_of(const struct simulation *sim, const struct sender *sender) {
	return (int)(sender - sim->senders);
}

static void push_for(struct simulation *sim, const struct sender *sender, enum event_kind kind, int64_t wait_ms) {
	simulation_push(sim, (struct event){ .at = sim->world.now + wait_ms,
	                                     .kind = kind,
	                                     .sender = number_of(sim, sender),
	                                     .generation = sender->generation });
}

static void die(struct simulation *sim, struct sender *sender) {
	sender->generation++;
	sender->block = NULL;
	sender->is_busy = false;
	snprintf(sender->owner, sizeof sender->owner, "s%d.%d", number_of(sim, sender), sender->generation);
	push_for(sim, sender, EVENT_STEP, 1 + rng_below(&sim->world.rng, 20 * SECOND_MS));
}

/* --- statements --- */

static bool is_away(const struct world *world) {
	return world->now < world->away_until;
}

/* The statement is done now, or not, or nobody knows; its answer comes later. */
static void state(struct simulation *sim, struct sender *sender, bool *does) {
	struct world *world = &sim->world;
	bool is_unknown = is_away(world) || rng_happens(&world->rng, world->faults.unknown);
	sender->is_busy = true;
	sender->is_answered = !is_unknown;
	sender->began = world->now;
	*does = !is_unknown || (!is_away(world) && rng_happens(&world->rng, 500));
	push_for(sim, sender, EVENT_RESULT,
	         is_unknown ? 50 + rng_below(&world->rng, 4000) : 1 + rng_below(&world->rng, 30));
}

static void append(struct simulation *sim, struct sender *sender) {
	struct world *world = &sim->world;
	bool does;
	world_check_hands(world, sender->block, &sender->holder.append);
	state(sim, sender, &does);
	if (does) {
		sender->is_done = world_append(world, sender->block, &sender->holder.append);
	} else if (rng_happens(&world->rng, world->faults.late)) {
		struct event late = { .at = world->now + rng_below(&world->rng, 90 * SECOND_MS),
			                  .kind = EVENT_LATE,
			                  .block = sender->block,
			                  .late = malloc(sizeof *late.late) };
		if (!late.late)
			abort();
		memcpy(&late.late->head, &sender->holder.append, offsetof(struct journal_append, entries));
		memcpy(late.late->entries, sender->holder.append.entries,
		       (size_t)sender->holder.append.count * sizeof *late.late->entries);
		simulation_push(sim, late);
	}
}

static void change_job(struct simulation *sim, struct sender *sender, enum job_verb verb, int64_t wait_ms) {
	bool does;
	state(sim, sender, &does);
	struct job_change change = { verb, { sender->owner, sender->holder.settings.fence }, wait_ms, NULL };
	sender->is_done = does && job_change(&sender->block->job, &change, world_clock(&sim->world));
}

static void leave(struct simulation *sim, struct sender *sender) {
	const struct holder *holder = &sender->holder;
	struct block_fold fold;
	if (holder->left == LEFT_DONE) {
		change_job(sim, sender, JOB_FINISH, 0);
		world_fold(sender->block, &fold);
		if (sender->is_done && !fold_is_settled(&fold))
			world_break(&sim->world, "finished a block that is not settled");
	} else {
		change_job(sim, sender, JOB_RELEASE, holder->left == LEFT_LOST ? SECOND_MS : holder->left_wait_ms);
	}
}

static void read_now(struct simulation *sim, struct sender *sender) {
	struct world *world = &sim->world;
	bool does;
	state(sim, sender, &does);
	sender->word = world->word;
	for (int i = 0; i < sender->block->size; i++)
		sender->stops[i] = world->stopped_as[world_person(world, sender->block, i)];
}

static void take(struct simulation *sim, struct sender *sender) {
	struct world *world = &sim->world;
	const struct pace_limiter limiter = { &world->pace, &world->limits };
	bool does;
	state(sim, sender, &does);
	if (does)
		sender->grant = pace_take(&limiter, 1, sender->task.count, world_clock(world));
}

/* --- the mail server --- */

static void send(struct simulation *sim, struct sender *sender, int index, bool is_body) {
	simulation_push(sim, (struct event){ .at = sim->world.now + 1 + rng_below(&sim->world.rng, 300),
	                                     .kind = EVENT_REPLY,
	                                     .sender = number_of(sim, sender),
	                                     .generation = sender->generation,
	                                     .index = index,
	                                     .flight = sender->flights[index],
	                                     .is_body = is_body,
	                                     .block = sender->block });
}

static void spend(struct world *world) {
	if (world->spent_count < (int)(sizeof world->spent / sizeof *world->spent))
		world->spent[world->spent_count++] = world_clock(world).ms;
}

static struct smtp_outcome answer(enum smtp_result result, enum smtp_stage stage, int code, const char *enhanced,
                                  const char *text) {
	struct smtp_outcome outcome = { .result = result, .stage = stage, .reply.code = code };
	snprintf(outcome.reply.enhanced, sizeof outcome.reply.enhanced, "%s", enhanced);
	snprintf(outcome.reply.text, sizeof outcome.reply.text, "%s", text);
	return outcome;
}

/* What the server does with a transaction that has come to DATA or to the end of its body. False: it goes on. */
static bool server_refuses(struct world *world, bool is_body, struct smtp_outcome *outcome) {
	enum smtp_stage stage = is_body ? SMTP_AT_DOT : SMTP_AT_RCPT;
	if (rng_happens(&world->rng, world->faults.refuse))
		*outcome = answer(SMTP_REFUSED, stage, 550, "5.1.1", "user unknown");
	else if (rng_happens(&world->rng, world->faults.defer))
		*outcome = rng_happens(&world->rng, 500) ? answer(SMTP_DEFERRED, stage, 451, "4.7.1", "greylisted")
		                                         : answer(SMTP_DEFERRED, stage, 451, "4.3.0", "try again");
	else if (rng_happens(&world->rng, world->faults.slow_down))
		*outcome = answer(SMTP_DEFERRED, stage, 421, "4.7.28", "rate");
	else if (rng_happens(&world->rng, world->faults.break_off))
		*outcome = answer(is_body && rng_happens(&world->rng, 500) ? SMTP_UNCERTAIN : SMTP_NOT_SENT,
		                  is_body ? SMTP_AT_BODY : SMTP_AT_SESSION, 0, "", "connection lost");
	else
		return false;
	return true;
}

static void deliver(struct world *world, const struct event *event) {
	world->delivered[world_person(world, event->block, event->index)]++;
}

/* It waits for the body, perhaps not for long. */
static void grant(struct simulation *sim, struct sender *sender, const struct event *event) {
	holder_granted(&sender->holder, event->index);
	if (!rng_happens(&sim->world.rng, sim->world.faults.break_off))
		return;
	struct event hang_up = *event;
	hang_up.is_hang_up = true;
	hang_up.at += rng_below(&sim->world.rng, 3 * SECOND_MS);
	simulation_push(sim, hang_up);
}

static void hang_up(struct simulation *sim, struct sender *sender, const struct event *event) {
	const struct smtp_outcome outcome = answer(SMTP_NOT_SENT, SMTP_AT_DATA, 0, "", "closed");
	struct refusal refusal;
	if (sender->generation == event->generation && sender->flights[event->index] == event->flight &&
	    sender->holder.flights[event->index] == FLIGHT_GRANTED)
		holder_ended(&sender->holder, event->index, &outcome, sim->world.now + sender->ahead, world_clock(&sim->world),
		             &refusal);
}

static void reply(struct simulation *sim, const struct event *event) {
	struct world *world = &sim->world;
	struct sender *sender = &sim->senders[event->sender];
	struct smtp_outcome outcome;
	struct refusal refusal;
	bool is_refused = server_refuses(world, event->is_body, &outcome);
	if (event->is_body && (!is_refused || (outcome.result == SMTP_UNCERTAIN && rng_happens(&world->rng, 500)))) {
		bool is_alive = sender->generation == event->generation;
		if (is_alive || rng_happens(&world->rng, 500))
			deliver(world, event);
	}
	if (sender->generation != event->generation || sender->flights[event->index] != event->flight)
		return;
	if (!is_refused && !event->is_body) {
		grant(sim, sender, event);
	} else {
		if (!is_refused)
			outcome = answer(SMTP_ACCEPTED, SMTP_AT_DOT, 250, "2.0.0", "queued");
		world->doubts += outcome.result == SMTP_UNCERTAIN;
		holder_ended(&sender->holder, event->index, &outcome, world->now + sender->ahead, world_clock(world), &refusal);
		if (refusal_rule(refusal.class)->remedy == REMEDY_REST || outcome.stage == SMTP_AT_SESSION)
			holder_rest(&sender->holder, world->now + sender->ahead + 100 + rng_below(&world->rng, 20 * SECOND_MS));
	}
	if (!sender->is_busy)
		push_for(sim, sender, EVENT_STEP, 0);
}

/* --- a sender's turn --- */

/* What was asked of whoever holds the block. */
static void note_requests(struct world *world, struct sender *sender) {
	for (int i = 0; i < sender->block->size; i++) {
		int person = world_person(world, sender->block, i);
		struct message_entry entry = { .index = i, .at = world_clock(world) };
		if (sender->holder.fold.messages[i].state != MESSAGE_UNCERTAIN)
			continue;
		bool is_proven = world->delivered[person] > 0 && rng_happens(&world->rng, world->faults.prove);
		if (!is_proven && !rng_happens(&world->rng, world->faults.again))
			continue;
		entry.event = is_proven ? MESSAGE_ACCEPT : MESSAGE_AGAIN;
		if (!holder_note(&sender->holder, &entry, world->now + sender->ahead))
			world_break(world, "an uncertain message cannot be settled");
		world->asked[person] += entry.event == MESSAGE_AGAIN;
	}
}

static void take_block(struct simulation *sim, struct sender *sender) {
	struct world *world = &sim->world;
	bool does;
	state(sim, sender, &does);
	struct sim_block *block = does ? world_claim(world, sender->owner) : NULL;
	if (!block || !sender->is_answered)
		return;
	world_fold(block, &sender->holder.fold);
	sender->block = block;
	for (int i = 0; i < block->size; i++)
		sender->groups[i] = (unsigned short)(i % 2);
	holder_begin(&sender->holder,
	             &(struct holder_settings){ block->size, 1 + (int)rng_below(&world->rng, 8), block->job.fence,
	                                        sender->groups, 2, &RETRY_POLICY, rng_next(&world->rng), block->starts_at },
	             world->now + sender->ahead);
	note_requests(world, sender);
}

static void do_task(struct simulation *sim, struct sender *sender) {
	const struct holder_task *task = &sender->task;
	switch (task->kind) {
	case HOLDER_WAIT:
		push_for(sim, sender, EVENT_STEP, task->wait_ms);
		break;
	case HOLDER_APPEND:
		append(sim, sender);
		break;
	case HOLDER_RENEW:
		change_job(sim, sender, JOB_EXTEND, 0);
		break;
	case HOLDER_READ:
		read_now(sim, sender);
		break;
	case HOLDER_TAKE:
		take(sim, sender);
		break;
	case HOLDER_LEAVE:
		leave(sim, sender);
		break;
	case HOLDER_LOOK: {
		bool does;
		state(sim, sender, &does);
		break;
	}
	case HOLDER_START:
		spend(&sim->world);
		sender->flights[task->index]++;
		send(sim, sender, task->index, false);
		push_for(sim, sender, EVENT_STEP, 0);
		break;
	case HOLDER_ALLOW:
		world_check_hand(&sim->world, sender->block, task->index);
		send(sim, sender, task->index, true);
		push_for(sim, sender, EVENT_STEP, 0);
		break;
	case HOLDER_DROP:
		sender->flights[task->index]++;
		push_for(sim, sender, EVENT_STEP, 0);
		break;
	}
}

static void step(struct simulation *sim, struct sender *sender) {
	struct world *world = &sim->world;
	if (rng_happens(&world->rng, world->faults.crash)) {
		die(sim, sender);
		return;
	}
	if (rng_happens(&world->rng, world->faults.freeze)) {
		sender->asleep_until = world->now + rng_below(&world->rng, 120 * SECOND_MS);
		push_for(sim, sender, EVENT_STEP, sender->asleep_until - world->now);
		return;
	}
	if (!sender->block) {
		sender->task.kind = HOLDER_WAIT;
		take_block(sim, sender);
		return;
	}
	sender->task = holder_next(&sender->holder, world->now + sender->ahead, world_clock(world));
	do_task(sim, sender);
}

static void tell_look(struct sender *sender) {
	static struct journal_append found;
	const struct stored_append *stored = world_look(sender->block, sender->holder.append.sequence);
	if (stored)
		append_unpack(stored, &found);
	holder_looked(&sender->holder, stored ? &found : NULL);
}

static void tell_result(struct simulation *sim, struct sender *sender) {
	struct holder *holder = &sender->holder;
	int64_t now_ms = sim->world.now + sender->ahead, began_ms = sender->began + sender->ahead;
	if (sender->task.kind == HOLDER_APPEND)
		holder_stored(holder,
		              !sender->is_answered ? STORED_UNKNOWN
		              : sender->is_done    ? STORED_YES
		                                   : STORED_TAKEN,
		              now_ms);
	if (!sender->is_answered)
		return;
	if (sender->task.kind == HOLDER_LOOK)
		tell_look(sender);
	if (sender->task.kind == HOLDER_RENEW)
		holder_renewed(holder, sender->is_done, began_ms);
	if (sender->task.kind == HOLDER_READ)
		holder_read(holder, sender->word, sender->stops, began_ms);
	if (sender->task.kind == HOLDER_TAKE)
		holder_took(holder, sender->task.index, sender->grant.count, sender->grant.valid_ms, began_ms);
}

/* When a sender without a block looks again. */
static int64_t idle_ms(const struct simulation *sim) {
	int64_t next = world_next_claim(&sim->world);
	if (next < 0 || (sim->world.now < sim->faults_until && next > 5 * SECOND_MS))
		next = 5 * SECOND_MS;
	return next + 1;
}

static void result(struct simulation *sim, struct sender *sender) {
	bool is_left = sender->task.kind == HOLDER_LEAVE;
	sender->is_busy = false;
	if (sender->block)
		tell_result(sim, sender);
	if (is_left)
		sender->block = NULL;
	push_for(sim, sender, EVENT_STEP, sender->block ? 0 : idle_ms(sim));
}

void sender_event(struct simulation *sim, const struct event *event) {
	struct sender *sender = &sim->senders[event->sender];
	bool is_stale = sender->generation != event->generation;
	if (!is_stale && sim->world.now < sender->asleep_until) {
		struct event later = *event;
		later.at = sender->asleep_until;
		simulation_push(sim, later);
		return;
	}
	if (event->kind == EVENT_REPLY && event->is_hang_up)
		hang_up(sim, sender, event);
	else if (event->kind == EVENT_REPLY)
		reply(sim, event);
	else if (!is_stale && event->kind == EVENT_RESULT)
		result(sim, sender);
	else if (!is_stale && event->kind == EVENT_STEP && !sender->is_busy)
		step(sim, sender);
}
