/* The job engine on a database, if TEST_STORE_URI names a server. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/jobs/jobs.h"
#include "core/store/clock.h"
#include "unit/store_support.h"

static const char SUBJECT[] = "6b084fef74614e48902963b1";

static struct store *store;
static struct arena *arena;
static struct error err;
static struct jobs jobs;

/* How often the kinds below were called, and what they should return. */
static int runs, surrenders;
static enum error_kind fails_with;
static bool loses, is_cancelled_meanwhile;
static int asked_meanwhile; /* so often, with or without once_more */
static bool once_more;
static int64_t again_ms;
static char last_why[200];

struct step {
	const char *name;
};
static const struct field step_fields[] = { FIELD(struct step, name, .stored = "_id") };
static const struct record_type step_record = RECORD_TYPE("Step", struct step, step_fields);

static bool run(struct job_run *run, struct error *why) {
	runs++;
	for (int i = 0; i < asked_meanwhile; i++) {
		const struct job_request request = { .kind = "low", .key = run->job.key, .once_more = once_more };
		const char *id;
		bool already;
		cr_assert(queue_ask(run->store, &request, arena, &id, &already, why) && already, "%s", why->text);
		cr_expect_str_eq(id, run->job.id);
	}
	if (is_cancelled_meanwhile)
		cr_assert(queue_cancel(run->store, run->job.key, why), "%s", why->text);
	if (loses) {
		struct moment now;
		struct job job = run->job;
		bool won;
		cr_assert(store_now(run->store, &now, why) && job_lapse(&job, true, now));
		cr_assert(queue_write(run->store, &job, &won, why) && won);
	}
	if (fails_with)
		return error_set(why, fails_with, "it does not work");
	if (again_ms >= 0)
		job_again(run, again_ms);
	run->result = "it worked";
	return !loses || job_beat(run, "going on", why);
}

static bool give_up(struct job_run *run, const char *why, struct error *ignored) {
	(void)run;
	(void)ignored;
	surrenders++;
	(void)snprintf(last_why, sizeof last_why, "%s", why);
	return true;
}

static const struct job_kind low = { .name = "low",
	                                 .run = run,
	                                 .give_up = give_up,
	                                 .lease_ms = 60000,
	                                 .attempts_max = 2,
	                                 .priority = 1,
	                                 .lane = "lane",
	                                 .backoff = { 1, 1 } };
static const struct job_kind high = { .name = "high",
	                                  .run = run,
	                                  .give_up = give_up,
	                                  .lease_ms = 60000,
	                                  .attempts_max = 2,
	                                  .priority = 2,
	                                  .lane = "lane",
	                                  .backoff = { 60000, 60000 } };
/* Keeps itself until it has gone on so often. */
static int parts_left, patience;
static struct moment last_now;
static const struct job_run *last_run;

static bool run_kept(struct job_run *run, struct error *why) {
	runs++;
	patience += run->patience_ms > 0;
	cr_expect(run != last_run || run->now.ms >= last_now.ms);
	last_now = run->now;
	last_run = run;
	if (parts_left-- > 0)
		job_keep(run);
	run->result = "it worked";
	return job_beat(run, NULL, why);
}

static const struct job_kind slow = {
	.name = "slow", .run = run_kept, .go_on = run_kept, .lease_ms = 60000, .priority = 3
};
static const struct job_kind *const kinds[] = { &low, &high, &slow };

/* The indexes of migrations/011-jobs.json that the rules depend on. */
static void make_indexes(void) {
	bson_t *command = BCON_NEW("createIndexes", BCON_UTF8("jobs"), "indexes", "[", "{", "key", "{", "key",
	                           BCON_INT32(1), "}", "name", BCON_UTF8("key"), "unique", BCON_BOOL(true), "sparse",
	                           BCON_BOOL(true), "}", "{", "key", "{", "lane", BCON_INT32(1), "}", "name",
	                           BCON_UTF8("lane"), "unique", BCON_BOOL(true), "sparse", BCON_BOOL(true), "}", "]");
	cr_assert(store_command(store, command, &err), "%s", err.text);
	bson_destroy(command);
}

static void set_up(void) {
	arena = arena_new();
	err = ERROR_INIT;
	store = open_test_store();
	cr_assert(store_insert(store, "schema_migrations", &step_record, &(struct step){ "1" }, &err), "%s", err.text);
	make_indexes();
	jobs_open(&jobs, store, kinds, 3, NULL);
	again_ms = -1;
}

static void tear_down(void) {
	drop_test_store(store);
	arena_free(arena);
}

static const char *ask(const char *kind, const char *key) {
	const struct job_request request = { .kind = kind, .key = key, .subject = SUBJECT };
	const char *id;
	bool already;
	cr_assert(queue_ask(store, &request, arena, &id, &already, &err), "%s", err.text);
	return id;
}

static struct job job_of(const char *id) {
	struct job job;
	struct moment now;
	bool found;
	cr_assert(queue_find(store, id, arena, &job, &found, &now, &err) && found, "%s", err.text);
	return job;
}

/* A second after the last one, when it is time to look for holders that are gone. */
static bool turn(void) {
	bool worked;
	err = ERROR_INIT;
	jobs.reaped_ms = 0;
	cr_assert(jobs_turn(&jobs, &worked, &err) || fails_with, "%s", err.text);
	return worked;
}

#define ENGINE_TEST(name) Test(engine, name, .init = set_up, .fini = tear_down, .timeout = 60)

ENGINE_TEST(asks_once_for_what_has_not_ended) {
	const char *first = ask("low", "a");
	cr_expect_str_eq(ask("low", "a"), first);
	cr_expect(turn() && runs == 1 && !turn());
	struct job done = job_of(first);
	cr_expect(done.state == JOB_DONE && !done.key && !done.owner && !done.lane);
	cr_expect_str_eq(done.result, "it worked");
	cr_expect_str_neq(ask("low", "a"), first);
}

ENGINE_TEST(runs_once_more_for_what_was_asked_while_it_ran) {
	for (int more = 0; more < 2; more++) {
		const char *id = ask("low", "a");
		runs = 0;
		once_more = more;
		asked_meanwhile = 3;
		cr_expect(turn());
		asked_meanwhile = 0;
		cr_expect_eq(job_of(id).state, more ? JOB_QUEUED : JOB_DONE);
		cr_expect_eq(turn(), more);
		cr_expect(!turn() && runs == 1 + more && job_of(id).state == JOB_DONE && surrenders == 0);
	}
}

ENGINE_TEST(takes_the_more_urgent_first) {
	const char *later = ask("low", "a"), *first = ask("high", "b");
	cr_expect(turn());
	cr_expect(job_of(first).state == JOB_DONE && job_of(later).state == JOB_QUEUED);
}

ENGINE_TEST(tries_again_and_gives_up_with_the_reason) {
	const char *id = ask("low", "a");
	fails_with = ERROR_FAULT;
	cr_expect(turn());
	cr_expect(err.kind == ERROR_FAULT && err.note_count == 1, "the failure is for the log");
	cr_expect(job_of(id).state == JOB_QUEUED && job_of(id).attempts == 1 && surrenders == 0);
	(void)usleep(20000);
	cr_expect(turn() && runs == 2 && surrenders == 1);
	cr_expect(job_of(id).state == JOB_DEAD);
	cr_expect_str_eq(last_why, "it does not work");
	cr_expect_str_eq(job_of(id).problem, "it does not work");
}

ENGINE_TEST(waits_before_it_tries_again) {
	const char *id = ask("high", "a");
	fails_with = ERROR_UNAVAILABLE;
	cr_expect(turn() && !turn() && runs == 1);
	struct job job = job_of(id);
	cr_expect(job.wait_ms >= 30000 && job.wait_ms <= 60000, "%lld", (long long)job.wait_ms);
}

ENGINE_TEST(does_not_try_what_can_never_work) {
	const char *id = ask("high", "a");
	fails_with = ERROR_INVALID;
	cr_expect(turn() && surrenders == 1 && job_of(id).state == JOB_DEAD);
}

ENGINE_TEST(goes_on_later_without_counting_it) {
	const char *id = ask("low", "a");
	again_ms = 0;
	for (int i = 0; i < 5; i++)
		cr_expect(turn());
	again_ms = 60000;
	cr_expect(turn() && !turn() && runs == 6 && surrenders == 0);
	cr_expect(job_of(id).state == JOB_QUEUED && job_of(id).attempts == 0);
}

/* Moving what is stored and what was seen by so much is the same as setting the clock by so much the other way. */
static void set_clock(const char *id, int64_t ms) {
	bool matched;
	struct job job = job_of(id);
	jobs.seen.ms -= ms;
	cr_assert(store_update(store, "jobs", FILTER(by_id(id)),
	                       UPDATE(set_moment("lease_until", moment_add(job.lease_until, -ms))), &matched, &err));
}

ENGINE_TEST(leaves_who_is_at_work_time_to_renew_after_the_clock_was_set) {
	static const int64_t steps[] = { 2 * HOUR_MS, -2 * HOUR_MS, 24 * HOUR_MS, -24 * HOUR_MS };
	struct moment now;
	char self[OWNER_TEXT];
	(void)turn();
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct job job = job_of(ask("slow", "a"));
		bool won;
		parts_left = 0;
		cr_assert(store_now(store, &now, &err) && job_claim(&job, owner_self(self), 60000, NULL, now));
		cr_assert(queue_write(store, &job, &won, &err) && won);
		(void)turn();
		set_clock(job.id, steps[i]);
		(void)turn();
		cr_expect(job_of(job.id).state == JOB_HELD, "set by %lld h", (long long)(steps[i] / HOUR_MS));
		jobs.stepped_ms -= 60000;
		cr_expect(turn() && job_of(job.id).state == JOB_DONE, "set by %lld h", (long long)(steps[i] / HOUR_MS));
	}
}

/* A sync by hand, or a sender that was just started again: it has not seen that the clock was set. */
ENGINE_TEST(leaves_who_is_at_work_time_to_renew_when_it_has_just_begun) {
	static const int64_t steps[] = { 2 * HOUR_MS, -2 * HOUR_MS };
	struct moment now;
	char self[OWNER_TEXT];
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct job job = job_of(ask("low", "a"));
		bool won;
		cr_assert(store_now(store, &now, &err) && job_claim(&job, owner_self(self), 60000, "lane", now));
		cr_assert(queue_write(store, &job, &won, &err) && won);
		set_clock(job.id, steps[i]);
		jobs_open(&jobs, store, kinds, 3, NULL);
		(void)turn();
		cr_expect(job_of(job.id).state == JOB_HELD, "set by %lld h", (long long)(steps[i] / HOUR_MS));
		jobs.stepped_ms -= 60000;
		cr_expect(turn() && job_of(job.id).state == JOB_DONE, "set by %lld h", (long long)(steps[i] / HOUR_MS));
	}
}

ENGINE_TEST(holds_a_lane_when_nobody_renewed_it) {
	struct job_kind brief = low;
	struct job job = job_of(ask("low", "a"));
	struct job_run held = { .arena = arena };
	struct moment now;
	bool won;
	cr_assert(store_now(store, &now, &err) && job_claim(&job, "elsewhere:1:1", 2000, "lane", now));
	cr_assert(queue_write(store, &job, &won, &err) && won);
	cr_expect(!jobs_hold(&jobs, &brief, &held, &err) && err.kind == ERROR_CONFLICT, "the lease counts");
	set_clock(job.id, 2 * HOUR_MS);
	jobs_open(&jobs, store, kinds, 3, NULL);
	err = ERROR_INIT;
	cr_expect(jobs_hold(&jobs, &brief, &held, &err), "%s", err.text);
	cr_expect(monotonic_ms() - jobs.stepped_ms >= 2000, "it might have been renewed");
	cr_expect(jobs_let_go(&held, &err));
}

/* The document was written by a job two hours ahead; then the clock was set back. */
ENGINE_TEST(works_on_what_has_a_fence_of_the_future) {
	struct job_run run = { .store = store, .arena = arena, .job = job_of(ask("slow", "a")) };
	struct moment now;
	char self[OWNER_TEXT];
	bool won;
	cr_assert(store_now(store, &now, &err));
	const int64_t ahead = now.ms + 2 * HOUR_MS;
	cr_assert(store_upsert(store, "things", FILTER(by_id(SUBJECT)), UPDATE(set_count("fence", ahead)), &err));
	cr_assert(job_claim(&run.job, owner_self(self), 60000, NULL, now) && queue_write(store, &run.job, &won, &err));
	run.holder.owner = self;
	run.holder.fence = run.job.fence;
	struct job_run late = run;
	cr_expect(job_admit(&run, "things", SUBJECT, &err), "%s", err.text);
	cr_expect(run.holder.fence > ahead && job_of(run.job.id).fence == run.holder.fence);
	cr_expect(!job_admit(&late, "things", SUBJECT, &err) && err.kind == ERROR_CONFLICT);
}

ENGINE_TEST(leaves_a_job_that_was_taken_away) {
	const char *id = ask("low", "a");
	loses = true;
	cr_expect(turn());
	cr_expect(job_of(id).state == JOB_QUEUED && !job_of(id).progress, "its next holder goes on");
	loses = false;
	cr_expect(turn() && job_of(id).state == JOB_DONE);
}

ENGINE_TEST(gives_up_what_killed_its_workers) {
	const char *id = ask("low", "a");
	for (int i = 0; i < 2; i++) {
		struct job job = job_of(id);
		struct moment now;
		bool won;
		cr_assert(store_now(store, &now, &err) && job_claim(&job, "gone", 60000, "lane", now));
		job.lease_until = now;
		cr_assert(queue_write(store, &job, &won, &err) && won);
		(void)usleep(5000);
		if (i == 0) {
			cr_assert(store_now(store, &now, &err) && job_lapse(&job, false, now));
			cr_assert(queue_write(store, &job, &won, &err) && won);
		}
	}
	jobs.stepped_ms -= 60000;
	cr_expect(turn() && runs == 0 && surrenders == 1);
	cr_expect_str_eq(last_why, JOB_DIED);
	cr_expect(job_of(id).state == JOB_DEAD);
}

ENGINE_TEST(keeps_a_run_and_carries_out_others_beside_it) {
	const char *kept = ask("slow", "a"), *other = ask("low", "b");
	parts_left = 3;
	cr_expect(turn() && runs == 1 && job_of(kept).state == JOB_HELD);
	cr_expect(turn() && runs == 3 && job_of(other).state == JOB_DONE && job_of(kept).state == JOB_HELD);
	cr_expect(turn() && runs == 4 && job_of(kept).state == JOB_HELD);
	cr_expect(!turn() && runs == 5 && job_of(kept).state == JOB_DONE && patience == 3);
	cr_expect_str_eq(job_of(kept).result, "it worked");
}

ENGINE_TEST(keeps_so_many) {
	char keys[JOBS_KEPT_MAX + 1][10];
	parts_left = 1000;
	for (int i = 0; i <= JOBS_KEPT_MAX; i++) {
		(void)snprintf(keys[i], sizeof keys[i], "%d", i);
		(void)ask("slow", keys[i]);
	}
	for (int i = 0; i <= JOBS_KEPT_MAX; i++)
		cr_expect(turn());
	cr_expect_eq(jobs.kept_count, JOBS_KEPT_MAX);
	parts_left = 0;
	cr_expect(jobs_close(&jobs, 1000, &err) && jobs.kept_count == 0);
	cr_expect(turn() && !turn());
}

ENGINE_TEST(lets_go_of_kept_runs_when_the_program_ends) {
	const char *id = ask("slow", "a");
	parts_left = 1000000;
	cr_expect(turn());
	cr_expect(jobs_close(&jobs, 0, &err) && jobs.kept_count == 0);
	cr_expect(job_of(id).state == JOB_HELD, "its lease ends with this process");
}

ENGINE_TEST(drops_a_kept_run_that_was_taken_away) {
	const char *id = ask("slow", "a");
	struct moment now;
	bool won;
	parts_left = 1000000;
	cr_expect(turn() && jobs.kept_count == 1);
	struct job job = job_of(id);
	cr_assert(store_now(store, &now, &err) && job_lapse(&job, true, now));
	cr_assert(queue_write(store, &job, &won, &err) && won);
	jobs.kept->extended_ms -= 60000;
	parts_left = 2;
	cr_expect(turn(), "it ends, and the job is taken anew");
	cr_expect(job_of(id).state == JOB_HELD && jobs.kept_count == 1);
}

ENGINE_TEST(cancels) {
	const char *unbegun = ask("low", "a"), *running = ask("high", "b");
	cr_assert(queue_cancel(store, "a", &err) && queue_cancel(store, "nobody", &err));
	cr_expect(job_of(unbegun).state == JOB_CANCELLED);
	is_cancelled_meanwhile = true;
	again_ms = 0;
	cr_expect(turn() && runs == 1);
	is_cancelled_meanwhile = false;
	cr_expect(turn() && runs == 1 && surrenders == 1 && job_of(running).state == JOB_CANCELLED);
}

ENGINE_TEST(holds_a_lane_against_all_others) {
	const struct job_kind outside = { .name = "outside", .lane = "lane", .lease_ms = 60000 };
	struct job_run held = { .arena = arena }, other = { .arena = arena };
	(void)ask("low", "a");
	cr_assert(jobs_hold(&jobs, &outside, &held, &err), "%s", err.text);
	cr_expect(!turn() && runs == 0);
	cr_expect(!jobs_hold(&jobs, &outside, &other, &err) && err.kind == ERROR_CONFLICT);
	cr_expect(jobs_let_go(&held, &err));
	cr_expect(turn() && runs == 1);
}

ENGINE_TEST(admits_a_document_to_its_last_holder) {
	const char *id = "6b084fef74614e48902963b2";
	static const struct field fields[] = { FIELD(struct step, name, .stored = "_id", .flags = FIELD_ID) };
	static const struct record_type record = RECORD_TYPE("Thing", struct step, fields);
	bool admitted;
	cr_assert(store_insert(store, "things", &record, &(struct step){ id }, &err), "%s", err.text);
	cr_expect(queue_admit(store, "things", id, 5, &admitted, &err) && admitted);
	cr_expect(queue_admit(store, "things", id, 5, &admitted, &err) && admitted);
	cr_expect(queue_admit(store, "things", id, 4, &admitted, &err) && !admitted);
	cr_expect(queue_admit(store, "things", id, 6, &admitted, &err) && admitted);
}

ENGINE_TEST(cuts_words_and_refuses_long_names) {
	char words[JOB_WORDS_BYTES + 10];
	memset(words, 'x', sizeof words);
	(void)snprintf(words + JOB_WORDS_BYTES - 1, 8, "é%s", "yz");
	const struct job_request request = { .kind = "low", .key = words, .subject = SUBJECT };
	const char *id;
	bool already, changed;
	struct job job;
	cr_expect(!queue_ask(store, &request, arena, &id, &already, &err) && err.kind == ERROR_FAULT);
	id = ask("low", "a");
	struct moment now;
	job = job_of(id);
	bool won;
	cr_assert(store_now(store, &now, &err) && job_claim(&job, "me", 60000, NULL, now));
	cr_assert(queue_write(store, &job, &won, &err) && won);
	const struct job_change change = { JOB_EXTEND, { "me", job.fence }, 0, words };
	cr_assert(queue_change(store, id, &change, arena, &job, &changed, &err) && changed);
	cr_expect_eq(strlen(job_of(id).progress), JOB_WORDS_BYTES - 1, "no half of a character");
}
