/* What the codes of an own campaign came to, for its results. */
#ifndef CONSOLE_REDEEMED_H
#define CONSOLE_REDEEMED_H

#include "campaigns/campaign.h"
#include "codes/redeeming.h"
#include "core/http/exchange.h"
#include "metrics/statistics.h"

/* Adds a list of tries, with words for each result, to a view, and "has_" and its name: is there any? */
void redemptions_put(struct exchange *x, struct value *view, const char *name, const struct redemption *all, int count,
                     const char *const labels[REDEEM_RESULT_COUNT]);

/* Adds `redeemed` to the view; null if the campaign has no codes. */
bool redeemed_put(struct exchange *x, struct value *own, const char *campaign_id, struct error *err) MUST_CHECK;

/* Adds to `redeemed` by day, from the first one on: has_days, days { day, tick, count }, days_finding. `people`: of all
 * days.
 */
bool redeemed_days_put(struct exchange *x, struct value *view, const char *campaign_id, int64_t people,
                       struct error *err) MUST_CHECK;

/* Who redeemed, of the recipients; COUNT_NONE: it is observed, or has no codes. */
bool redeemed_share(struct exchange *x, const struct campaign *campaign, struct share_of *share,
                    struct error *err) MUST_CHECK;

/* The same for programs. */
bool redeemed_answer(struct exchange *x, const char *campaign_id, struct error *err) MUST_CHECK;
#define REDEEMED_SHAPE                                                                                        \
	"targeted:count redeemed:count redemption_rate:number converted:count conversion_rate:number uses:count " \
	"average_delay_hours:number revenue:count "                                                               \
	"currency:text"

#endif
