/* Who caused a hit: a person, a proxy that hides whether anybody looked, or a machine that only checks. All pure. The
 * rules are for what is kept of a visitor (answering/visitor.h), so hits are judged anew when the rules change.
 *
 * Sources: what Apple, Google and Yahoo say of their proxies; filters of mail as their users have described them.
 * Networks are told apart within a day, and not named: that a hit came from a data centre is not known. */
#ifndef ANSWERING_JUDGING_H
#define ANSWERING_JUDGING_H

#include "answering/hit.h"

/* Rises with each change of the rules: what was judged by older ones is judged again. */
enum { JUDGING_RULES = 1 };

enum {
	BURST_LINKS = 3,          /* so many links of one mail, and nobody reads that fast: */
	BURST_MS = 10 * 1000,     /* any of them, or */
	BURST_ALL_MS = 60 * 1000, /* all that the mail has */
	SOON_MS = 10 * 1000,      /* a click so soon after the mail was accepted may be a filter's */
	SWEEP_PEOPLE = 5,         /* so many people of one domain from one network, */
	SWEEP_MS = 60 * 1000,     /* each so soon after their mail was accepted */
};

/* A hit beside what else is known of its mail. */
struct judged_hit {
	struct hit *hit;           /* its judged_as and because are set */
	struct moment accepted_at; /* when a mail server took the mail; MOMENT_NONE: unknown */
	const char *domain;        /* of its address; NULL: unknown */
};

/* Judges all hits of some mails together; the hits of a mail must be complete. `links`: how many tracked links a mail
 * of this campaign has. Sorts hits[] by mail and time. */
void hits_judge(struct judged_hit *hits, int count, int links, struct arena *arena);

#endif
