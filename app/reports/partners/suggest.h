/* Partners that the names of campaigns suggest: "ACME_Solar webinar" and "ACME_Energy tips" are likely for ACME. */
#ifndef REPORTS_PARTNERS_SUGGEST_H
#define REPORTS_PARTNERS_SUGGEST_H

#include "reports/partners/partner.h"

enum { SUGGESTIONS_MAX = 6, SUGGESTION_MIN_CAMPAIGNS = 3 };

struct suggestion {
	const char
		*prefix;      /* "ACME_": the beginning of a name, to its first separator, which is one of _ : | · – or " - " */
	const char *name; /* "ACME" */
	int campaigns;    /* at least SUGGESTION_MIN_CAMPAIGNS */
};

/* Pure. Looks at campaigns that belong to no partner; those with most campaigns first. At most SUGGESTIONS_MAX. */
void partner_suggest(const struct campaign *campaigns, int count, const struct partner *partners, int partner_count,
                     struct arena *arena, struct suggestion **suggestions, int *suggestion_count);

#endif
