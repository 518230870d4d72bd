/* telltale-sync: waits for a run to be requested or due, and executes it. */
#include "connections/trying_job.h"
#include "core/cli/worker.h"
#include "core/store/version.h"
#include "observing/job.h"

/* The previous process may have died between its last write and the version bump. */
static bool begin(struct store *store, struct error *err) {
	return version_bump(store, REALM_FIGURES | REALM_LEDGER, err);
}

static const struct job_kind *kinds[SYNC_KINDS + 1] = { &observed_test_job };

int main(int count, char **words) {
	static const struct worker worker = {
		"telltale-sync", "Runs the syncs that are requested or due.", kinds, SYNC_KINDS + 1, 500, begin
	};
	for (int i = 0; i < SYNC_KINDS; i++)
		kinds[i + 1] = sync_kinds[i];
	return worker_main(&worker, count, words);
}
