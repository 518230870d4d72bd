/* What somebody has been asked by mail to confirm: that they want to be mailed, or something else that only they may
 * want. Nothing of it holds before they have: whoever typed the address need not be its owner. The mail's link names
 * the confirmation (content/tokens), works for some days (confirmation_days) and once; it asks, and only the button of
 * its page confirms, as scanners of mail follow links.
 *
 * Rows are kept in `confirmations` until the link ends; what was confirmed is then with the person (consent). */
#ifndef SUBSCRIBING_CONFIRMATION_H
#define SUBSCRIBING_CONFIRMATION_H

#include "audience/contacts/change.h"
#include "dispatch/acting.h"

enum { CONFIRMATION_DAYS = 7, CONFIRMATION_DATA_DAYS = 1, CONFIRMATIONS_AN_HOUR = 3 };

enum confirm_purpose {
	CONFIRM_EMAILS,   /* they want emails */
	CONFIRM_TRACKING, /* their opens and clicks may be kept with their name */
	CONFIRM_EXPORT,   /* they want all that is stored of them */
	CONFIRM_ERASURE,  /* all of it is to be removed */
	CONFIRM_PURPOSES,
};
extern const struct choices confirm_purposes;

/* How long a link of this purpose works. */
int confirmation_days(unsigned purpose);

struct confirmation {
	const char *id;
	unsigned purpose;              /* enum confirm_purpose */
	const char *email;             /* as of contact_norm: where the mail went */
	const char *contact_id;        /* whom; NULL: nobody had the address then */
	struct strings list_ids;       /* own static lists; none: everything that they had unsubscribed from */
	const char *what;              /* name of the one list, for people; NULL: several, or everything */
	const char *source;            /* for the consent: how they asked */
	const char *text;              /* for the consent: the words that they agreed to, or their version */
	bool is_signup;                /* whoever has the address becomes a contact */
	struct contact_request person; /* of a sign-up: what they typed … */
	struct strings given;          /* … and its members */
	const char *asked_by;          /* user who had put them on the list; NULL: they asked for it themselves */
	struct moment asked_at, expires_at, confirmed_at;
};
extern const struct record_type confirmation_record;

/* Is there a sender, and are there keys for links? Without, whoever is asked hears nothing. */
bool confirmation_can_send(struct store *store, const struct settings *settings, struct arena *arena, bool *can,
                           struct error *err) MUST_CHECK;

/* Stores it (with an id of its own and its times) and has the mail sent. *asked: it was; false without an error: the
 * address is suppressed for another reason than unsubscribing, or its mailbox (without dots, and what follows a +) was
 * asked CONFIRMATIONS_AN_HOUR times in an hour.
 * Whoever is told of that learns whether an address is known: strangers are told the same either way. */
bool confirmation_ask(const struct acting *acting, struct confirmation *confirmation, bool *asked,
                      struct error *err) MUST_CHECK;

enum confirmation_state {
	CONFIRMATION_OPEN,
	CONFIRMATION_DONE, /* before: nothing more happens */
	CONFIRMATION_OVER, /* the link has ended, or what it asked is no longer wanted */
};

/* By the token of a link. MISSING: it is no token of ours. */
bool confirmation_look(const struct acting *acting, const char *token, struct confirmation *confirmation,
                       enum confirmation_state *state, struct error *err) MUST_CHECK;

/* Who it is about: the contact, if the address is still theirs. */
bool confirmation_person(const struct acting *acting, const struct confirmation *confirmation, struct contact *contact,
                         bool *found, struct error *err) MUST_CHECK;

/* Of an export: the link is used up. *taken: it was not so before, so of two who follow it at once one gets it. */
bool confirmation_take(const struct acting *acting, const struct confirmation *confirmation, bool *taken,
                       struct error *err) MUST_CHECK;

/* Of emails and tracking: they have confirmed it. May be repeated, also after a crash in between; *state is what holds
 * afterwards. Returns when every sender sees it (core/store/version.h, REALM_PEOPLE). */
bool confirmation_confirm(const struct acting *acting, const struct confirmation *confirmation,
                          enum confirmation_state *state, struct error *err) MUST_CHECK;

/* Those about the list that these people can still confirm, newest first. */
bool confirmations_open(const struct acting *acting, const char *list_id, const struct strings *contact_ids,
                        struct confirmation **open, int *count, struct error *err) MUST_CHECK;

/* All that somebody was asked, oldest first. `norm`: their address as of contact_norm. */
bool confirmations_of(struct store *store, const char *contact_id, const char *norm, struct arena *arena,
                      struct confirmation **rows, int *count, struct error *err) MUST_CHECK;

/* They have left a list (NULL: everything): what they, or their address, were asked about it is no longer to be
 * confirmed. */
bool confirmation_drop(struct store *store, const struct contact *contact, const char *list_id,
                       struct error *err) MUST_CHECK;

/* Removes those of people who are erased, by id or address (contact_norm). */
bool confirmations_forget(struct store *store, const struct strings *contact_ids, const struct strings *norms,
                          struct error *err) MUST_CHECK;

#endif
