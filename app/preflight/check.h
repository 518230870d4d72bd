/* Checks of what is about to be sent: each says what is wrong, where, and what to do. An error keeps it from being
 * sent, a warning does not. Pure: what must be looked up elsewhere (links, the sender's domain, people's values) is
 * given. */
#ifndef PREFLIGHT_CHECK_H
#define PREFLIGHT_CHECK_H

#include "content/names.h"
#include "core/fields/field.h"
#include "preflight/facts.h"

enum check_level { CHECK_PASSED, CHECK_WAITING, CHECK_WARNING, CHECK_ERROR, CHECK_LEVEL_COUNT };
extern const struct choices check_levels;
extern const char *const check_level_labels[CHECK_LEVEL_COUNT]; /* for people: "Passed" */

struct check_place {
	const char *part;     /* "subject", "preheader", "from_name", "html", "text", "sms" */
	int64_t line, column; /* from 1; COUNT_NONE: the whole of it */
	const char *text;     /* what stands there, or what about it; or NULL */
};
extern const struct record_type check_place_record;

enum { CHECK_PLACES_MAX = 20 };

struct check {
	const char *id, *title, *detail, *fix; /* detail, fix: NULL if there is nothing to add */
	const char *part; /* where it is put right: one of the above, "sender", "audience", "settings" */
	unsigned level;
	int64_t count;      /* of places or people; more than `places` has, if there are many */
	struct rows places; /* struct check_place, at most CHECK_PLACES_MAX */
};
extern const struct record_type check_record;

struct preflight_input {
	bool marketing;                  /* else transactional: neither unsubscribe link nor postal address is wanted */
	bool email, sms, without_sender; /* without_sender: a template, whose sender is the campaign's */
	struct strings subjects;         /* one, or several that take turns */
	const char *preheader, *html, *sms_text;
	const char *text; /* written by hand; NULL or "": it is made from the HTML */
	const char *from_name, *from_email, *reply_to;
	const char *server;         /* the mail server that sends; NULL: unknown */
	bool to_demo;               /* it is the demo's: mail stays in its mailbox, and nobody judges the sender's domain */
	const char *postal_address; /* the sender's; NULL or "": unknown, so something like one is looked for */
	enum check_codes { CODES_UNKNOWN, CODES_ON, CODES_OFF } codes; /* does each recipient get a code to redeem? */
	const struct names *names;                                     /* what sources may name */
	bool spam_check;                                               /* ENABLE_SPAM_CHECK */

	/* Looked up; NULL: not yet. */
	const struct audience_facts *audience;
	const struct sender_facts *sender;
	const struct link_facts *links;
};

struct preflight {
	struct rows checks; /* errors first, then warnings, those that wait, those that passed */
	int64_t passed, waiting, warnings, errors;
	double spam_score;      /* of SPAM_LIMIT; NaN: not computed */
	struct strings lookups; /* the links that are to be looked up, each once */
};
extern const struct record_type preflight_record;

void preflight_run(const struct preflight_input *input, struct arena *arena, struct preflight *preflight);

#endif
