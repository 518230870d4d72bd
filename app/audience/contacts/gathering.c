/* Making up for changes of memberships and suppressions that were interrupted. */
#include "audience/contacts/gathering.h"

#include "audience/contacts/joining.h"
#include "audience/contacts/suppressing.h"
#include "core/store/clock.h"

/* PATIENCE_MS: longer than the request can take that is changing them. */
enum { PATIENCE_MS = MINUTE_MS, AT_ONCE = 500, LEASE_MS = 60000 };

static bool finish(struct job_run *run, struct error *err) {
	int count, suppressed;
	if (!joining_finish(run->store, PATIENCE_MS, AT_ONCE, run->now, &count, err) ||
	    !contact_finish_suppressed(run->store, PATIENCE_MS, AT_ONCE, run->now, &suppressed, err))
		return false;
	if (count == AT_ONCE || suppressed == AT_ONCE)
		job_again(run, 0);
	run->result = arena_print(run->arena, "%d contacts, %d suppressions", count, suppressed);
	return true;
}

static bool is_anything_left(struct store *store, bool *left, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct suppression *rows;
	struct moment now;
	int64_t waiting;
	int count = 0;
	if (!store_count_most(store, "contacts", FILTER(is_present("gather_at")), 1, &waiting, err) ||
	    (waiting == 0 && (!store_now(store, &now, err) ||
	                      !suppression_find_left(store, PATIENCE_MS, 1, now, arena, &rows, &count, err))))
		return false;
	*left = waiting > 0 || count > 0;
	return true;
}

static bool adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct job_request request = { .kind = gathering_job.name, .key = gathering_job.name };
	const char *id;
	bool left, already;
	(void)context;
	return is_anything_left(store, &left, err) && (!left || queue_ask(store, &request, arena, &id, &already, err));
}

const struct job_kind gathering_job = {
	.name = "gathering",
	.run = finish,
	.adopt = adopt,
	.lease_ms = LEASE_MS,
	.backoff = { SECOND_MS, LEASE_MS },
};
