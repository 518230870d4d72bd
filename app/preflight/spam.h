/* How much a mail looks like what filters sort out: rules with points, each with its reason. No filter is asked and
 * none is learned from: whoever sees the score can say where it comes from. Pure; private to the room. */
#ifndef PREFLIGHT_SPAM_H
#define PREFLIGHT_SPAM_H

#include "content/link.h"
#include "core/base/text.h"
#include "preflight/scan.h"

/* As the usual filter: SpamAssassin's threshold. */
#define SPAM_LIMIT 5.0
#define SPAM_WARNING 3.0

struct spam_input {
	const char *subject, *from_name, *from_email, *reply_to;
	const char *text; /* of the body, plain */
	const struct scan *scan;
	const struct links *links;
	bool marketing, has_unsubscribe;
};

struct spam_hit {
	double points;
	const char *text; /* what it is, and what about it */
};

enum { SPAM_HITS_MAX = 40 };

struct spam_result {
	double score;
	struct spam_hit hits[SPAM_HITS_MAX]; /* most points first */
	int count;
};

void spam_judge(const struct spam_input *input, struct arena *arena, struct spam_result *result);

/* What other checks ask, too. Pure. */
int text_emoji_count(const char *text);
bool text_shouts(const char *text); /* most of its letters are capitals, and it has several words */

/* The host of an http address in small letters, without its port; NULL: there is none, or a tag stands in it. */
const char *link_host(const char *target, struct arena *arena);

/* A provider where anybody has an address: their policies forbid others to send for them. */
bool domain_is_free_mail(const char *domain);

bool host_is_shortener(const char *host);

#endif
