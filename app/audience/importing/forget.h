/* What imports keep of people who are erased. */
#ifndef AUDIENCE_IMPORTING_FORGET_H
#define AUDIENCE_IMPORTING_FORGET_H

#include "core/jobs/jobs.h"

/* Deletes the lines about these people (their ids; addresses as contact_norm has them, and phone numbers), with the
 * values that undoing would put back. The job looks through what takes longer: the lines of rows that did not say who
 * they are, and the files that wait for somebody's word; those in which somebody is named who was erased after they
 * were uploaded are deleted, and their imports dropped. What was imported is counted as before. May be repeated. */
bool import_forget(struct store *store, const struct strings *ids, const struct strings *keys, struct moment now,
                   struct error *err) MUST_CHECK;

/* Looks through lines and file of the import that is its subject: of telltale-audience, because 200 MB take minutes. */
extern const struct job_kind import_forget_job;

#endif
