/* The job engine with workers that crash, sleep and cancel, and clocks that jump. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/jobs/job.h"

/* A simulation of several workers on one store. A worker reads; later, after others may have written, it writes its
 * decision on the same conditions as queue_write: rev, key and lane. At any point it may sleep, or crash and come back
 * as another process. Each job is about a document that only an admitted fence may write. */
enum { JOBS = 5, WORKERS = 4, STEPS = 4000, LEASE = 50, ATTEMPTS = 3, HEAL = 20000, OWNERS = 4000 };

struct document {
	int64_t fence;
	int endings; /* number of times its end was written */
};

struct worker {
	int owner;       /* process id */
	int at;          /* index of the job that it decides about or holds */
	bool holds;      /* it believes that it holds the job */
	bool decided;    /* `next` is to be written */
	struct job next; /* with the rev that was read */
	int64_t fence;
};

struct world {
	uint64_t seed;
	struct moment now;
	struct job jobs[JOBS];
	struct document documents[JOBS];
	struct worker workers[WORKERS];
	const char *claimants[JOBS][STEPS + HEAL]; /* owner of the n-th fence of each job */
	int64_t fences[JOBS][STEPS + HEAL];
	int claims[JOBS];
	int owners;
	bool alive[OWNERS];
	bool calm;
};

static char owner_names[OWNERS][8];

static uint64_t random_of(struct world *world, uint64_t below) {
	world->seed ^= world->seed << 13;
	world->seed ^= world->seed >> 7;
	world->seed ^= world->seed << 17;
	return world->seed % below;
}

static const char *new_owner(struct world *world, struct worker *worker) {
	world->alive[worker->owner] = false;
	worker->owner = world->owners++;
	cr_assert_lt(world->owners, OWNERS);
	world->alive[worker->owner] = true;
	return owner_names[worker->owner];
}

static bool is_gone(const struct world *world, const char *owner) {
	return !world->alive[(const char(*)[8])owner - owner_names];
}

/* As queue_write: checks rev, and one held job per lane. */
static bool write_job(struct world *world, int at, const struct job *next) {
	if (world->jobs[at].rev != next->rev)
		return false;
	for (int i = 0; i < JOBS; i++)
		if (i != at && next->lane && text_same(world->jobs[i].lane, next->lane))
			return false;
	cr_assert(!job_has_ended(&world->jobs[at]), "what has ended changes no more");
	world->jobs[at] = *next;
	world->jobs[at].rev++;
	return true;
}

/* Every claim gets a new fence above all earlier ones. */
static void note_claim(struct world *world, int at) {
	const struct job *job = &world->jobs[at];
	int count = world->claims[at]++;
	cr_assert(count == 0 || world->fences[at][count - 1] < job->fence);
	world->fences[at][count] = job->fence;
	world->claimants[at][count] = job->owner;
}

static void decide_anew(struct world *world, struct worker *worker) {
	worker->at = (int)random_of(world, JOBS);
	worker->next = world->jobs[worker->at];
	struct job *job = &worker->next;
	if (job->state == JOB_HELD) {
		bool counts = lease_counts(job->lease_until, job->lease_ms, world->now);
		bool gone = is_gone(world, job->owner);
		worker->decided = job_lapse(job, gone, world->now);
		cr_assert(worker->decided == (gone || !counts), "nobody is robbed while its lease counts");
		return;
	}
	worker->decided = job_claim(job, owner_names[worker->owner], LEASE, worker->at < 2 ? "lane" : NULL, world->now);
}

/* A holder's writes to the document: first its fence, last the end. */
static bool admit(struct world *world, const struct worker *worker) {
	struct document *document = &world->documents[worker->at];
	if (document->fence > worker->fence)
		return false;
	document->fence = worker->fence;
	return true;
}

static void write_end(struct world *world, const struct worker *worker) {
	struct document *document = &world->documents[worker->at];
	if (document->fence == worker->fence && document->endings == 0)
		document->endings++;
}

static void decide_as_holder(struct world *world, struct worker *worker) {
	static const enum job_verb some[] = { JOB_EXTEND, JOB_EXTEND, JOB_RELEASE, JOB_RETRY, JOB_FINISH };
	worker->next = world->jobs[worker->at];
	struct job_holder me = { owner_names[worker->owner], worker->fence };
	struct job_change change = { some[random_of(world, world->calm ? 5 : 4)], me, (int64_t)random_of(world, 100),
		                         "words" };
	if (job_is_spent(&worker->next, ATTEMPTS))
		change.verb = JOB_GIVE_UP;
	if (!admit(world, worker))
		worker->holds = false;
	else if (change.verb == JOB_FINISH || change.verb == JOB_GIVE_UP)
		write_end(world, worker);
	worker->decided = worker->holds && job_change(&worker->next, &change, world->now);
	worker->holds = worker->decided;
}

static void write_decision(struct world *world, struct worker *worker) {
	bool was = worker->holds;
	worker->decided = false;
	if (!write_job(world, worker->at, &worker->next))
		return; /* the holder will look again */
	const struct job *stored = &world->jobs[worker->at];
	if (!was && stored->state == JOB_HELD) {
		worker->fence = stored->fence;
		note_claim(world, worker->at);
	}
	worker->holds = stored->state == JOB_HELD && text_same(stored->owner, owner_names[worker->owner]);
}

static void step(struct world *world) {
	struct worker *worker = &world->workers[random_of(world, WORKERS)];
	uint64_t dice = random_of(world, 1000);
	world->now.ms += (int64_t)random_of(world, 10);
	if (!world->calm && dice < 15) {
		(void)new_owner(world, worker);
		worker->holds = worker->decided = false;
	} else if (!world->calm && dice < 18) {
		world->now.ms += (dice == 15 ? 1 : -1) * DAY_MS;
	} else if (!world->calm && dice < 25) {
		struct job *job = &world->jobs[random_of(world, JOBS)];
		enum job_verb verb = dice < 20 ? JOB_CANCEL : JOB_ONCE_MORE;
		job->rev += job_change(job, &(struct job_change){ .verb = verb, .wait_ms = 50 }, world->now);
	} else if (worker->decided) {
		write_decision(world, worker);
	} else if (worker->holds) {
		decide_as_holder(world, worker);
	} else {
		decide_anew(world, worker);
	}
}

static bool all_have_ended(const struct world *world) {
	for (int i = 0; i < JOBS; i++)
		if (!job_has_ended(&world->jobs[i]))
			return false;
	return true;
}

static struct job new_job(struct moment now) {
	struct job job;
	record_clear(&job_record, &job);
	job.state = JOB_QUEUED;
	job.rev = job.fence = job.attempts = job.wait_ms = 0;
	job.asked_at = job.due_at = now;
	return job;
}

static void set_up(struct world *world, uint64_t seed) {
	memset(world, 0, sizeof *world);
	world->seed = seed;
	world->now = (struct moment){ 100 * DAY_MS };
	for (int i = 0; i < OWNERS; i++)
		(void)snprintf(owner_names[i], sizeof owner_names[i], "%d", i);
	for (int i = 0; i < WORKERS; i++)
		(void)new_owner(world, &world->workers[i]);
	for (int i = 0; i < JOBS; i++)
		world->jobs[i] = new_job(world->now);
}

static void check_end(const struct world *world, uint64_t seed) {
	cr_assert(all_have_ended(world), "seed %llu: a job is stuck", (unsigned long long)seed);
	for (int i = 0; i < JOBS; i++) {
		cr_assert_leq(world->documents[i].endings, 1);
		if (world->jobs[i].fence)
			cr_assert_eq(world->documents[i].endings, 1, "seed %llu: its document does not say how job %d ended",
			             (unsigned long long)seed, i);
	}
}

/* Whatever happens: no forbidden write, nothing lost, nothing ended twice. */
Test(jobs, survive_everything, .timeout = 120) {
	static struct world world;
	for (uint64_t seed = 1; seed <= 400; seed++) {
		set_up(&world, seed * UINT64_C(0x9e3779b97f4a7c15));
		for (int i = 0; i < STEPS; i++)
			step(&world);
		world.calm = true;
		for (int i = 0; i < HEAL && !all_have_ended(&world); i++)
			step(&world);
		check_end(&world, seed);
	}
}
