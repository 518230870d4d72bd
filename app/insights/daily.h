/* A campaign day by day (UTC). */
#ifndef INSIGHTS_DAILY_H
#define INSIGHTS_DAILY_H

#include "campaigns/curve.h"

struct daily {
	const char *id, *campaign_id;
	struct moment date;
	int64_t emails_sent, emails_delivered, emails_opened, emails_clicked, emails_bounced, emails_unsubscribed;
	double open_rate, click_rate, bounce_rate, unsubscribe_rate; /* percent, up to the end of that day */
};
extern const struct record_type daily_record;

/* Pure. What was sent and what bounced counts on the day of sending. `growth` may be NULL: the curve then tells opens
 * and clicks, too. */
struct daily daily_of(const struct campaign *campaign, const struct curve *curve, const struct growth *growth,
                      struct moment day, struct arena *arena);

#endif
