/* Parts of a campaign's page that show its growth: curve, figures at an age, forecast, days. Private to this folder. */
#ifndef CONSOLE_CAMPAIGN_GROWTH_VIEW_H
#define CONSOLE_CAMPAIGN_GROWTH_VIEW_H

#include "campaigns/history.h"
#include "core/http/exchange.h"
#include "insights/peers.h"

/* What had opened or clicked at an age, beside what is usual then; NaN if unknown. */
struct age_line {
	int64_t age_hours;
	unsigned response;
	double percent, usual_low, usual_high;
	int64_t campaigns;
};
extern const struct record_type age_line_record;

/* struct age_line: a pair, opened and clicked, for each age at which either is known. `growth` may be NULL. */
struct rows campaign_age_lines(const struct campaign *campaign, const struct growth *growth, const struct peers *peers,
                               struct arena *arena);

/* By the times in contact reports, or without any by the changes that syncs saw (`snapshots`, newest first).
 * `growth` is NULL if no report has been read. Of a past moment (else MOMENT_NONE) only the changes that syncs had seen
 * are shown: contact reports are kept only as they are now. */
bool campaign_put_growth(struct exchange *x, struct value *view, const struct campaign *campaign, struct moment as_of,
                         const struct growth *growth, const struct peers *peers, const struct rows *snapshots,
                         struct error *err) MUST_CHECK;

#endif
