/* Trying connections as jobs. */
#include "connections/trying_job.h"

#include "connections/trying.h"
#include "core/process/settings.h"
#include "core/store/clock.h"

#define TEST_JOB "connection_test"
#define OBSERVED_JOB "observed_test"

enum { PAUSE_MS = 2 * SECOND_MS };

static bool ask(struct store *store, const struct connection *connection, struct arena *arena, struct error *err) {
	const char *id;
	bool already;
	return queue_ask(store,
	                 &(struct job_request){
						 .kind = connection->provider == PROVIDER_EMAILOCTOPUS ? OBSERVED_JOB : TEST_JOB,
						 .key = arena_print(arena, "connection_test:%s", connection->id),
						 .subject = connection->id,
					 },
	                 arena, &id, &already, err);
}

bool connection_ask_test(struct store *store, const struct connection *connection, const char *by, struct moment now,
                         struct arena *arena, struct error *err) {
	const struct trial *last = &connection->last_test;
	struct trial trial = { .state = TRIAL_WAITING, .asked_at = now, .ended_at = MOMENT_NONE, .asked_by = by };
	if (last->state == TRIAL_WAITING)
		return ask(store, connection, arena, err);
	bool same = moment_is_set(last->ended_at) && last->ended_at.ms >= connection->updated_at.ms;
	if (same && now.ms - last->ended_at.ms < PAUSE_MS && now.ms >= last->ended_at.ms)
		return error_limited(err, PAUSE_MS, "It was tested just now. Wait a moment before you test it again");
	return connection_note_trial(store, connection->id, &trial, err) && ask(store, connection, arena, err);
}

/* A run, while it is kept. */
struct test {
	struct connection connection;
	struct trying *trying;
};

static bool go_on(struct job_run *run, struct error *err) {
	struct test *test = run->state;
	if (!trying_turn(test->trying, (int)run->patience_ms)) {
		job_keep(run);
		return true;
	}
	trying_finish(test->trying, run->now, &test->connection.last_test);
	return connection_note_trial(run->store, test->connection.id, &test->connection.last_test, err);
}

static bool begin(struct job_run *run, struct error *err) {
	struct test *test = arena_new_of(run->arena, struct test);
	bool found;
	if (!connection_find(run->store, run->job.subject, run->arena, &test->connection, &found, err))
		return false;
	if (!found || test->connection.last_test.state != TRIAL_WAITING)
		return true;
	test->trying = trying_begin(run->context, &test->connection, run->arena);
	run->state = test;
	return go_on(run, err);
}

static bool give_up(struct job_run *run, const char *why, struct error *err) {
	struct connection connection;
	bool found;
	(void)why;
	if (!connection_find(run->store, run->job.subject, run->arena, &connection, &found, err) || !found)
		return !found;
	struct trial_step step = { "connect", STEP_FAILED, "The test was interrupted. Try again" };
	connection.last_test.state = TRIAL_FAILED;
	connection.last_test.ended_at = run->now;
	connection.last_test.steps = (struct rows){ &step, 1 };
	return connection_note_trial(run->store, connection.id, &connection.last_test, err);
}

/* Tests that wait without a job, after a crash. */
static bool ask_again(struct store *store, bool observed, struct arena *arena, struct error *err) {
	struct rows all;
	if (!connection_list(store, arena, &all, err))
		return false;
	const struct connection *connections = all.items;
	for (int i = 0; i < all.count; i++)
		if (connections[i].last_test.state == TRIAL_WAITING &&
		    (connections[i].provider == PROVIDER_EMAILOCTOPUS) == observed && !ask(store, &connections[i], arena, err))
			return false;
	return true;
}

static bool adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct connection connection;
	struct moment now;
	bool found;
	return store_now(store, &now, err) && connection_default(store, context, now, arena, &connection, &found, err) &&
	       ask_again(store, false, arena, err);
}

static bool adopt_observed(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct connection connection;
	struct moment now;
	return store_now(store, &now, err) && connection_observed(store, context, now, arena, &connection, err) &&
	       ask_again(store, true, arena, err);
}

#define TRYING(its_name, its_adopt)                                                                 \
	{                                                                                               \
		.name = (its_name), .run = begin, .go_on = go_on, .give_up = give_up, .adopt = (its_adopt), \
		.lease_ms = 60 * SECOND_MS, .attempts_max = 2, .priority = 5, .backoff = {                  \
			SECOND_MS,                                                                              \
			10 * SECOND_MS                                                                          \
		}                                                                                           \
	}

const struct job_kind connection_test_job = TRYING(TEST_JOB, adopt);
const struct job_kind observed_test_job = TRYING(OBSERVED_JOB, adopt_observed);
