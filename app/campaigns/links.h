/* The links of a campaign, and who clicked them. */
#ifndef CAMPAIGNS_LINKS_H
#define CAMPAIGNS_LINKS_H

#include "campaigns/campaign.h"

struct link {
	const char *url;
	int64_t clicked_total, clicked_unique;
};
extern const struct record_type link_record;

/* The clicks of all links, from one answer. */
struct link_report {
	const char *id, *campaign_id, *run_id, *source;
	struct moment snapshot_time;
	struct rows links; /* struct link */
	int64_t unread;    /* links that the answer did not tell completely and that are missing here; or COUNT_NONE */
};
extern const struct record_type link_report_record;

/* Appends the report once per run; `clicked_total` is the summary's count that prompted the reading.
 * With unread links that count is not noted, so the next run reads the report again. */
bool campaign_save_links(struct store *store, const struct link_report *report, int64_t clicked_total,
                         struct error *err) MUST_CHECK;

/* Records that a run could not get the links, and why; the next report that is read removes it. */
bool campaign_save_links_gap(struct store *store, const char *campaign_id, const char *why,
                             struct error *err) MUST_CHECK;

/* The newest link report of each campaign that has one, unordered. */
bool campaign_find_links(struct store *store, const struct strings *campaign_ids, struct arena *arena,
                         struct link_report **reports, int *count, struct error *err) MUST_CHECK;

/* Pure. Sums the reports by URL into sums[], at most `max` of them, most people first. Returns their number. */
int campaign_sum_links(const struct link_report *reports, int count, struct link *sums, int max);

/* Pure. Adds to `links` those of `known` with clicks that they lack, if all their clicks are fewer than those of
 * `known`: clicks are never taken back, so the answer was cut. If they are not fewer, an address has rather changed. */
void campaign_keep_links(struct rows *links, const struct rows *known, struct arena *arena);

/* Pure. "The links of 2 campaigns could not be read: …"; NULL if those of all could. */
const char *campaign_links_gaps(const struct campaign *campaigns, int count, struct arena *arena);

/* Pure. Why no link of these campaigns has clicks, without a full stop: whether links of observed ones are tracked is
 * not known, that of own ones is. */
const char *campaign_links_none(const struct campaign *campaigns, int count);

/* Pure. The sum over all links; someone who clicked two links counts twice. */
struct link campaign_link_total(const struct rows *links);

/* Inserts those of the reports (struct link_report) that are missing. */
bool campaign_restore_link_reports(struct store *store, const struct rows *reports, struct error *err) MUST_CHECK;

/* The newest link report of a campaign, or with as_of the newest up to then; no links if *found is false. */
bool campaign_find_link_report(struct store *store, const char *campaign_id, struct moment as_of, struct arena *arena,
                               struct link_report *report, bool *found, struct error *err) MUST_CHECK;

#endif
