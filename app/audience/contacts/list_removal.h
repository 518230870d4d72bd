/* Ending the memberships of deleted lists of one's own: one job each, which may be resumed anywhere. */
#ifndef AUDIENCE_CONTACTS_LIST_REMOVAL_H
#define AUDIENCE_CONTACTS_LIST_REMOVAL_H

#include "core/jobs/jobs.h"

extern const struct job_kind list_removal_job;

/* Deletes the list (lists/own_list.h) and queues its job. */
bool list_remove(struct store *store, const char *list_id, struct moment at, struct arena *arena,
                 struct error *err) MUST_CHECK;

#endif
