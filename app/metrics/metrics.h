/* Counters and the rates computed from them; app/metrics is the only place that computes rates. Counts are unique
 * people unless a name says total. delivered = sent - bounced, hard and soft. A rate is NaN if its denominator is 0 or
 * unknown; pages show "–", the API 0. */
#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include "core/fields/field.h"
#include "metrics/statistics.h"

enum metric {
	METRIC_OPEN_RATE,
	METRIC_CLICK_RATE,
	METRIC_CLICK_TO_OPEN_RATE,
	METRIC_BOUNCE_RATE,
	METRIC_UNSUBSCRIBE_RATE,
	METRIC_COMPLAINT_RATE,
	METRIC_COUNT,
};

struct metrics {
	int64_t sent, opened, clicked, bounced, unsubscribed, spam_complaints;
	int64_t opened_total, clicked_total, bounced_hard, bounced_soft;
	/* Of a sum, never stored: what its rates are made of. A campaign of which one of the two counts is unknown is in
	 * neither. */
	struct pool {
		int64_t campaigns; /* 0: it is no sum */
		int64_t delivered, part[METRIC_COUNT], whole[METRIC_COUNT];
	} pool;
};
extern const struct record_type metrics_record;

struct metric_row {
	const char *key, *name, *formula, *denominator, *caveat;
	int decimals;
	bool up_is_good;
	double floor; /* minimum deviation from the usual, in percentage points, worth reporting; 0: never reported */
};
extern const struct metric_row metric_rows[METRIC_COUNT];

/* COUNT_NONE if it is unknown, or if more bounced than was sent (which an older version may have stored). */
int64_t metrics_delivered(const struct metrics *metrics);

/* In percent; NaN without a denominator. */
double metrics_rate(const struct metrics *metrics, enum metric metric);

/* Numerator and denominator of the rate. */
int64_t metrics_part(const struct metrics *metrics, enum metric metric);
int64_t metrics_whole(const struct metrics *metrics, enum metric metric);

/* In percent; NaN if the rate is not known. A rate's 95 % interval (stats_wilson), and that of the difference of two.
 */
struct interval metrics_interval(const struct metrics *metrics, enum metric metric);
struct interval metrics_difference(const struct metrics *now, const struct metrics *before, enum metric metric);

/* Converts NaN to 0, as the API represents it. */
double metric_or_zero(double number);

/* Adds "rates", a map of all rates in percent. Its shape (core/http/shape.h). */
#define METRICS_RATES_SHAPE "rates{*:number}"
void metrics_put_rates(struct value *map, const struct metrics *metrics);

/* Unknown counters add nothing. */
void metrics_add(struct metrics *sum, const struct metrics *one);
bool metrics_equal(const struct metrics *a, const struct metrics *b);

/* Replaces counters that are unknown by those of `known`, as they were before (NULL: none), and sums up the bounces. */
void metrics_complete(struct metrics *metrics, const struct metrics *known);

/* Pure. A counter above what it counts of contradicts it (docs/definitions.md): such counters of `told` become unknown,
 * so that what was known before stays. If what was known before of people contradicts `sent` alone, `sent` does.
 * `known`: as they were before, NULL if never read. Calls refuse() for each, with its name and why. */
void metrics_refute(struct metrics *told, const struct metrics *known,
                    void (*refuse)(void *context, const char *name, const char *why), void *context);

/* The name of the first counter lower in `now` than in `before`; NULL if none is. */
const char *metrics_decreased(const struct metrics *before, const struct metrics *now);

/* Limits of a campaign: complaints 0.10 % of delivered (Google's sender guidelines), hard bounces 2 % and unsubscribes
 * 0.5 % of sent. They hold from METRICS_FEW delivered on. */
enum { METRICS_FEW = 100 };
enum limit { LIMIT_COMPLAINTS, LIMIT_HARD_BOUNCES, LIMIT_UNSUBSCRIBES, LIMIT_COUNT };
struct limit_row {
	const char *name, *words; /* words: the limit and whose it is, if not ours: "0.10 %" */
	const char *note;         /* "" or what follows from it */
	double percent;
	int decimals; /* of a rate beside it */
};
extern const struct limit_row limit_rows[LIMIT_COUNT];

struct broken_limit {
	enum limit limit;
	int64_t part, whole;
	double percent;
};

/* Pure. The limits that the figures reach or exceed, in their order. Returns their number. */
int metrics_broken_limits(const struct metrics *metrics, struct broken_limit broken[LIMIT_COUNT]);

/* All of them as text ("Complaint rate 0.140 %, limit 0.10 %; hard bounce rate 2.05 %, limit 2 %"); NULL if none is
 * broken. */
const char *metrics_alarm(struct arena *arena, const struct metrics *metrics);

/* "41.3 %" with the metric's decimals; "–" for NaN. */
const char *metric_text(struct arena *arena, enum metric metric, double percent);

/* "↑ 0.30 pp", with the metric's decimals; "no change"; NULL if either is NaN. */
const char *metric_points_text(struct arena *arena, enum metric metric, double now, double before);

/* "↑ 5.1 %": by how much a count has changed; "no change"; NULL if either is unknown or it was 0. */
const char *metric_count_change_text(struct arena *arena, int64_t now, int64_t before);

/* "▲ 0.30 pp" for two rates (`points`), "▼ 4.10 %" for two counts, "no change". NULL if either is NaN, or the count
 * before is 0. A change is no judgement: see metrics/usual.h. */
const char *metric_change_text(struct arena *arena, double now, double before, bool points);

#endif
