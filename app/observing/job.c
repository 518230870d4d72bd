/* The jobs of runs. */
#include "observing/job.h"

#include "audience/contacts/contact_link.h"
#include "core/base/lease.h"
#include "core/base/local.h"
#include "core/process/settings.h"
#include "core/store/clock.h"
#include "core/store/version.h"
#include "observing/days.h"
#include "observing/engine.h"

#define LANE CONTACTS_LANE /* for everything that reads the provider or raw answers */

/* What this run appends must follow what is there, even if the clock was set back since. */
static bool follow_history(struct work *work, struct error *err) {
	struct moment newest;
	if (!sync_newest_history(work->store, &newest, err))
		return false;
	if (moment_is_set(newest) && newest.ms >= work->taken_at.ms)
		work->ahead_ms = newest.ms - work->taken_at.ms + 1;
	return true;
}

static bool find_open(struct job_run *run, struct work *work, bool *open, struct error *err) {
	const struct settings *settings = run->context;
	*work = (struct work){
		.store = run->store,
		.settings = settings,
		.arena = run->arena,
		.job = run,
		.taken_ms = monotonic_ms(),
		.provider_at = MOMENT_NONE,
		.listed_at = MOMENT_NONE,
	};
	*open = false;
	work->limit = (struct rate_limit){ "emailoctopus", 100, (double)settings->calls_per_second };
	struct versions versions;
	if (!versions_read(run->store, &versions, err))
		return false;
	local_use(versions.zone); /* what is counted by day is counted by its days, too */
	if (!store_now(run->store, &work->taken_at, err) ||
	    !sync_find(run->store, run->job.subject, run->arena, &work->run, open, err))
		return false;
	*open = *open && (work->run.state == RUN_QUEUED || work->run.state == RUN_RUNNING);
	return !*open || (job_admit(run, "sync_runs", work->run.id, err) && follow_history(work, err));
}

static bool run_sync(struct job_run *run, struct error *err) {
	struct work work;
	bool open;
	if (!find_open(run, &work, &open, err) || !open)
		return !open;
	work_carry_out(&work);
	if (work.lost)
		job_again(run, 0);
	return true;
}

static bool give_up(struct job_run *run, const char *why, struct error *err) {
	struct work work;
	bool open;
	if (!find_open(run, &work, &open, err) || !open)
		return !open;
	work_give_up(&work, arena_print(run->arena, "it was begun %lld times, at last: %s",
	                                (long long)run->job.attempts - 1, why));
	return true;
}

/* By the database's clock, as in the runs' timestamps. */
static bool plan_figures(struct store *store, struct moment machine_now, void *context, struct error *err) {
	const struct settings *settings = context;
	ARENA_AUTO arena = arena_new();
	struct sync_run *last;
	const char *id;
	int count;
	bool already;
	struct moment now;
	(void)machine_now;
	if (!store_now(store, &now, err) || !sync_recent(store, RUN_FIGURES, 1, arena, &last, &count, err))
		return false;
	if (count && (last->active || was_lately(last->requested_at, settings->sync_interval_s * 1000, now)))
		return true;
	return sync_request(store, RUN_FIGURES, "schedule", "system", arena, &id, &already, err);
}

/* Contacts are read once after each figures run. By numbers, because times may have been set back between the two. */
static bool contacts_are_due(struct store *store, struct arena *arena, bool *due, struct error *err) {
	struct sync_run *figures, *contacts;
	int some, any;
	if (!sync_recent(store, RUN_FIGURES, 1, arena, &figures, &some, err) ||
	    !sync_recent(store, RUN_CONTACTS, 1, arena, &contacts, &any, err))
		return false;
	*due = some && moment_is_set(figures->ended_at) && figures->state != RUN_FAILED &&
	       (!any || (!contacts->active && contacts->number <= figures->number));
	return true;
}

static bool plan_contacts(struct store *store, struct moment now, void *context, struct error *err) {
	const struct settings *settings = context;
	ARENA_AUTO arena = arena_new();
	const char *id;
	bool due = false, already;
	(void)now;
	if (settings->sync_contacts && !contacts_are_due(store, arena, &due, err))
		return false;
	return !due || sync_request(store, RUN_CONTACTS, "schedule", "system", arena, &id, &already, err);
}

static bool adopt(struct store *store, const char *which, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct sync_run run;
	bool found;
	if (!sync_find(store, which, arena, &run, &found, err))
		return false;
	return !found || sync_ask_job(store, &run, arena, err);
}

static bool adopt_figures(struct store *store, void *context, struct error *err) {
	(void)context;
	return adopt(store, "active", err);
}

static bool adopt_contacts(struct store *store, void *context, struct error *err) {
	(void)context;
	return adopt(store, "contacts", err);
}

enum { LEASE_MS = 30 * SECOND_MS, ATTEMPTS_MAX = 20, REPLAY_MS = 60 * MINUTE_MS };

static const struct job_kind figures_job = {
	.name = FIGURES_JOB,
	.run = run_sync,
	.give_up = give_up,
	.plan = plan_figures,
	.adopt = adopt_figures,
	.lease_ms = LEASE_MS,
	.attempts_max = ATTEMPTS_MAX,
	.priority = 2,
	.lane = LANE,
	.backoff = { SECOND_MS, LEASE_MS },
};

static const struct job_kind contacts_job = {
	.name = CONTACTS_JOB,
	.run = run_sync,
	.give_up = give_up,
	.plan = plan_contacts,
	.adopt = adopt_contacts,
	.lease_ms = LEASE_MS,
	.attempts_max = ATTEMPTS_MAX,
	.priority = 1,
	.lane = LANE,
	.backoff = { SECOND_MS, LEASE_MS },
};

const struct job_kind *const sync_kinds[SYNC_KINDS] = { &figures_job, &contacts_job, &days_job };

const struct job_kind replay_job = { .name = "replay", .lane = LANE, .lease_ms = REPLAY_MS };
