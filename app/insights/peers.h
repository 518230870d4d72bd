/* The peers of a campaign: earlier campaigns to the same list, for comparison. */
#ifndef INSIGHTS_PEERS_H
#define INSIGHTS_PEERS_H

#include "campaigns/curve.h"

enum { PEERS_MAX = 12 };

struct peers {
	struct campaign *campaigns;              /* newest sending first */
	const struct growth *growths[PEERS_MAX]; /* per campaign; NULL if its contact reports have not been read */
	double rates[METRIC_COUNT][PEERS_MAX];
	int count, counts[METRIC_COUNT]; /* number of defined rates */
};

/* Age up to which opens and clicks are still coming in and a campaign is not compared. */
#define SETTLING_MS (3 * DAY_MS)

/* Empty if the campaign was not sent. */
bool peers_find(struct store *store, const struct campaign *campaign, struct arena *arena, struct peers *peers,
                struct error *err) MUST_CHECK;

/* Fills growths; *own is the campaign's own, or NULL. */
bool peers_find_growths(struct store *store, const struct campaign *campaign, struct arena *arena, struct peers *peers,
                        const struct growth **own, struct error *err) MUST_CHECK;

/* Pure. "Click rate 1.10 %, usual 2.40–3.00 %" if the rate is far from what is usual for the list, else NULL. */
const char *peers_anomaly(const struct peers *peers, const struct metrics *metrics, enum metric metric,
                          struct arena *arena);

/* The shares (percent) that the peers had reached at an age; none for peers without a growth or of which nothing was
 * delivered. Returns how many. */
int peers_shares(const struct peers *peers, int64_t age_ms, bool opened, double shares[PEERS_MAX]);

/* Pure. The interquartile range of what the peers had reached at an age, in percent of delivered; false with fewer than
 * `min` peers of known growth. */
bool peers_band(const struct peers *peers, int64_t age_ms, bool opened, int min, double *low, double *high);

/* Forecast of what a campaign will have reached after SETTLED_MS if it continues as its peers did from the same age:
 * their median gain, and a range that contains the result with probability `chance` (percent): 80, or less with fewer
 * than nine peers. Checked on the peers themselves, each forecast from the others: `held` of them ended within their
 * range, and half were within `off` percent of the forecast. */
#define SETTLED_MS (7 * DAY_MS)
enum { FORECAST_MIN = 5 };
struct forecast {
	int64_t people, low, high; /* people */
	int peers;                 /* number of peers used */
	double chance, off;        /* percent */
	int held;                  /* out of `peers` */
};

/* Pure. False if the campaign is older than SETTLED_MS or younger than an hour, or has too few peers with growth. */
bool peers_forecast(const struct peers *peers, const struct campaign *campaign, const struct growth *growth,
                    bool opened, struct moment now, struct forecast *forecast);

#endif
