/* Campaigns as they were known at a past moment; see also campaign_select. */
#ifndef CAMPAIGNS_PAST_H
#define CAMPAIGNS_PAST_H

#include "campaigns/curve.h"
#include "campaigns/links.h"

/* Replaces the campaigns' state by what was known at `as_of`: what was listed of them, and the figures of the newest
 * snapshot up to then, none before the first. What describes the newest reading (synced_at, seen_run, summary_run,
 * summary_read_at, report_gap, engagement_read, links_clicked) becomes absent: there is no history of it. Campaigns not
 * yet known then are removed from the array. */
bool campaign_as_of(struct store *store, struct moment as_of, struct arena *arena, struct campaign *campaigns,
                    int *count, struct error *err) MUST_CHECK;

/* As campaign_find_links; with `as_of` the newest reports up to then. */
bool campaign_links_at(struct store *store, const struct strings *campaign_ids, struct moment as_of,
                       struct arena *arena, struct link_report **reports, int *count, struct error *err) MUST_CHECK;

/* As curve_find; with `as_of` the curve that it was then. `campaign`: as it was then. */
bool curve_at(struct store *store, const struct campaign *campaign, struct moment as_of, struct arena *arena,
              struct curve *curve, struct error *err) MUST_CHECK;

#endif
