/* Recounting days. */
#include "observing/days.h"

#include "audience/contacts/contact_link.h"
#include "audience/lists/past.h"
#include "core/base/local.h"
#include "core/store/version.h"
#include "events/event.h"
#include "events/leaving.h"

enum { LEASE_MS = 60 * SECOND_MS };

struct counting {
	struct job_run *run;
	int campaigns;
};

static bool say(struct job_run *run, const char *words, struct error *err) {
	return job_beat(run, words, err);
}

/* A holder that has lost its job writes what its successor will write, too. */
static void beat(void *context) {
	struct counting *counting = context;
	struct error ignored = ERROR_INIT;
	counting->campaigns++;
	if (!counting->run->lost)
		(void)!say(counting->run, text_of_counted(counting->run->arena, counting->campaigns, "campaign", "campaigns"),
		           &ignored);
}

static bool count_lists(struct job_run *run, struct error *err) {
	struct list *lists;
	int count;
	if (!list_all_ever(run->store, run->arena, &lists, &count, err))
		return false;
	for (int i = 0; i < count && !run->cancelled; i++)
		if (!say(run, arena_print(run->arena, "list %d of %d", i + 1, count), err) ||
		    !leaving_count_weeks(run->store, lists[i].id, run->now, err))
			return false;
	return true;
}

/* Days of UTC are stored in any case. */
static bool run_days(struct job_run *run, struct error *err) {
	struct counting counting = { run, 0 };
	struct versions versions;
	int renewed;
	if (!versions_read(run->store, &versions, err))
		return false;
	local_use(versions.zone);
	if (local_zone() && (!event_renew_growths(run->store, beat, &counting, &renewed, err) || !count_lists(run, err)))
		return false;
	return version_note_counted(run->store, versions.zone, err);
}

static bool plan(struct store *store, struct moment now, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct job_request request = { .kind = DAYS_JOB, .key = DAYS_JOB };
	struct versions versions;
	const char *id;
	bool already;
	(void)now;
	(void)context;
	if (!versions_read(store, &versions, err))
		return false;
	return text_same(versions.zone, versions.counted_zone) || queue_ask(store, &request, arena, &id, &already, err);
}

const struct job_kind days_job = {
	.name = DAYS_JOB,
	.run = run_days,
	.plan = plan,
	.lease_ms = LEASE_MS,
	.attempts_max = 20,
	.priority = 3,
	.lane = CONTACTS_LANE,
	.backoff = { SECOND_MS, LEASE_MS },
};
