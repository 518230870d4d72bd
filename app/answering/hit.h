/* What comes back of a mail: its pixel was fetched, a link of it was followed, somebody unsubscribed by it. `hits` has
 * one document each, with what can be known of the visitor without keeping address or agent. It is stored as its token
 * tells it, in one write, and waits to be folded (answering/folding.h) within FOLD_EVERY_MS: only then is found out
 * whose mail it was, whether that may be kept, and who caused it; the last again when the rules change.
 *
 * Whose opens and clicks are only counted (audience/contacts/permission.h) leaves no trace of which mail it was, also
 * of mails that were sent earlier: what is known then is the hour. */
#ifndef ANSWERING_HIT_H
#define ANSWERING_HIT_H

#include "answering/visitor.h"
#include "content/tokens/token.h"
#include "core/store/store.h"

enum hit_kind { HIT_OPEN, HIT_CLICK, HIT_UNSUBSCRIBE, HIT_KIND_COUNT };
extern const struct choices hit_kinds;

enum hit_class {
	HIT_HUMAN,
	HIT_PROXY,   /* fetched for somebody who may have read it or not */
	HIT_MACHINE, /* a filter, a program: nobody looked */
	HIT_UNKNOWN,
	HIT_CLASS_COUNT,
};
extern const struct choices hit_classes;

/* Why a hit is of its class (answering/judging.h). */
enum hit_reason {
	REASON_NONE,     /* nothing speaks against a person */
	REASON_PICTURES, /* Gmail's and Yahoo's proxies fetch a picture when somebody looks at it, and follow no link */
	REASON_PRIVACY,  /* Apple's fetches it whether anybody looks or not */
	REASON_HEAD,     /* asked for the head alone */
	REASON_PREFETCH, /* says that nobody has asked yet */
	REASON_SCANNER,  /* a filter that names itself */
	REASON_PROGRAM,
	REASON_EARLY,        /* before the mail was accepted */
	REASON_BARE_CLICK,   /* an agent that no browser has */
	REASON_MANY_LINKS,   /* several links of the mail within seconds */
	REASON_ALL_LINKS,    /* all of them within a minute */
	REASON_SAME_NETWORK, /* as such a burst, the same day */
	REASON_SWEEP,        /* one network, many people of one domain, at once */
	REASON_SILENT,       /* says nothing of itself */
	REASON_SOON,         /* a click within seconds of the delivery */
	HIT_REASON_COUNT,
};
extern const struct choices hit_reasons;

struct hit {
	const char *id, *campaign_id;
	int64_t block, index;   /* of the message; COUNT_NONE: only counted, or nobody's */
	int64_t hour;           /* of one that is only counted: since 1970; else COUNT_NONE */
	int64_t link;           /* HIT_CLICK: its number */
	const char *contact_id; /* NULL: only counted, erased, or not folded yet */
	unsigned kind;
	struct moment at;
	struct visitor visitor;
	bool waits;                  /* to be folded */
	unsigned judged_as, because; /* enum hit_class, enum hit_reason; once it was folded */
};
extern const struct record_type hit_record;

/* An open or a click of the message that the token names. */
struct hit hit_of(enum hit_kind kind, const struct token *token, const struct visitor *visitor, struct moment now,
                  struct arena *arena);

/* Stores it; once, however often it is called. */
bool hit_store(struct store *store, const struct hit *hit, struct error *err) MUST_CHECK;

/* Pure. It leaves no trace of whose it was. */
void hit_make_nobodys(struct hit *hit);

/* The hits of these people are of nobody: they count as before. Their mails are nobody's, too (dispatch/message.h), so
 * that their place stays. */
bool hit_forget(struct store *store, const struct strings *contact_ids, struct error *err) MUST_CHECK;

#endif
