/* telltale-sync: waits for a run to be requested or due, and executes it. */
#include "core/cli/worker.h"
#include "core/store/version.h"
#include "observing/job.h"

/* The previous process may have died between its last write and the version bump. */
static bool begin(struct store *store, struct error *err) {
	return version_bump(store, REALM_FIGURES | REALM_LEDGER, err);
}

int main(int count, char **words) {
	static const struct worker worker = {
		"telltale-sync", "Runs the syncs that are requested or due.", sync_kinds, SYNC_KINDS, 500, begin
	};
	return worker_main(&worker, count, words);
}
