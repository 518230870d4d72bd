/* Daily figures of a campaign (UTC days). */
#ifndef INSIGHTS_DAILY_H
#define INSIGHTS_DAILY_H

#include "campaigns/curve.h"

struct daily {
	const char *id, *campaign_id;
	struct moment date;
	int64_t emails_sent, emails_delivered, emails_opened, emails_clicked, emails_bounced, emails_unsubscribed;
	double open_rate, click_rate, bounce_rate, unsubscribe_rate; /* percent, cumulative to the end of the day */
};
extern const struct record_type daily_record;

/* Pure. Sent and bounced count on the day of sending. If `growth` is NULL, opens and clicks come from the curve,
 * too. */
struct daily daily_of(const struct campaign *campaign, const struct curve *curve, const struct growth *growth,
                      struct moment day, struct arena *arena);

#endif
