/* The links of a campaign, and who clicked them. */
#ifndef CAMPAIGNS_LINKS_H
#define CAMPAIGNS_LINKS_H

#include "campaigns/campaign.h"

struct link {
	const char *url;
	int64_t clicked_total, clicked_unique;
};
extern const struct record_type link_record;

/* The clicks of all links as one call reported them. */
struct link_report {
	const char *id, *campaign_id, *run_id, *source;
	struct moment snapshot_time;
	struct rows links; /* struct link */
};
extern const struct record_type link_report_record;

/* Appends the report once a run; `clicked_total` is the summary's count that made it worth reading. */
bool campaign_save_links(struct store *store, const struct link_report *report, int64_t clicked_total,
                         struct error *err) MUST_CHECK;

/* The newest link report of each campaign, in any order; those without one are left out. */
bool campaign_find_links(struct store *store, const struct strings *campaign_ids, struct arena *arena,
                         struct link_report **reports, int *count, struct error *err) MUST_CHECK;

/* Pure. Adds up what reports tell of the same address, most people first; into sums[], at most `max` of them. */
int campaign_sum_links(const struct link_report *reports, int count, struct link *sums, int max);

/* Pure. All clicks together; who clicked two links counts for both. */
struct link campaign_link_total(const struct rows *links);

/* Adds those of the reports (struct link_report) that are missing. */
bool campaign_restore_link_reports(struct store *store, const struct rows *reports, struct error *err) MUST_CHECK;

/* The newest link report of a campaign, with as_of the newest up to then; without links where *found is false. */
bool campaign_find_link_report(struct store *store, const char *campaign_id, struct moment as_of, struct arena *arena,
                               struct link_report *report, bool *found, struct error *err) MUST_CHECK;

#endif
