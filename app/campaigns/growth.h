/* The growth of a campaign by its contact reports: how many people had responded at each age and on each day. A rollup
 * of its events, one document a campaign, so it is exact, also for campaigns older than the first sync, and costs the
 * same however the reports repeat themselves. */
#ifndef CAMPAIGNS_GROWTH_H
#define CAMPAIGNS_GROWTH_H

#include "campaigns/campaign.h"

/* In the order of enum event_type. */
enum response {
	RESPONSE_OPENED,
	RESPONSE_CLICKED,
	RESPONSE_BOUNCED,
	RESPONSE_UNSUBSCRIBED,
	RESPONSE_COMPLAINED,
	RESPONSE_COUNT,
};
extern const struct choices responses;

/* The summary's count of a response now, and when its contact report was last read completely; or COUNT_NONE. */
int64_t campaign_counted(const struct campaign *campaign, enum response response);
int64_t campaign_count_read(const struct campaign *campaign, enum response response);

struct step {
	struct moment time;
	int64_t count; /* people so far */
};

struct growth_day {
	struct moment day; /* a wall time (core/base/local.h), midnight; as stored in UTC */
	int64_t people;    /* whose first response was on it */
};

/* Those whom a contact report names, each person once, by the first time that it gives. */
struct named {
	int64_t people, undated; /* undated: of them, without any time */
	int64_t early;           /* of them, before the sending: their age is 0 */
	struct moment read_at;   /* MOMENT_NONE if the report has not been read */
	struct rows days;        /* struct growth_day, oldest first: local days, or UTC's */
	struct rows local_days;  /* those of `zone`, the account's when they were counted; empty for UTC */
	const char *zone;        /* NULL: UTC. After growth_find: whose days `days` are */
	const char *ages;        /* the steps as stored: "12:3 5" is 3 people in minute 12, 1 in minute 17 */
	struct rows steps;       /* struct step at whole minutes since the sending, oldest first; not stored */
};

struct growth {
	const char *campaign_id;
	struct moment since; /* when the campaign was sent */
	struct named opened, clicked, bounced, unsubscribed, complained;
	int64_t form; /* GROWTH_FORM; documents of an older form have none and are counted anew */
};
enum { GROWTH_FORM = 2 };
extern const struct record_type growth_record;

const struct named *growth_named(const struct growth *growth, enum response response);

/* Sorts the people's first times (milliseconds), and counts days of UTC and of the zone in use. Without `since` there
 * are no steps. */
struct named named_of_times(int64_t *times, int count, int64_t undated, struct moment since, struct arena *arena);

/* Pure. Sets steps from ages. A report that was never read is not stored: it names nobody. */
void named_unpack(struct named *named, struct moment since, struct arena *arena);

/* Pure. The number of people up to `at`; exact if that is a whole minute after the sending. */
int64_t growth_until(const struct rows *steps, struct moment at);

/* Pure. Fewer steps for drawing, as curve_add thins them; the first and the last are kept. */
struct rows growth_thinned(const struct rows *steps, struct moment start, struct arena *arena);

/* Pure. Does the report name, with a time, everybody whom the summary counted when it was read? Only then can its
 * campaign be compared at an age. `growth` may be NULL. */
bool growth_is_whole(const struct growth *growth, const struct campaign *campaign, enum response response);

/* Pure. Until when the growth is known: the reading of the report, or that of the summary if it still counted the
 * same. */
struct moment growth_known_until(const struct growth *growth, const struct campaign *campaign, enum response response);

/* Pure. How many people had responded at that age; COUNT_NONE if the campaign has no report, or its growth is not whole
 * or not known up to then. */
int64_t growth_count(const struct growth *growth, const struct campaign *campaign, int64_t age_ms,
                     enum response response);

/* Pure. The same in percent of delivered; NaN if unknown. */
double growth_share(const struct growth *growth, const struct campaign *campaign, int64_t age_ms,
                    enum response response);

/* Pure. In one line, why the summary and the report differ and what the growth lacks; NULL if nothing. */
const char *growth_gap(const struct growth *growth, const struct campaign *campaign, enum response response,
                       struct arena *arena);

bool growth_save(struct store *store, const char *campaign_id, enum response response, const struct named *named,
                 struct moment since, struct error *err) MUST_CHECK;

/* The growths of those campaigns that have one, unordered. Their days are those of the zone in use if they have been
 * counted for it, else of UTC. */
bool growth_find(struct store *store, const struct strings *campaign_ids, struct arena *arena, struct growth **growths,
                 int *count, struct error *err) MUST_CHECK;

/* Around counting all of a campaign again, response by response: whoever is killed in between has not ended it. After
 * the end, all has been counted for the zone in use. */
bool growth_begin(struct store *store, const char *campaign_id, struct error *err) MUST_CHECK;
bool growth_end(struct store *store, const char *campaign_id, struct error *err) MUST_CHECK;

/* All campaigns that have one, the sending that it starts from, and the zone noted last (NULL: UTC). */
struct growth_head {
	const char *campaign_id, *zone;
	struct moment since;
	bool renewing; /* counting it again has not ended */
};
bool growth_heads(struct store *store, struct arena *arena, struct growth_head **heads, int *count,
                  struct error *err) MUST_CHECK;

#endif
