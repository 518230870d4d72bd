/* Simulates senders in a world where everything fails, and checks what must hold whatever happens:
 *
 *   - accepted + failed + suppressed + cancelled + uncertain = total, when all has ended, and it ends
 *   - nobody is delivered to twice, unless it was asked for; who counts as accepted was delivered to, who counts as
 *     failed, suppressed or cancelled never
 *   - nobody is uncertain whom a sender that lived knew about, or of whom it was proven
 *   - no "hand" begins to be stored, and no body to be sent, more than a second after somebody unsubscribed, bounced or
 *     was erased, after a pause or the end of the campaign
 *   - no second and no minute of the limiter's clock has more hand-overs than allowed
 *   - nobody is handed over before the hour of their block has come
 *
 * usage: sim_sending [--runs N] [--seed FIRST]
 * Prints the seeds of runs that break a rule; --runs 1 --seed SEED repeats one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sender.h"

enum { FAULTS_MS = 5 * MINUTE_MS, STEPS_MAX = 400000 };

static int some(struct rng *rng, int most) {
	return rng_happens(rng, 500) ? 0 : (int)rng_below(rng, most + 1);
}

static void choose_faults(struct simulation *sim) {
	struct rng *rng = &sim->world.rng;
	sim->world.faults = (struct faults){
		.unknown = some(rng, 100),
		.late = some(rng, 800),
		.crash = some(rng, 20),
		.freeze = some(rng, 5),
		.refuse = some(rng, 100),
		.defer = some(rng, 200),
		.slow_down = some(rng, 100),
		.break_off = some(rng, 100),
		.clock = some(rng, 20),
		.outage = some(rng, 20),
		.stop = some(rng, 300),
		.pause = some(rng, 100),
		.cancel = some(rng, 2),
		.prove = some(rng, 500),
		.again = some(rng, 300),
	};
	const struct faults *faults = &sim->world.faults;
	sim->world.may_lose = faults->crash || faults->freeze || faults->outage || faults->clock;
	sim->world.may_ask = faults->prove || faults->again;
	if (rng_happens(rng, 300)) {
		sim->world.limits.per[PACE_SECOND] = 1 + rng_below(rng, 5);
		sim->world.limits.per[PACE_MINUTE] = 10 + rng_below(rng, 50);
	}
}

static void begin(struct simulation *sim, uint64_t seed) {
	struct world *world = &sim->world;
	memset(world, 0, sizeof *world);
	world->rng.state = seed;
	world->pace = PACE_UNUSED;
	world->now = 1000 * DAY_MS + rng_below(&world->rng, DAY_MS);
	world->block_count = 1 + (int)rng_below(&world->rng, BLOCKS_MAX);
	world->sender_count = 1 + (int)rng_below(&world->rng, SENDERS_MAX);
	sim->event_count = sim->steps = 0;
	sim->order = 0;
	sim->faults_until = world->now + FAULTS_MS;
	for (int i = 0; i < PEOPLE_MAX; i++)
		world->stopped_at[i] = -1;
	for (int i = 0; i < world->block_count; i++) {
		world->blocks[i].size = 1 + (int)rng_below(&world->rng, BLOCK_SIZE_MAX);
		record_clear(&job_record, &world->blocks[i].job);
		world->blocks[i].job.state = JOB_QUEUED;
		world->blocks[i].job.fence = world->blocks[i].job.wait_ms = world->blocks[i].job.attempts = 0;
		world->blocks[i].job.due_at = world_clock(world);
		world->blocks[i].starts_at = rng_happens(&world->rng, 200)
		                                 ? moment_add(world_clock(world), rng_below(&world->rng, 10 * MINUTE_MS))
		                                 : MOMENT_NONE;
	}
	choose_faults(sim);
	for (int i = 0; i < world->sender_count; i++) {
		struct sender *sender = &sim->senders[i];
		sender->block = NULL;
		sender->generation = sender->is_busy = 0;
		sender->asleep_until = 0;
		sender->ahead = rng_below(&world->rng, DAY_MS);
		snprintf(sender->owner, sizeof sender->owner, "s%d.0", i);
		simulation_push(sim, (struct event){ .at = world->now, .kind = EVENT_STEP, .sender = i });
	}
	simulation_push(sim, (struct event){ .at = world->now, .kind = EVENT_TICK });
}

static void say(struct world *world, enum holder_word word) {
	if (world->word == WORD_CANCEL || world->word == word)
		return;
	world->word = word;
	world->word_since = world->now;
}

/* Whoever unsubscribes or bounces may be erased later; nobody comes back from that. */
static void stop_somebody(struct world *world) {
	int person = (int)rng_below(&world->rng, PEOPLE_MAX);
	enum sim_stop why = 1 + (int)rng_below(&world->rng, STOP_LAST);
	if (!rng_happens(&world->rng, world->faults.stop) || world->stopped_as[person] == STOP_ERASED)
		return;
	if (world->stopped_at[person] < 0)
		world->stopped_at[person] = world->now;
	world->stopped_as[person] = (unsigned char)why;
	world->stops++;
}

/* Once a second: what happens to the world. */
static void tick(struct simulation *sim) {
	struct world *world = &sim->world;
	struct rng *rng = &world->rng;
	if (world->now >= sim->faults_until) {
		memset(&world->faults, 0, sizeof world->faults);
		say(world, WORD_GO);
		return;
	}
	simulation_push(sim, (struct event){ .at = world->now + SECOND_MS, .kind = EVENT_TICK });
	if (rng_happens(rng, world->faults.clock)) {
		world->clock = rng_below(rng, 4 * DAY_MS) - 2 * DAY_MS;
		world->clock_was_set = true;
	}
	if (rng_happens(rng, world->faults.outage))
		world->away_until = world->now + rng_below(rng, MINUTE_MS);
	stop_somebody(world);
	if (rng_happens(rng, world->faults.pause))
		say(world, world->word == WORD_PAUSE ? WORD_GO : WORD_PAUSE);
	if (rng_happens(rng, world->faults.cancel))
		say(world, WORD_CANCEL);
}

static void check_message(struct world *world, const struct block_fold *fold, const struct sim_block *block,
                          int index) {
	int person = world_person(world, block, index), delivered = world->delivered[person], asked = world->asked[person];
	enum message_state state = fold->messages[index].state;
	if (delivered > 1 + asked)
		world_break(world, "somebody was delivered to twice");
	if (state == MESSAGE_ACCEPTED && delivered == 0)
		world_break(world, "accepted, but not delivered");
	if (asked == 0 && (state == MESSAGE_FAILED || state == MESSAGE_SUPPRESSED || state == MESSAGE_CANCELLED) &&
	    delivered != 0)
		world_break(world, "delivered, but not counted so");
}

static void check_blocks(struct world *world, int64_t counts[]) {
	struct block_fold fold;
	int64_t uncertain = 0;
	for (int i = 0; i < world->block_count; i++) {
		world_fold(&world->blocks[i], &fold);
		if (fold.refused)
			world_break(world, "the journal says what cannot be");
		if (!fold_is_settled(&fold))
			world_break(world, "somebody is left over");
		int64_t sum = 0;
		for (int state = 0; state < MESSAGE_STATE_COUNT; state++) {
			counts[state] += fold.counts[state];
			sum += fold.counts[state];
		}
		if (sum != world->blocks[i].size)
			world_break(world, "the counts are not the total");
		uncertain += fold.counts[MESSAGE_UNCERTAIN];
		for (int index = 0; index < world->blocks[i].size; index++)
			check_message(world, &fold, &world->blocks[i], index);
	}
	if (!world->may_lose && !world->may_ask && uncertain != world->doubts)
		world_break(world, "uncertain, though a sender knew");
}

static int compare_times(const void *one, const void *other) {
	int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
	return (a > b) - (a < b);
}

static void check_pace(struct world *world) {
	static const enum pace_unit units[] = { PACE_SECOND, PACE_MINUTE };
	if (world->clock_was_set)
		return;
	qsort(world->spent, (size_t)world->spent_count, sizeof *world->spent, compare_times);
	for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
		int64_t limit = world->limits.per[units[u]], used = 0;
		for (int i = 0; limit > 0 && i < world->spent_count; i++) {
			bool is_same = i > 0 &&
			               world->spent[i] / pace_unit_ms(units[u]) == world->spent[i - 1] / pace_unit_ms(units[u]);
			used = is_same ? used + 1 : 1;
			if (used > limit)
				world_break(world, "more hand-overs than allowed");
		}
	}
}

static void happen(struct simulation *sim, const struct event *event) {
	static struct journal_append append;
	if (event->kind == EVENT_TICK) {
		tick(sim);
	} else if (event->kind == EVENT_LATE) {
		append_unpack(event->late, &append);
		world_append(&sim->world, event->block, &append);
		free(event->late);
	} else {
		sender_event(sim, event);
	}
}

static void run(struct simulation *sim, uint64_t seed, int64_t counts[]) {
	struct world *world = &sim->world;
	struct event event;
	begin(sim, seed);
	while (world_next_claim(world) >= 0 || world->now < sim->faults_until) {
		if (!simulation_pop(sim, &event) || sim->steps++ > STEPS_MAX) {
			world_break(world, "it does not end");
			break;
		}
		world->now = event.at;
		happen(sim, &event);
		if (world_next_claim(world) < 0)
			break;
	}
	while (simulation_pop(sim, &event)) {
		if (event.kind == EVENT_REPLY) {
			world->now = event.at;
			sender_event(sim, &event);
		} else if (event.kind == EVENT_LATE) {
			free(event.late);
		}
	}
	check_blocks(world, counts);
	check_pace(world);
	for (int i = 0; i < BLOCKS_MAX; i++) {
		free(world->blocks[i].appends);
		world->blocks[i].appends = NULL;
	}
}

int main(int argc, char **argv) {
	static struct simulation sim;
	int64_t counts[MESSAGE_STATE_COUNT] = { 0 };
	long runs = 1000, broken = 0, stops = 0;
	uint64_t first = 1, steps = 0;
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--runs") == 0)
			runs = strtol(argv[i + 1], NULL, 10);
		if (strcmp(argv[i], "--seed") == 0)
			first = strtoull(argv[i + 1], NULL, 10);
	}
	for (long i = 0; i < runs; i++) {
		run(&sim, first + (uint64_t)i, counts);
		steps += (uint64_t)sim.steps;
		stops += sim.world.stops;
		if (sim.world.broken && broken++ < 10)
			printf("seed %llu: %s\n", (unsigned long long)(first + (uint64_t)i), sim.world.broken);
	}
	free(sim.events);
	printf("%ld runs, %llu steps, %ld unsubscribed, bounced or erased meanwhile:", runs, (unsigned long long)steps,
	       stops);
	for (int state = 0; state < MESSAGE_STATE_COUNT; state++)
		printf(" %s %lld", choice_name(&message_states, state), (long long)counts[state]);
	printf("\n%ld passed, %ld failed\n", runs - broken, broken);
	return broken > 0;
}
