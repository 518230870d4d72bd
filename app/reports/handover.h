/* Only for reports: sends a report to the recipients of a delivery, several at once. Its job is kept (core/jobs/jobs.h)
 * until everything that can be tried now has been tried.
 *
 * Each recipient gets a mail of its own with a link of its own. The link's id is stored with the recipient and stays
 * the same for all tries; the token is new for each try (link_create replaces it). A failed try has shown its token to
 * nobody who could use it, as only failures that are certain are retried. So there is one link per recipient, and its
 * token is neither stored nor derived from a key, as an HMAC of the link's id would be. */
#ifndef REPORTS_HANDOVER_H
#define REPORTS_HANDOVER_H

#include "reports/delivery_step.h"

struct handover;

/* Copies the step; lives in its arena. */
struct handover *handover_new(const struct step *step);
struct step *handover_step(struct handover *handover);

/* Works for up to `ms`. *wait_ms: -1 while there is something to do; otherwise how long until the next recipient is to
 * be tried (0: another process may do so now), or HANDOVER_OVER if none is left. */
#define HANDOVER_OVER INT64_MAX
bool handover_turn(struct handover *handover, int64_t ms, int64_t *wait_ms, struct error *err) MUST_CHECK;

/* Once there is nothing to do for now: the mail server was used, and how that went. */
bool handover_note(const struct handover *handover, struct error *err) MUST_CHECK;

#endif
