/* Campaigns: what they are and their present state. */
#ifndef CAMPAIGNS_CAMPAIGN_H
#define CAMPAIGNS_CAMPAIGN_H

#include "core/store/external.h"
#include "core/store/store.h"
#include "metrics/metrics.h"

enum campaign_status {
	CAMPAIGN_UNKNOWN, /* in a word of the provider's that is none of these: provider_status keeps it */
	CAMPAIGN_DRAFT,
	CAMPAIGN_SENDING,
	CAMPAIGN_SENT,
	CAMPAIGN_FAILED, /* EmailOctopus says "error" */
	CAMPAIGN_STATUS_COUNT,
};
extern const struct choices campaign_statuses;

struct campaign {
	const char *id;
	struct external external;
	const char *name, *subject, *provider_status;
	unsigned status;
	const char *from_name, *from_email, *list_id;
	struct strings list_ids; /* list_id is the first */
	struct moment created_at, sent_at, synced_at;
	struct metrics current_metrics;
	bool has_report;
	const char *report_gap;     /* why there is no report, in words */
	const char *decreased;      /* the counter that fell at the last change */
	struct moment last_updated; /* of the figures */
	const char *summary_run, *seen_run;
	struct moment summary_read_at;
	struct engagement_read {
		int64_t opened, clicked, bounced, unsubscribed, complained;
	} engagement_read;     /* the summary's counts at which each contact report was last read whole */
	int64_t links_clicked; /* clicked_total when the links were read */
	int64_t content_bytes;
	const char *created_by, *search;
	const char *partner_id, *project_id; /* set by people here, never by a sync */
	struct moment changed_at; /* the newest write that changed more than who saw it last, by the database's clock */
	int64_t changes;          /* how many such writes there were */
	int64_t sort_sent;        /* sent_at, 0 where it is not set */
};
extern const struct record_type campaign_record;

/* What the provider lists: creates or renews the present state, never the figures. `at`: when the answer came. */
bool campaign_save_listed(struct store *store, const struct campaign *campaign, const char *run_id, struct moment at,
                          struct arena *arena, struct error *err) MUST_CHECK;

/* The report `type` (a member of engagement_read) was read whole at this count of the summary. */
bool campaign_save_engagement(struct store *store, const char *campaign_id, const char *type, int64_t count,
                              struct error *err) MUST_CHECK;

/* Adds campaigns as they are; those that are there already stay. */
bool campaign_restore(struct store *store, const struct campaign *campaigns, int count, struct error *err) MUST_CHECK;

/* What people say about it; NULL takes it away. *found is false when there is no such campaign. */
bool campaign_save_partner(struct store *store, const char *id, const char *partner_id, bool *found,
                           struct error *err) MUST_CHECK;
bool campaign_save_project(struct store *store, const char *id, const char *project_id, bool *found,
                           struct error *err) MUST_CHECK;

/* Takes a partner away from all campaigns that it was given by hand. */
bool campaign_drop_partner(struct store *store, const char *partner_id, struct error *err) MUST_CHECK;

/* The campaign by "campaign_" and an id, by the id alone, or by the provider's id. */
bool campaign_find(struct store *store, const char *id, struct arena *arena, struct campaign *campaign, bool *found,
                   struct error *err) MUST_CHECK;

/* Which campaigns: [from, to) bounds sent_at where set; `list` is an id or NULL; `limit` 0 is all. */
struct campaign_filter {
	struct moment from, to;
	struct moment as_of; /* figures and campaigns as they were known then; MOMENT_NONE for now */
	const char *list;
	bool reported;
	int limit;
};
#define CAMPAIGN_EVERY ((struct campaign_filter){ .from = MOMENT_NONE, .to = MOMENT_NONE, .as_of = MOMENT_NONE })

/* Turns campaigns into what was known of them then: the figures of the newest snapshot up to that moment, none before
 * the first one. Those that had not been seen yet leave the array. */
bool campaign_as_of(struct store *store, struct moment as_of, struct arena *arena, struct campaign *campaigns,
                    int *count, struct error *err) MUST_CHECK;

/* Newest sending first; the texts hold until the end of the request. Where the store is observed they come out of what
 * the process keeps in memory. */
bool campaign_select(struct store *store, const struct campaign_filter *filter, struct arena *arena,
                     struct campaign **campaigns, int *count, struct error *err) MUST_CHECK;

/* The figures of the campaigns with a report that were sent to any of these lists from `since` on, added up; *count:
 * how many those are. */
bool campaign_sum(struct store *store, const struct strings *list_ids, struct moment since, struct arena *arena,
                  struct metrics *sum, int64_t *count, struct error *err) MUST_CHECK;

/* What a page calls it: its name, "(no name)" where it has none. */
const char *campaign_name(const struct campaign *campaign);

/* Milliseconds since it was sent; INT64_MAX when nobody knows when that was. */
int64_t campaign_age(const struct campaign *campaign, struct moment now);

/* Campaign as JSON: all seed names, rates in percent. */
struct value *campaign_to_json(const struct campaign *campaign, struct arena *arena);

#endif
