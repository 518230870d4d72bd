/* Jobs in unit tests: beside store_support.h. */
#ifndef UNIT_JOBS_SUPPORT_H
#define UNIT_JOBS_SUPPORT_H

#include <criterion/criterion.h>

#include "core/jobs/jobs.h"

/* Works until no job of these kinds is left; `looks_around`: what was left out by a crash is asked for first, as
 * programs do now and then. */
static inline void work_off(struct store *of, const struct job_kind *const *kinds, int count, bool looks_around,
                            void *context) {
	struct error why = ERROR_INIT;
	struct jobs jobs;
	bool worked = true;
	jobs_open(&jobs, of, kinds, count, context);
	cr_assert(!looks_around || jobs_plan(&jobs, &why), "%s", why.text);
	while (worked)
		cr_assert(jobs_turn(&jobs, &worked, &why), "%s", why.text);
}

#endif
