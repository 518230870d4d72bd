/* telltale-sender: sends campaigns. Any number of these processes share the work, on any number of machines. */
#include "sender/sender.h"
#include "dispatch/freeze.h"
#include "dispatch/scheduler.h"
#include "sender/single_job.h"
#include "sender/test_job.h"

static const struct job_kind *const kinds[] = { &freeze_job, &scheduler_job, &test_mail_job, &single_mail_job };

int main(int count, char **words) {
	return sender_main(kinds, sizeof kinds / sizeof *kinds, count, words);
}
