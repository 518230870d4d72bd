/* What follows from EmailOctopus's reports: a sync looks, soon and not more often than it should. */
#ifndef INBOUND_OCTOPUS_TAKING_H
#define INBOUND_OCTOPUS_TAKING_H

#include "core/jobs/jobs.h"

/* Has a sync of figures, or of people, look in a minute or in five; not if one is to anyway. */
bool provider_ask_look(struct store *store, bool people, struct arena *arena, struct error *err) MUST_CHECK;

/* Of telltale-audience: asks for that sync, once the one that is under way is over. */
extern const struct job_kind provider_look_job;

#endif
