/* What a server's refusal means, for the recipient and for the sending. Pure; a table, after mail.md section 1.4's
 * sources: RFC 5321, RFC 3463, and the published replies of the large mailbox providers.
 *
 * Whether a message may be tried again follows the first digit of the basic code; the class follows the stage, the
 * enhanced code, the provider's words, then the basic code. If they disagree ("550 4.7.1"), the milder one wins.
 *
 * MAIL names nobody but the sender: what is refused there says nothing of the recipient, whatever the words. */
#ifndef SENDING_REFUSAL_H
#define SENDING_REFUSAL_H

#include "core/client/smtp_dialog.h"

enum refusal_class {
	REFUSAL_NONE,
	REFUSAL_NO_MAILBOX,
	REFUSAL_BAD_DOMAIN,
	REFUSAL_INACTIVE,
	REFUSAL_FULL,
	REFUSAL_TOO_BIG,
	REFUSAL_GREYLISTED,
	REFUSAL_RATE,     /* this destination wants us to be slower */
	REFUSAL_QUOTA,    /* the quota of our account at the server is used up */
	REFUSAL_IDENTITY, /* SPF, DKIM, DMARC, PTR, TLS: our records are to blame */
	REFUSAL_SPAM,     /* a blocklist, or a verdict on the content */
	REFUSAL_POLICY,   /* the recipient's own policy */
	REFUSAL_SYNTAX,   /* the address */
	REFUSAL_PROTOCOL, /* we spoke out of turn */
	REFUSAL_ACCOUNT,  /* connecting, TLS or signing in to our server failed */
	REFUSAL_OTHER,
	REFUSAL_SENDER, /* the server takes nothing from this sender, or relays nothing for us; last: numbers are stored */
	REFUSAL_CLASS_COUNT,
};
extern const struct choices refusal_classes;

/* What it says of the recipient. */
enum refusal_verdict {
	VERDICT_NONE,
	VERDICT_SOFT,    /* a soft bounce */
	VERDICT_HARD,    /* a hard bounce: to be suppressed */
	VERDICT_TWICE,   /* a hard bounce if it happens again a day later or more */
	VERDICT_INVALID, /* the address is none */
	VERDICT_BLOCKED, /* nobody is to be suppressed for it */
	VERDICT_COUNT,
};
extern const struct choices refusal_verdicts;

/* What it asks of the sending. */
enum refusal_remedy {
	REMEDY_NONE,
	REMEDY_SLOW,  /* slow this destination down */
	REMEDY_REST,  /* let the connection rest */
	REMEDY_PAUSE, /* pause the campaign: no other message would fare better */
	REMEDY_CLOSE, /* close the session; the message has lost nothing */
	REMEDY_COUNT,
};

struct refusal_rule {
	enum refusal_verdict verdict;
	enum refusal_remedy remedy;
	bool burns;        /* counts as an attempt */
	const char *words; /* for people: "no such mailbox" */
};

const struct refusal_rule *refusal_rule(enum refusal_class class);

struct refusal {
	enum refusal_class class;
	bool is_final; /* it is not tried again */
};

/* Of an outcome that is DEFERRED or REFUSED. */
struct refusal refusal_of(const struct smtp_outcome *outcome);

#endif
