/* telltale-audience: imports people and suppressions, counts people, empties deleted lists, looks for erased people in
 * waiting files, and finishes merges, erasures, suppressions, changes of memberships and mails that came back, if
 * interrupted. Most of it compares people with those who were erased, under SUPPRESSION_KEY, which this program has and
 * the reports' has not. A program of its own, because an import may take long and must hold up neither the syncs, which
 * share a lane, nor the reports. */
#include "answering/folding.h"
#include "answering/recording.h"
#include "audience/contacts/gathering.h"
#include "audience/contacts/list_removal.h"
#include "audience/contacts/rollup.h"
#include "audience/domains/look_up.h"
#include "audience/importing/forget.h"
#include "audience/importing/job.h"
#include "console/finishing.h"
#include "console/suppression_import_job.h"
#include "core/cli/worker.h"
#include "inbound/fetching.h"
#include "inbound/hooking.h"
#include "inbound/octopus_taking.h"
#include "inbound/receiving.h"
#include "preflight/lookups.h"
#include "senders/check_job.h"

static const struct job_kind *const kinds[] = { &import_check_job,   &import_job,        &import_forget_job,
	                                            &list_removal_job,   &rollup_job,        &domain_job,
	                                            &finishing_job,      &link_check_job,    &sender_check_job,
	                                            &sending_domain_job, &hits_job,          &gathering_job,
	                                            &fold_job,           &inbound_job,       &hook_job,
	                                            &mailbox_job,        &provider_look_job, &suppression_import_job };

int main(int count, char **words) {
	static const struct worker worker = { "telltale-audience",
		                                  "Imports people from files, counts them, empties deleted lists, finishes "
		                                  "merges, and looks up links and domains.",
		                                  kinds,
		                                  sizeof kinds / sizeof *kinds,
		                                  300,
		                                  NULL };
	return worker_main(&worker, count, words);
}
