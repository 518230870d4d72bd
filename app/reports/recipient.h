/* One recipient of a delivery, and how the outcome of sending changes its state. Pure.
 *
 *   open -> begun -> sent | refused | uncertain | deferred -next_try_at-> begun ...
 *
 * BEGUN is stored before the body of the mail is sent. A recipient whom a later worker finds begun, or whose server did
 * not confirm the mail, is UNCERTAIN: nobody can know whether the mail arrived, so this is shown and the mail is not
 * sent again. Every other failure is certain and is retried after a wait that doubles; RECIPIENT_TRIES are spread over
 * about two hours, so that servers that turn away unknown senders at first (greylisting) get the mail in the end. */
#ifndef REPORTS_RECIPIENT_H
#define REPORTS_RECIPIENT_H

#include "core/client/smtp.h"
#include "core/fields/field.h"

enum recipient_state {
	RECIPIENT_OPEN,
	RECIPIENT_BEGUN,
	RECIPIENT_SENT,
	RECIPIENT_REFUSED, /* permanently, or after RECIPIENT_TRIES */
	RECIPIENT_UNCERTAIN,
	RECIPIENT_DEFERRED, /* to be retried at next_try_at */
	RECIPIENT_STATE_COUNT
};
extern const struct choices recipient_states;

enum { RECIPIENT_TRIES = 12 };
#define RECIPIENT_WAIT_MS (10 * SECOND_MS) /* after the first try */
#define RECIPIENT_WAIT_MAX_MS (30 * MINUTE_MS)

struct recipient {
	const char *address, *problem;
	const char *link_id; /* the link in this recipient's mail, the same for each try (reports/handover.h) */
	unsigned state;
	int64_t tries;
	struct moment at, next_try_at;
};
extern const struct record_type recipient_record;

/* The addresses, each mailbox once and as it was typed first: letters A to Z in either case (contact_norm) and both
 * spellings of a domain are the same. */
struct strings recipient_distinct(const struct strings *addresses, struct arena *arena);

/* How long until it is to be tried; -1: never. If next_try_at is further ahead than any wait, the clock was set back:
 * 0. */
int64_t recipient_wait(const struct recipient *recipient, struct moment now);
bool recipient_is_due(const struct recipient *recipient, struct moment now);

/* Applies the outcome of a try, which `tries` already counts. */
void recipient_judge(struct recipient *recipient, const struct smtp_outcome *outcome, struct moment now,
                     struct arena *arena);

/* If it is begun, its worker has died: marks it uncertain. */
void recipient_lose(struct recipient *recipient);

#endif
