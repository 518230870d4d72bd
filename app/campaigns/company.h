/* The company a campaign keeps: the campaigns to the same list before it, to compare it with. */
#ifndef CAMPAIGNS_COMPANY_H
#define CAMPAIGNS_COMPANY_H

#include "campaigns/curve.h"

enum { COMPANY = 12 };

struct company {
	struct campaign *campaigns;            /* newest sending first */
	const struct growth *growths[COMPANY]; /* of each campaign; NULL where its contact reports were not read */
	double rates[METRIC_COUNT][COMPANY];
	int count, counts[METRIC_COUNT]; /* rates that are defined */
};

/* Empty for a campaign that was not sent. */
bool company_find(struct exchange *x, const struct campaign *campaign, struct company *company,
                  struct error *err) MUST_CHECK;

/* Fills growths; *own becomes that of the campaign itself, or NULL. */
bool company_find_growths(struct exchange *x, const struct campaign *campaign, struct company *company,
                          const struct growth **own, struct error *err) MUST_CHECK;

#endif
