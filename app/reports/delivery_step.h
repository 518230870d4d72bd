/* Only for reports: the state of one step of a delivery. */
#ifndef REPORTS_DELIVERY_STEP_H
#define REPORTS_DELIVERY_STEP_H

#include "reports/schedule.h"

struct step {
	struct job_run *run;
	struct store *store;
	const struct settings *settings;
	struct arena *arena;
	struct delivery delivery;
	struct schedule schedule;
	struct report report;
};

/* Saves the delivery. CONFLICT if a later worker has it. */
bool step_save(struct step *step, struct error *err) MUST_CHECK;

#endif
