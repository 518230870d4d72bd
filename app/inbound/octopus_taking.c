/* Having a sync look. */
#include "inbound/octopus_taking.h"

#include "observing/sync.h"

#define JOB "provider_look"
#define PEOPLE JOB " people"
#define FIGURES JOB " figures"

/* Reading people costs many calls, of which the account has ten a second. */
enum { FIGURES_MS = MINUTE_MS, PEOPLE_MS = 5 * MINUTE_MS, BUSY_MS = 20 * SECOND_MS };

bool provider_ask_look(struct store *store, bool people, struct arena *arena, struct error *err) {
	const char *id;
	const struct job_request request = { .kind = provider_look_job.name,
		                                 .key = people ? PEOPLE : FIGURES,
		                                 .delay_ms = people ? PEOPLE_MS : FIGURES_MS,
		                                 .once_more = true };
	bool already;
	return queue_ask(store, &request, arena, &id, &already, err);
}

static bool run(struct job_run *run, struct error *err) {
	const enum run_kind kind = text_same(run->job.key, PEOPLE) ? RUN_CONTACTS : RUN_FIGURES;
	const char *id;
	bool already;
	if (!sync_request(run->store, kind, "hook", NULL, run->arena, &id, &already, err))
		return false;
	run->result = "asked for";
	if (already) /* it may have read already what has changed since */
		job_again(run, BUSY_MS);
	return true;
}

const struct job_kind provider_look_job = {
	.name = JOB,
	.run = run,
	.lease_ms = MINUTE_MS,
	.priority = 1,
	.backoff = { SECOND_MS, MINUTE_MS },
};
