/* Who a campaign lost: by mailbox provider and day of joining. */
#ifndef INSIGHTS_LOST_H
#define INSIGHTS_LOST_H

#include "insights/peers.h"
#include "insights/why.h"

/* At most so many of them are looked at. */
enum { LOST_MAX = 5000 };

struct domain_lost {
	const char *domain;
	int64_t people;
};

/* The people named for this response, by the contact reports as they are now. *domains (struct domain_lost): most
 * people first. What is known only of all contacts (domain_percent, joined_day) is not filled. */
bool lost_find(struct store *store, const char *campaign_id, enum response response, struct arena *arena,
               struct lost *lost, struct rows *domains, struct error *err) MUST_CHECK;

/* Everything around a campaign that why_of asks for. `bounced`: from lost_find. With as_of (else MOMENT_NONE) no
 * people, because reports are kept only as they are now. */
bool circumstances_find(struct store *store, const struct campaign *campaign, const struct peers *peers,
                        struct moment as_of, const struct lost *bounced, struct arena *arena,
                        struct circumstances *around, struct error *err) MUST_CHECK;

#endif
