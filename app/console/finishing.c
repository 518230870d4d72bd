/* Finishing interrupted merges and erasures. */
#include "console/finishing.h"

#include "audience/contacts/alias.h"
#include "console/erasing.h"
#include "console/merging.h"
#include "core/base/lease.h"
#include "core/store/clock.h"

/* PATIENCE_MS: longer than the request that claimed it can take. */
enum { PATIENCE_MS = 2 * MINUTE_MS, LEASE_MS = 5 * MINUTE_MS };

static bool erase_again(struct job_run *run, const struct claim *claim, struct error *err) {
	struct contact contact;
	bool found;
	if (!contact_find(run->store, claim->goes, run->arena, &contact, &found, err))
		return false;
	return found ? person_erase(run->store, claim->goes, run->now, run->arena, err)
	             : alias_release(run->store, &(struct strings){ (const char *[]){ claim->goes }, 1 }, err);
}

static bool finish(struct job_run *run, const struct claim *claim, struct error *err) {
	bool dropped = false;
	if (!claim->begun && !alias_drop(run->store, claim, &dropped, err))
		return false;
	run->result = dropped ? "given up" : "finished";
	if (dropped)
		return true;
	return text_same(claim->goes, claim->into) ? erase_again(run, claim, err)
	                                           : person_merge_again(run->store, claim, run->now, run->arena, err);
}

static bool begin(struct job_run *run, struct error *err) {
	struct claim claim;
	bool found;
	if (!alias_open_claim(run->store, run->job.subject, run->arena, &claim, &found, err))
		return false;
	return !found || was_lately(claim.at, PATIENCE_MS, run->now) || finish(run, &claim, err);
}

static bool adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct claim *claims;
	struct moment now;
	int count;
	(void)context;
	if (!store_now(store, &now, err) || !alias_open_claims(store, arena, &claims, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		const char *id;
		bool already;
		const struct job_request request = { finishing_job.name, arena_print(arena, "finishing %s", claims[i].goes),
			                                 claims[i].goes, 0 };
		if (!was_lately(claims[i].at, PATIENCE_MS, now) && !queue_ask(store, &request, arena, &id, &already, err))
			return false;
	}
	return true;
}

const struct job_kind finishing_job = {
	.name = "finishing",
	.run = begin,
	.adopt = adopt,
	.lease_ms = LEASE_MS,
	.attempts_max = 3,
	.backoff = { SECOND_MS, MINUTE_MS },
};
