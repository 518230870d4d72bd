/* Ending the memberships of deleted lists. */
#include "audience/contacts/list_removal.h"

#include "audience/contacts/joining.h"
#include "audience/lists/own_list.h"
#include "core/store/version.h"

enum { AT_ONCE = 500, LEASE_MS = 60000 };

static bool finish(struct job_run *run, struct error *err) {
	run->result = "removed";
	return list_forget(run->store, run->job.subject, err) && version_bump(run->store, REALM_PEOPLE, err);
}

/* Some of them: imports go on in between. */
static bool go_on(struct job_run *run, struct error *err) {
	int64_t *ended = run->state;
	int count;
	if (!joining_end(run->store, run->job.subject, AT_ONCE, run->now, &count, err))
		return false;
	*ended += count;
	if (!job_beat(run, arena_print(run->arena, "%lld memberships ended", (long long)*ended), err))
		return false;
	if (count < AT_ONCE || run->cancelled)
		return finish(run, err);
	job_go_on(run);
	return true;
}

static bool begin(struct job_run *run, struct error *err) {
	int64_t *ended = arena_new_of(run->arena, int64_t);
	*ended = 0;
	run->state = ended;
	return go_on(run, err);
}

static bool ask(struct store *store, const char *list_id, struct arena *arena, struct error *err) {
	const char *id;
	bool already;
	const struct job_request request = { list_removal_job.name, arena_print(arena, "list_removal %s", list_id), list_id,
		                                 0 };
	return queue_ask(store, &request, arena, &id, &already, err);
}

static bool adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct strings ids;
	bool fine = list_deleted(store, arena, &ids, err);
	(void)context;
	for (int i = 0; fine && i < ids.count; i++)
		fine = ask(store, ids.items[i], arena, err);
	return fine;
}

bool list_remove(struct store *store, const char *list_id, struct moment at, struct arena *arena, struct error *err) {
	return list_delete(store, list_id, at, err) && ask(store, list_id, arena, err);
}

const struct job_kind list_removal_job = {
	.name = "list_removal",
	.run = begin,
	.go_on = go_on,
	.adopt = adopt,
	.lease_ms = LEASE_MS,
	.backoff = { SECOND_MS, LEASE_MS },
};
