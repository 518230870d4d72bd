/* telltale-audience: imports people and ends the memberships of deleted lists. A program of its own, because this may
 * take long and must hold up neither the syncs, which share a lane, nor the reports, and needs the key of suppressions.
 */
#include "audience/contacts/list_removal.h"
#include "audience/importing/job.h"
#include "core/cli/worker.h"

static const struct job_kind *const kinds[] = { &import_check_job, &import_job, &list_removal_job };

int main(int count, char **words) {
	static const struct worker worker = { "telltale-audience",
		                                  "Imports people from files, and ends the memberships of deleted lists.",
		                                  kinds,
		                                  sizeof kinds / sizeof *kinds,
		                                  300,
		                                  NULL };
	return worker_main(&worker, count, words);
}
