/* Why a campaign did badly, as far as what is known around it tells. Pure. */
#ifndef INSIGHTS_WHY_H
#define INSIGHTS_WHY_H

#include "campaigns/growth.h"

/* People who did one thing with a campaign: bounced, unsubscribed or complained. */
struct lost {
	int64_t people; /* named by the contact report, with an address */
	/* The mailbox provider with most of them. */
	const char *domain;
	int64_t of_domain;
	int domains;                /* how many there are */
	double domain_percent;      /* its share of all contacts; NaN if unknown */
	struct moment day;          /* UTC day on which most of them joined; MOMENT_NONE if unknown */
	int64_t of_day, joined_day; /* of them; and of all contacts of the campaign's lists, or COUNT_NONE */
};

struct circumstances {
	struct broken_limit broken[LIMIT_COUNT];
	int broken_count;              /* 0: a rate far from usual */
	struct lost lost[LIMIT_COUNT]; /* by the limit that they break */
	struct metrics metrics;
	bool of_list;                    /* what follows is of campaigns to the same list */
	int earlier;                     /* campaigns before it, at most PEERS_MAX */
	int earlier_broken;              /* how many of them broke a limit */
	struct moment sent_at, previous; /* previous: the newest of them */
	double usual_days;               /* between them; NaN with fewer than two */
	double usual_sent;               /* NaN without any */
	unsigned weekdays;               /* bits of those on which they were sent, Monday first */
	int from_hour, to_hour;          /* UTC, the earliest and the latest of them */
};

/* The broken limit that most people are behind; NULL if none is broken. */
const struct broken_limit *why_main(const struct circumstances *around);

/* A sentence around the name of a mailbox provider, which may be missing. */
struct why_sentence {
	const char *before, *domain, *after;
};
enum { WHY_MAX = 7 };

/* Fills sentences[] and returns their number: what stands out, or else one that says that the reason is not known and
 * what was looked at. Of people: a day of joining or a mailbox provider that most of them share and that is rarer among
 * others. Of the
 * campaign: to a list whose campaigns break limits, the first to its list, long or hardly after the one before it, much
 * larger, or sent on a day or at an hour that those before it never were. */
int why_of(const struct circumstances *around, struct arena *arena, struct why_sentence sentences[WHY_MAX]);

#endif
