/* May this person be mailed, and if not, why not? The first reason that holds is the one that is told. Two forms that
 * agree (tests/unit/audience/contacts/test_mailable.c): a check of one contact, and a filter for counts. */
#ifndef AUDIENCE_CONTACTS_MAILABLE_H
#define AUDIENCE_CONTACTS_MAILABLE_H

#include "audience/contacts/contact.h"

enum mailable {
	MAILABLE,
	MAILABLE_NO_ADDRESS,
	MAILABLE_INACTIVE,
	MAILABLE_SUPPRESSED,
	/* Here from everything, or from the list; without a list, and of a list that they have no membership of (a rule
	 * says who is on it): from all their lists. */
	MAILABLE_UNSUBSCRIBED,
	MAILABLE_PENDING,    /* not confirmed, or a provider's status that we do not know */
	MAILABLE_UNPROVEN,   /* only if consent is required: nothing says that they agreed */
	MAILABLE_BAD_DOMAIN, /* the domain of the address takes no mail */
	MAILABLE_FEWER,      /* they want fewer emails, and had one (fewer.h) */
	MAILABLE_COUNT,
};
extern const struct choices mailables;                    /* "mailable", "no_address" … */
extern const char *const mailable_labels[MAILABLE_COUNT]; /* for people: "No address" */

struct mailable_question {
	bool by_sms;              /* to the phone; else by email */
	const char *list_id;      /* of the list that is sent to; NULL: no list, or several */
	const char *base_list_id; /* of the list that this one is a part of; NULL: none */
	bool suppression_list, require_consent, validate_domains; /* as the settings have it */
	const char *campaign_id;                                  /* that is sent; NULL: none yet */
	struct moment now;
};

/* Pure. Whoever is not on the list may be mailed, too: that is up to who chooses the audience. */
enum mailable contact_mailable(const struct contact *contact, const struct mailable_question *question);

/* The people of whom contact_mailable says `verdict`; lives in the arena. */
const struct filter *contact_mailable_filter(struct arena *arena, const struct mailable_question *question,
                                             enum mailable verdict);

#endif
