/* Daily figures of a campaign, by days of the zone in use (core/base/local.h): each person counts on the day of the
 * first time that a contact report names. Days, the row without a date and the difference add up to the summary. */
#ifndef INSIGHTS_DAILY_H
#define INSIGHTS_DAILY_H

#include "campaigns/growth.h"

struct daily {
	const char *id, *campaign_id;
	struct moment date; /* MOMENT_NONE in a row that is no day */
	int64_t emails_sent, emails_delivered, emails_opened, emails_clicked, emails_bounced, emails_unsubscribed;
	/* Percent, cumulative to the end of the day; NaN without a denominator. */
	double open_rate, click_rate, bounce_rate, unsubscribe_rate;
};
extern const struct record_type daily_record;

/* In all of these `growth` may be NULL. */

/* Pure. What is sent and delivered counts on the day of sending. */
struct daily daily_of(const struct campaign *campaign, const struct growth *growth, struct moment day,
                      struct arena *arena);

/* Pure. The same, but rates without a denominator are 0. */
struct daily daily_for_json(struct daily day);

/* Pure. The first day with a figure; MOMENT_NONE if there is none. */
struct moment daily_first(const struct campaign *campaign, const struct growth *growth);

enum daily_kind {
	DAILY_DAY,
	DAILY_UNDATED,    /* people whom reports name without a time; the sending, if its time is unknown */
	DAILY_DIFFERENCE, /* what the summary counts beyond the people whom reports name; negative where it counts fewer */
	DAILY_SUMMARY,    /* the sum of all rows above it */
	DAILY_KIND_COUNT,
};
extern const struct choices daily_kinds; /* as shown in the place of a day */

struct daily_line {
	unsigned kind;
	struct daily figures;
};

/* Pure. The days on which something counts, oldest first, then those of the other rows that are not all 0, and the
 * summary (struct daily_line). */
struct rows daily_lines(const struct campaign *campaign, const struct growth *growth, struct arena *arena);

/* Adds "undated": the counts of the summary that are on no day, by their names in a daily row. */
void daily_put_undated(struct value *map, const struct campaign *campaign, const struct growth *growth);

#endif
