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

/* Until then opens and clicks still come in, and a campaign is not held against others. */
#define COLLECTING_MS (3 * DAY_MS)

/* Empty for a campaign that was not sent. */
bool company_find(struct store *store, const struct campaign *campaign, struct arena *arena, struct company *company,
                  struct error *err) MUST_CHECK;

/* Fills growths; *own becomes that of the campaign itself, or NULL. */
bool company_find_growths(struct store *store, const struct campaign *campaign, struct arena *arena,
                          struct company *company, const struct growth **own, struct error *err) MUST_CHECK;

/* Pure. "Click rate 1.10 %, usual 2.40–3.00 %" when the rate is far off what the same list does otherwise, else NULL.
 */
const char *company_anomaly(const struct company *company, const struct metrics *metrics, enum metric metric,
                            struct arena *arena);

/* Pure. The middle half of what the company had reached at an age, as a share of delivered (percent); false with fewer
 * than `least` campaigns whose growth is known. */
bool company_band(const struct company *company, int64_t age_ms, bool opened, int least, double *low, double *high);

/* What a campaign will have reached after COLLECTED_MS, if it goes on as those before it did from its present age: the
 * median of what they gained from then on, and a range that holds it with a chance of `chance` percent: 80, or less
 * with fewer than nine campaigns. Tried on these campaigns themselves, each forecast from the others: `held` of them
 * ended in their range, and half of them no farther than `off` percent from what was expected. */
#define COLLECTED_MS (7 * DAY_MS)
enum { FORECAST_LEAST = 5 };
struct forecast {
	int64_t people, low, high; /* people */
	int company;               /* campaigns that it rests on */
	double chance, off;        /* percent */
	int held;                  /* of company */
};

/* Pure. False when the campaign is older than that, younger than an hour, or has too little company with growth. */
bool company_forecast(const struct company *company, const struct campaign *campaign, const struct growth *growth,
                      bool opened, struct moment now, struct forecast *forecast);

#endif
