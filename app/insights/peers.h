/* The peers of a campaign: earlier campaigns to the same list, for comparison. */
#ifndef INSIGHTS_PEERS_H
#define INSIGHTS_PEERS_H

#include "campaigns/growth.h"
#include "metrics/usual.h"

enum { PEERS_MAX = 12 };

struct peers {
	struct campaign *campaigns;              /* newest sending first */
	const struct growth *growths[PEERS_MAX]; /* per campaign; NULL if its contact reports have not been read */
	double rates[METRIC_COUNT][PEERS_MAX];
	int count, counts[METRIC_COUNT]; /* counts: defined rates of campaigns that are settling no more */
	bool of_list;                    /* false: the campaign names no list, so they are those of all lists */
};

/* Age up to which opens and clicks are still coming in and a campaign is not judged. */
#define SETTLING_MS (3 * DAY_MS)

/* Pure. Has it been sent completely, and so long ago that its rates can be judged? True if `now` is not known. */
bool campaign_has_settled(const struct campaign *campaign, struct moment now);

/* Empty if the campaign was not sent. With as_of (else MOMENT_NONE) as they were known then; `now` is then as_of, too.
 */
bool peers_find(struct store *store, const struct campaign *campaign, struct moment now, struct moment as_of,
                struct arena *arena, struct peers *peers, struct error *err) MUST_CHECK;

/* Fills growths; *own is the campaign's own, or NULL. */
bool peers_find_growths(struct store *store, const struct campaign *campaign, struct arena *arena, struct peers *peers,
                        const struct growth **own, struct error *err) MUST_CHECK;

/* Pure. "Click rate 1.10 %, usual 2.40–3.00 %" if the rate is far from what is usual for the list, else NULL. */
const char *peers_anomaly(const struct peers *peers, const struct metrics *metrics, enum metric metric,
                          struct arena *arena);

/* Pure. What the peers had reached at an age, in percent of delivered; those whose growth is not whole or not known up
 * to that age take no part. Returns their number. */
int peers_shares(const struct peers *peers, int64_t age_ms, enum response response, double shares[PEERS_MAX]);

/* Pure. The interquartile range of these shares; false with fewer than `min` of them. */
bool peers_band(const struct peers *peers, int64_t age_ms, enum response response, int min, double *low, double *high);

/* Pure. Is what the campaign had reached at that age usual for it, by the interval of its own share, as in usual_judge?
 */
enum judgement peers_judge(const struct peers *peers, const struct campaign *campaign, const struct growth *growth,
                           int64_t age_ms, enum response response);

/* Forecast of what a campaign will have reached after SETTLED_MS if it continues as its peers did from the same age:
 * their median gain, and a range, never narrower than chance allows for those still to come, that contains the result
 * with probability `chance` (percent): 80, or less with fewer than nine peers. Checked on the peers themselves, each
 * forecast from the others: `held` of them ended within their range, and half were within `off` percent of the
 * forecast. */
#define SETTLED_MS (7 * DAY_MS)
enum { FORECAST_MIN = 5 };
struct forecast {
	int64_t people, low, high; /* people */
	int peers;                 /* number of peers used */
	double chance, off;        /* percent */
	int held;                  /* out of `peers` */
};

/* Pure. Never below what has happened. False if the campaign is older than SETTLED_MS or younger than an hour, its
 * growth is not whole, it has too few peers whose growth is, or nothing more is to be expected: the range has no
 * width. */
bool peers_forecast(const struct peers *peers, const struct campaign *campaign, const struct growth *growth,
                    enum response response, struct moment now, struct forecast *forecast);

#endif
