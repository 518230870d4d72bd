/* "Fewer emails": whoever asks for it gets at most one campaign of ours in 7 days, the first one 7 days after they
 * asked. Which campaign that is, is claimed right before it is handed over: of two at once one has the turn. Single
 * emails are not campaigns, and what a provider sends for its own is not ours to hold back. */
#ifndef AUDIENCE_CONTACTS_FEWER_H
#define AUDIENCE_CONTACTS_FEWER_H

#include "audience/contacts/contact.h"

enum { FEWER_DAYS = 7 };

/* Pure. What was before this moment holds back nothing more. */
struct moment fewer_begins(struct moment now);

/* Pure. Is this campaign (NULL: any) not to be sent to them now? */
bool fewer_holds(const struct contact *contact, const char *campaign_id, struct moment now);

/* Takes the turn for this campaign, or keeps it. *has: false if another one has it. */
bool fewer_claim(struct store *store, const struct contact *contact, const char *campaign_id, struct moment now,
                 bool *has, struct error *err) MUST_CHECK;

/* Whoever has the turn of this campaign and got nothing of it in the end may have the next one. May be repeated. */
bool fewer_give_back(struct store *store, const struct strings *contact_ids, const char *campaign_id,
                     struct error *err) MUST_CHECK;

/* Who said it, and how. */
struct fewer_said {
	bool fewer; /* else all emails again */
	const char *source, *text, *by;
	struct moment now;
};

/* Holds when it returns: every sender sees it. What is as they say changes nothing. MISSING: no such person. */
bool fewer_say(struct store *store, const char *contact_id, const struct fewer_said *said, struct arena *arena,
               struct error *err) MUST_CHECK;

#endif
