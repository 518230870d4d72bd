/* Asking those who are pending on a list to confirm that they want its emails: whoever was put there by hand, by API or
 * by a file, and hears nothing by themselves. Asked is by a confirmation (confirmation.h), with its limits. */
#ifndef SUBSCRIBING_PENDING_H
#define SUBSCRIBING_PENDING_H

#include "audience/contacts/contact.h"
#include "subscribing/confirmation.h"

enum pending_verdict {
	PENDING_MAY,
	PENDING_WAITS, /* was asked, and the link still works */
	PENDING_NO_ADDRESS,
	PENDING_INACTIVE,
	PENDING_SUPPRESSED,   /* for another reason than unsubscribing */
	PENDING_UNSUBSCRIBED, /* from everything */
	PENDING_BAD_DOMAIN,
	PENDING_TOO_OFTEN, /* only after asking: CONFIRMATIONS_AN_HOUR were sent to the address */
	PENDING_VERDICTS,
};
extern const struct choices pending_verdicts;                      /* "may_be_asked" … */
extern const char *const pending_verdict_labels[PENDING_VERDICTS]; /* for people: "Waiting for their answer" */

enum {
	PENDING_LOOK = 5000,   /* people of a list that are looked at */
	PENDING_AT_ONCE = 200, /* people who are asked by one request, */
	PENDING_MS = 2500,     /* which takes about so long at most */
};

struct pending_person {
	const char *contact_id, *email;
	enum pending_verdict verdict;
	struct moment asked_at; /* of WAITS */
};

struct pending_people {
	struct pending_person *items; /* by address */
	int count;
	int64_t counts[PENDING_VERDICTS];
	bool is_part; /* there are more than PENDING_LOOK */
};

/* Pure. May this person, pending on a list, be asked? `validate_domains`: as the settings have it. Never WAITS or
 * TOO_OFTEN. */
enum pending_verdict pending_judge(const struct contact *contact, bool validate_domains);

/* Everybody who is pending on the list. */
bool pending_read(const struct acting *acting, const char *list_id, struct pending_people *people,
                  struct error *err) MUST_CHECK;

/* Asks those who may be asked, in their order, as many as one request takes, and says of each what holds then. *asked:
 * how many; those who are still PENDING_MAY have not had their turn. CONFLICT: nothing can be sent. */
bool pending_ask(const struct acting *acting, const struct list *list, struct pending_people *people, int64_t *asked,
                 struct error *err) MUST_CHECK;

/* Asks one, also once more; the same again within a minute sends nothing. CONFLICT: they are not pending on it, or may
 * not be asked, and why. LIMITED: asked too often. */
bool pending_ask_one(const struct acting *acting, const struct list *list, const struct contact *contact,
                     struct error *err) MUST_CHECK;

#endif
