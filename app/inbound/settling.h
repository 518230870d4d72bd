/* What follows from mails that came back and from events, many at once: whose they are, who is suppressed, what the
 * campaign's figures and webhooks are told. */
#ifndef INBOUND_SETTLING_H
#define INBOUND_SETTLING_H

#include "dispatch/reconcile.h"
#include "inbound/receiving.h"

/* Of each that names a message, finds whose that was (campaign_id, block, index → contact_id); of an event without one,
 * who has the address. An event about another address than the one that was sent to becomes is_forwarded, and is not
 * hard. Erased people are nobody. The fields are changed in place. */
bool inbound_find_people(struct store *store, struct inbound_mail *mails, int count, struct arena *arena,
                         struct error *err) MUST_CHECK;

/* Does what follows from them, which must be stored, and notes that; people must have been found. May be repeated, and
 * in pieces: what they come to is the same. */
bool inbound_settle(struct store *store, const struct inbound_mail *mails, int count, struct moment now,
                    struct error *err) MUST_CHECK;

/* The messages that they name have arrived, with this proof: what was uncertain of them is not any more. */
bool inbound_reconcile(struct store *store, const struct inbound_mail *mails, int count, enum arrival_proof proof,
                       struct moment now, struct error *err) MUST_CHECK;

#endif
