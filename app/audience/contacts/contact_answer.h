/* A contact as JSON. */
#ifndef AUDIENCE_CONTACTS_CONTACT_ANSWER_H
#define AUDIENCE_CONTACTS_CONTACT_ANSWER_H

#include "audience/contacts/contact.h"

/* The record, and the same times and counts once more under the names of clients written for mailing platforms:
 * date_added, last_updated, email_stats. emails_sent is null. */
struct value *contact_answer(const struct contact *contact, struct arena *arena);

/* With emails_sent: of one's own campaigns, since a provider does not tell to whom it sent. COUNT_NONE: null. */
struct value *contact_answer_with_sent(const struct contact *contact, int64_t sent, struct arena *arena);

/* For a route's `shape`: what contact_answer adds to contact_record. */
#define CONTACT_ANSWER_SHAPE                                                                                    \
	"date_added:time last_updated:time email_stats{emails_sent:count emails_opened:count emails_clicked:count " \
	"last_opened:time last_clicked:time}"

#endif
