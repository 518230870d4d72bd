/* The peers of a campaign: those sent to the same list before it, to compare it with. */
#ifndef INSIGHTS_PEERS_H
#define INSIGHTS_PEERS_H

#include "campaigns/curve.h"

enum { PEERS_MAX = 12 };

struct peers {
	struct campaign *campaigns;              /* newest sending first */
	const struct growth *growths[PEERS_MAX]; /* of each campaign; NULL where its contact reports were not read */
	double rates[METRIC_COUNT][PEERS_MAX];
	int count, counts[METRIC_COUNT]; /* rates that are defined */
};

/* Until then opens and clicks still come in, and a campaign is not held against others. */
#define SETTLING_MS (3 * DAY_MS)

/* Empty for a campaign that was not sent. */
bool peers_find(struct store *store, const struct campaign *campaign, struct arena *arena, struct peers *peers,
                struct error *err) MUST_CHECK;

/* Fills growths; *own becomes that of the campaign itself, or NULL. */
bool peers_find_growths(struct store *store, const struct campaign *campaign, struct arena *arena, struct peers *peers,
                        const struct growth **own, struct error *err) MUST_CHECK;

/* Pure. "Click rate 1.10 %, usual 2.40–3.00 %" when the rate is far off what the same list does otherwise, else NULL.
 */
const char *peers_anomaly(const struct peers *peers, const struct metrics *metrics, enum metric metric,
                          struct arena *arena);

/* Pure. The middle half of what the peers had reached at an age, as a share of delivered (percent); false with fewer
 * than `min` campaigns whose growth is known. */
bool peers_band(const struct peers *peers, int64_t age_ms, bool opened, int min, double *low, double *high);

/* What a campaign will have reached after SETTLED_MS, if it goes on as those before it did from its present age: the
 * median of what they gained from then on, and a range that holds it with a chance of `chance` percent: 80, or less
 * with fewer than nine campaigns. Tried on these campaigns themselves, each forecast from the others: `held` of them
 * ended in their range, and half of them no farther than `off` percent from what was expected. */
#define SETTLED_MS (7 * DAY_MS)
enum { FORECAST_MIN = 5 };
struct forecast {
	int64_t people, low, high; /* people */
	int peers;                 /* campaigns that it rests on */
	double chance, off;        /* percent */
	int held;                  /* of peers */
};

/* Pure. False when the campaign is older than that, younger than an hour, or has too few peers with growth. */
bool peers_forecast(const struct peers *peers, const struct campaign *campaign, const struct growth *growth,
                    bool opened, struct moment now, struct forecast *forecast);

#endif
