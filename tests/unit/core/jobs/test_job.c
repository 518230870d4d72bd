/* The state machine of a job, its waits, the size of its document. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/jobs/job.h"

static const struct moment noon = { 1000000 };

static struct job fresh(void) {
	struct job job;
	record_clear(&job_record, &job);
	job.id = "6b084fef74614e48902963b2";
	job.state = JOB_QUEUED;
	job.key = "one";
	job.rev = job.fence = job.attempts = job.wait_ms = 0;
	job.asked_at = job.due_at = noon;
	return job;
}

static struct job claimed(struct job_holder *holder) {
	struct job job = fresh();
	cr_assert(job_claim(&job, "me", 1000, "lane", noon));
	*holder = (struct job_holder){ "me", job.fence };
	return job;
}

static bool change(struct job *job, enum job_verb verb, const struct job_holder *holder, const char *words) {
	return job_change(job, &(struct job_change){ verb, *holder, 500, words }, moment_add(noon, 10));
}

Test(job, is_claimed_when_its_time_has_come) {
	struct job job = fresh();
	job.wait_ms = 100;
	cr_expect(!job_claim(&job, "me", 1000, NULL, moment_add(noon, -1)));
	cr_expect(job_is_due(&job, moment_add(noon, -201)), "the clock was put back");
	cr_expect(job_claim(&job, "me", 1000, "lane", noon));
	cr_expect(job.state == JOB_HELD && job.fence > 0 && job.attempts == 1 && job.lease_until.ms == noon.ms + 1000);
	cr_expect(!job_claim(&job, "you", 1000, NULL, moment_add(noon, 5000)));
}

Test(job, fences_rise_though_the_clock_is_put_back) {
	struct job_holder first;
	struct job job = claimed(&first);
	cr_expect(change(&job, JOB_RELEASE, &first, NULL));
	job.due_at = MOMENT_NONE;
	cr_expect(job_claim(&job, "me", 1000, NULL, (struct moment){ 5 }));
	cr_expect_gt(job.fence, first.fence);
}

Test(job, obeys_its_holder_alone) {
	struct job_holder holder, others[3];
	const struct job job = claimed(&holder);
	others[0] = (struct job_holder){ "you", holder.fence };
	others[1] = (struct job_holder){ "me", holder.fence - 1 };
	others[2] = (struct job_holder){ NULL, holder.fence };
	for (int verb = 0; verb < JOB_CANCEL; verb++) {
		for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
			struct job same = job;
			cr_expect(!change(&same, (enum job_verb)verb, &others[i], "x"));
			cr_expect(memcmp(&same, &job, sizeof job) == 0);
		}
		struct job other = job;
		cr_expect(change(&other, (enum job_verb)verb, &holder, "x"));
	}
}

Test(job, ends_once) {
	for (int verb = JOB_FINISH; verb <= JOB_GIVE_UP; verb += JOB_GIVE_UP - JOB_FINISH) {
		struct job_holder holder;
		struct job job = claimed(&holder);
		cr_expect(change(&job, (enum job_verb)verb, &holder, "words"));
		cr_expect(job_has_ended(&job) && !job.key && !job.lane && !job.owner);
		cr_expect(job.state == (verb == JOB_FINISH ? JOB_DONE : JOB_DEAD));
		cr_expect_str_eq(verb == JOB_FINISH ? job.result : job.problem, "words");
		cr_expect_eq(job.expires_at.ms - job.ended_at.ms, JOB_KEPT_MS);
		struct job same = job;
		for (int again = 0; again < JOB_VERB_COUNT; again++)
			cr_expect(!change(&same, (enum job_verb)again, &holder, NULL));
		cr_expect(!job_claim(&same, "me", 1, NULL, moment_add(noon, DAY_MS)));
		cr_expect(!job_lapse(&same, true, moment_add(noon, DAY_MS)));
	}
}

Test(job, counts_attempts_until_it_is_given_back_in_good_order) {
	struct job_holder holder;
	struct job job = claimed(&holder);
	cr_expect(change(&job, JOB_RETRY, &holder, "no luck"));
	cr_expect(job.state == JOB_QUEUED && job.due_at.ms == noon.ms + 510);
	cr_expect_str_eq(job.problem, "no luck");
	cr_expect(job_claim(&job, "me", 1000, NULL, moment_add(noon, 600)));
	cr_expect(job.attempts == 2 && !job_is_spent(&job, 2) && job_is_spent(&job, 1) && !job_is_spent(&job, 0));
	holder.fence = job.fence;
	cr_expect(change(&job, JOB_RELEASE, &holder, NULL) && job.attempts == 0 && !job.problem && job.key);
}

/* old: what was asked for while a run was under way, which may have looked before, was never looked at. */
Test(job, asked_for_while_it_is_held_begins_anew) {
	const struct job_holder nobody = { 0 };
	for (int verb = JOB_FINISH; verb <= JOB_GIVE_UP; verb += JOB_GIVE_UP - JOB_FINISH) {
		struct job_holder holder;
		struct job job = claimed(&holder), waiting = fresh(), tied = job, ended = job;
		tied.tied = true;
		cr_expect(!change(&waiting, JOB_ONCE_MORE, &nobody, NULL) && !change(&tied, JOB_ONCE_MORE, &nobody, NULL));
		cr_expect(change(&job, JOB_ONCE_MORE, &nobody, NULL) && job_is_held_by(&job, &holder));
		struct job cancelled = job;
		cr_expect(change(&job, (enum job_verb)verb, &holder, "words"));
		cr_expect(job.state == JOB_QUEUED && job.key && !job.owner && !job.lane && job.attempts == 0);
		cr_expect_eq(job.due_at.ms, noon.ms + 510);
		cr_expect(job_claim(&job, "me", 1000, NULL, moment_add(noon, 600)) && job.fence > holder.fence);
		holder.fence = job.fence;
		cr_expect(change(&job, (enum job_verb)verb, &holder, "words") && job_has_ended(&job),
		          "once more, not for ever");
		holder.fence = ended.fence;
		cr_expect(change(&ended, JOB_FINISH, &holder, NULL) && !change(&ended, JOB_ONCE_MORE, &nobody, NULL));
		cr_expect(change(&cancelled, JOB_CANCEL, &nobody, NULL) && change(&cancelled, JOB_GIVE_UP, &holder, NULL));
		cr_expect_eq(cancelled.state, JOB_CANCELLED);
	}
}

Test(job, is_cancelled_at_once_or_by_its_holder) {
	struct job_holder holder, nobody = { 0 };
	struct job unbegun = fresh(), held = claimed(&holder);
	cr_expect(change(&unbegun, JOB_CANCEL, &nobody, NULL) && unbegun.state == JOB_CANCELLED && !unbegun.key);
	cr_expect(change(&held, JOB_CANCEL, &nobody, NULL) && held.state == JOB_HELD && held.cancel);
	struct job orphan = held;
	cr_expect(job_lapse(&orphan, true, noon) && orphan.state == JOB_QUEUED);
	cr_expect(job_claim(&orphan, "you", 1000, NULL, noon) && job_is_spent(&orphan, 0));
	cr_expect(change(&held, JOB_GIVE_UP, &holder, NULL) && held.state == JOB_CANCELLED);
}

Test(job, is_taken_only_from_the_gone_and_the_late) {
	struct job_holder holder;
	const struct job job = claimed(&holder);
	const struct {
		bool gone;
		int64_t later;
		bool taken;
	} cases[] = {
		{ false, 0, false }, { false, 999, false },   { false, 1000, true },
		{ true, 0, true },   { false, -1000, false }, { false, -1001, true }, /* the clock was set back */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct job other = job;
		cr_expect_eq(job_lapse(&other, cases[i].gone, moment_add(noon, cases[i].later)), cases[i].taken, "case %zu", i);
		cr_expect_eq(other.state, cases[i].taken ? JOB_QUEUED : JOB_HELD);
	}
	struct job tied = job;
	tied.tied = true;
	cr_expect(job_lapse(&tied, true, noon) && tied.state == JOB_DEAD);
}

Test(job, waits_longer_each_time_but_not_for_ever) {
	const struct job_backoff backoff = { 1000, 60000 };
	for (int64_t attempts = 1; attempts < 100; attempts++) {
		int64_t whole = attempts < 7 ? INT64_C(1000) << (attempts - 1) : 60000, least = whole, most = 0;
		for (uint64_t seed = 0; seed < 500; seed++) {
			int64_t wait = job_wait(&backoff, attempts, seed);
			cr_assert(wait >= whole / 2 && wait <= whole && wait == job_wait(&backoff, attempts, seed));
			least = wait < least ? wait : least;
			most = wait > most ? wait : most;
		}
		cr_expect(least < whole * 51 / 100 && most > whole * 99 / 100, "the waits are scattered over the half");
	}
}

Test(job, document_stays_small) {
	char name[JOB_NAME_BYTES + 1], words[JOB_WORDS_BYTES + 1];
	memset(name, 'n', sizeof name);
	memset(words, 'w', sizeof words);
	name[JOB_NAME_BYTES] = words[JOB_WORDS_BYTES] = '\0';
	struct job_holder holder;
	struct job job = claimed(&holder);
	job.kind = job.key = job.lane = name;
	job.owner = name;
	job.progress = job.problem = job.result = words;
	job.ended_at = job.expires_at = noon;
	bson_t document = BSON_INITIALIZER;
	record_to_bson(&job_record, &job, &document);
	cr_expect_lt(document.len, 1500);
	bson_destroy(&document);
}
