/* Campaigns: properties and present state. */
#ifndef CAMPAIGNS_CAMPAIGN_H
#define CAMPAIGNS_CAMPAIGN_H

#include "campaigns/status.h"
#include "core/store/external.h"
#include "core/store/state_history.h"
#include "core/store/store.h"
#include "metrics/metrics.h"

enum campaign_origin {
	CAMPAIGN_SYNCED, /* a provider's: observed, read only */
	CAMPAIGN_OWN, /* composed here (own_campaign.h); in no figure, comparison or report before something of it is sent
	               */
	CAMPAIGN_ORIGIN_COUNT,
};
extern const struct choices campaign_origins;

struct campaign {
	const char *id;
	unsigned origin;
	struct external external; /* absent of an own one */
	const char *name, *subject, *provider_status;
	unsigned status;
	const char *from_name, *from_email, *list_id;
	struct strings list_ids; /* list_id is the first */
	struct moment created_at, sent_at, synced_at;
	struct moment gone_at; /* when a sync no longer found it at the provider */
	struct metrics current_metrics;
	bool has_report;
	const char *report_gap;     /* why there is no report, as text */
	const char *decreased;      /* the counter that decreased at the last change */
	struct moment last_updated; /* when the figures last changed */
	const char *summary_run, *seen_run;
	const char *missing_run; /* the newest complete reading, if that did not see it; absent once it is seen again */
	int64_t missing_with;    /* how many that reading did not see; COUNT_NONE once it is seen again */
	struct moment summary_read_at;
	int64_t summary_unread; /* values of the summary that could not be read then */
	int64_t figures_tries;  /* readings in a row that lacked something (campaign_figures_wait) */
	struct engagement_read {
		int64_t opened, clicked, bounced, unsubscribed, complained;
	} engagement_read;                       /* the summary's count when each contact report was last read completely */
	struct engagement_read engagement_named; /* people whom each contact report named when it was last read */
	struct engagement_lacks {
		struct engagement_lack {
			int64_t undated;       /* of them, without a time; COUNT_NONE: all have one */
			int64_t tries;         /* readings in a row that found nobody new, while the summary stayed the same */
			struct moment read_at; /* when it was last read; MOMENT_NONE if it lacked nothing */
		} opened, clicked, bounced, unsubscribed, complained;
	} engagement_lacks;
	int64_t links_clicked; /* clicked_total when the links were last read */
	const char *links_gap; /* why the last run could not read the links, as text */
	int64_t content_bytes;
	const char *created_by, *search;
	const char *partner_id, *project_id;      /* set by users, never by a sync */
	struct moment changed_at;                 /* last write that changed more than seen_run */
	int64_t changes;                          /* number of such writes */
	int64_t sort_sent;                        /* sent_at, or 0 if absent */
	struct strings unread;                    /* members that an answer told unreadably; not stored */
	struct moment updated_at, scheduled_time; /* of an own one */
	struct moment listed_since; /* when it last changed what is listed of it; absent if not since there is a history */
};
extern const struct record_type campaign_record, engagement_lack_record;

/* Saves what the provider lists: creates or updates the campaign, but never its figures. `at`: when the answer
 * arrived; `by`: who asked for the run, of a new campaign its created_by. */
bool campaign_save_listed(struct store *store, const struct campaign *campaign, const char *run_id, const char *by,
                          struct moment at, struct arena *arena, struct error *err) MUST_CHECK;

/* The provider's campaigns that a run has read to the end are those that it has saved: the others are gone since `at`,
 * unless too few came (state_history_end_unseen). One that it finds again later is there again. */
bool campaign_mark_gone(struct store *store, const char *connection_id, const char *run_id, struct moment at,
                        struct unseen *unseen, struct error *err) MUST_CHECK;

/* Inserts campaigns unchanged; existing ones are left alone. */
bool campaign_restore(struct store *store, const struct campaign *campaigns, int count, struct error *err) MUST_CHECK;

/* Assigns the campaign to a partner by hand; NULL removes the assignment. *found is false if there is no such
 * campaign. */
bool campaign_save_partner(struct store *store, const char *id, const char *partner_id, bool *found,
                           struct error *err) MUST_CHECK;
bool campaign_save_project(struct store *store, const char *id, const char *project_id, bool *found,
                           struct error *err) MUST_CHECK;

/* Removes all assignments by hand to a partner. */
bool campaign_drop_partner(struct store *store, const char *partner_id, struct error *err) MUST_CHECK;

/* Finds a campaign by "campaign_" and an id, by the id alone, or by the provider's id; valid until the end of the
 * request. If the store is observed, it comes from the worker's cache by the first two. */
bool campaign_find(struct store *store, const char *id, struct arena *arena, struct campaign *campaign, bool *found,
                   struct error *err) MUST_CHECK;

/* Selection of campaigns: [from, to) bounds sent_at where set; `list` is our id of a list, or NULL; `limit` 0 means no
 * limit. */
struct campaign_filter {
	struct moment from, to;
	struct moment as_of; /* state as it was known then; MOMENT_NONE for now */
	const char *list;
	bool reported;
	bool gone; /* those that the provider no longer has, too */
	bool own; /* own ones of which nothing is sent yet, too; never with as_of: of own ones it is not known how they were
	           */
	bool observed; /* no own ones at all */
	int limit;
};
#define CAMPAIGN_EVERY ((struct campaign_filter){ .from = MOMENT_NONE, .to = MOMENT_NONE, .as_of = MOMENT_NONE })

/* Those that the provider has (with as_of: had then), unless `gone`, and own ones that are being sent or were. Newest
 * sending first; the texts are valid until the end of the request. If the store is observed (store_observe), they come
 * from the worker's cache. With as_of all of the filter asks what was known then (past.h). */
bool campaign_select(struct store *store, const struct campaign_filter *filter, struct arena *arena,
                     struct campaign **campaigns, int *count, struct error *err) MUST_CHECK;

/* Sums the figures of campaigns with a report, sent since `since`: of observed ones those that went to any of these
 * lists, of own ones `own_ids`, as it is known to whom each was sent: these *campaign_ids. */
bool campaign_sum(struct store *store, const struct strings *list_ids, const struct strings *own_ids,
                  struct moment since, struct arena *arena, struct metrics *sum, struct strings *campaign_ids,
                  struct error *err) MUST_CHECK;

/* When the oldest campaign was first seen, to the second; MOMENT_NONE without campaigns. Of earlier moments nothing is
 * recorded. */
bool campaign_first_seen(struct store *store, struct arena *arena, struct moment *first, struct error *err) MUST_CHECK;

/* Pure. Does it count among all campaigns: an observed one, or one of our own of which something was sent? */
bool campaign_counts(const struct campaign *campaign);

/* The name for display; "(no name)" if it has none. */
const char *campaign_name(const struct campaign *campaign);

/* Milliseconds since it was sent; INT64_MAX if unknown. */
int64_t campaign_age(const struct campaign *campaign, struct moment now);

/* A campaign as JSON, including older names of its members; rates in percent. Its shape beyond campaign_record. */
#define CAMPAIGN_SHAPE                                                                                  \
	"current_metrics{last_updated:time} total_recipients:count sent_count:count delivered_count:count " \
	"opened_count:count clicked_count:count "                                                           \
	"bounced_count:count unsubscribed_count:count complained_count:count sent_time:time "               \
	"emailoctopus_id:text open_rate:number click_rate:number bounce_rate:number "                       \
	"unsubscribe_rate:number " METRICS_RATES_SHAPE
struct value *campaign_to_json(const struct campaign *campaign, struct arena *arena);

#endif
