/* Campaigns: storage of their properties. */
#include "campaigns/campaign.h"

#include <string.h>

#include "campaigns/cache.h"
#include "campaigns/listed.h"
#include "campaigns/stored.h"
#include "core/base/secret.h"
#include "core/store/clock.h"
#include "core/store/version.h"

enum { CAMPAIGNS_MAX = 1000000 };

static const char *const origin_names[] = { [CAMPAIGN_SYNCED] = "synced", [CAMPAIGN_OWN] = "own" };
_Static_assert(sizeof origin_names / sizeof *origin_names == CAMPAIGN_ORIGIN_COUNT, "a name an origin");
const struct choices campaign_origins = CHOICES(origin_names);

static const struct field read_fields[] = {
	FIELD(struct engagement_read, opened),     FIELD(struct engagement_read, clicked),
	FIELD(struct engagement_read, bounced),    FIELD(struct engagement_read, unsubscribed),
	FIELD(struct engagement_read, complained),
};
static const struct record_type read_record = RECORD_TYPE("EngagementRead", struct engagement_read, read_fields);

static const struct field lack_fields[] = {
	FIELD(struct engagement_lack, undated),
	FIELD(struct engagement_lack, tries),
	FIELD(struct engagement_lack, read_at),
};
const struct record_type engagement_lack_record = RECORD_TYPE("EngagementLack", struct engagement_lack, lack_fields);

static const struct field lacks_fields[] = {
	FIELD_RECORD(struct engagement_lacks, opened, engagement_lack_record),
	FIELD_RECORD(struct engagement_lacks, clicked, engagement_lack_record),
	FIELD_RECORD(struct engagement_lacks, bounced, engagement_lack_record),
	FIELD_RECORD(struct engagement_lacks, unsubscribed, engagement_lack_record),
	FIELD_RECORD(struct engagement_lacks, complained, engagement_lack_record),
};
static const struct record_type lacks_record = RECORD_TYPE("EngagementLacks", struct engagement_lacks, lacks_fields);

static const struct field campaign_fields[] = {
	FIELD(struct campaign, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct campaign, origin, .choices = &campaign_origins,
	      .doc = "synced: observed at a provider; own: composed here"),
	FIELD_RECORD(struct campaign, external, external_record),
	FIELD(struct campaign, name),
	FIELD(struct campaign, subject),
	FIELD(struct campaign, provider_status, .doc = "Status in the provider's own word"),
	FIELD(struct campaign, status, .choices = &campaign_statuses, .flags = FIELD_FOREIGN),
	FIELD(struct campaign, from_name),
	FIELD(struct campaign, from_email),
	FIELD(struct campaign, list_id, .flags = FIELD_ID),
	FIELD(struct campaign, list_ids, .flags = FIELD_ID),
	FIELD(struct campaign, created_at),
	FIELD(struct campaign, sent_at),
	FIELD(struct campaign, synced_at),
	FIELD(struct campaign, updated_at, .doc = "Of an own campaign"),
	FIELD(struct campaign, scheduled_time, .doc = "Of an own campaign: the time that was chosen for it"),
	FIELD(struct campaign, gone_at, .doc = "A sync no longer found it at the provider"),
	FIELD_RECORD(struct campaign, current_metrics, metrics_record),
	FIELD(struct campaign, has_report),
	FIELD(struct campaign, report_gap),
	FIELD(struct campaign, decreased),
	FIELD(struct campaign, last_updated),
	FIELD(struct campaign, summary_run, .flags = FIELD_ID),
	FIELD(struct campaign, seen_run, .flags = FIELD_ID),
	FIELD(struct campaign, missing_run, .flags = FIELD_ID | FIELD_PRIVATE),
	FIELD(struct campaign, missing_with, .flags = FIELD_PRIVATE),
	FIELD(struct campaign, summary_read_at),
	FIELD(struct campaign, summary_unread, .flags = FIELD_PRIVATE),
	FIELD(struct campaign, figures_tries, .flags = FIELD_PRIVATE),
	FIELD_RECORD(struct campaign, engagement_read, read_record),
	FIELD_RECORD(struct campaign, engagement_named, read_record, .flags = FIELD_PRIVATE),
	FIELD_RECORD(struct campaign, engagement_lacks, lacks_record, .flags = FIELD_PRIVATE),
	FIELD(struct campaign, links_clicked),
	FIELD(struct campaign, links_gap, .doc = "Why the last run could not read its links"),
	FIELD(struct campaign, content_bytes, .unit = "bytes"),
	FIELD(struct campaign, created_by, .doc = "Who asked for the sync that saw it first"),
	FIELD(struct campaign, partner_id, .flags = FIELD_ID, .doc = "The partner it was given to by hand"),
	FIELD(struct campaign, project_id),
	FIELD(struct campaign, changed_at, .flags = FIELD_PRIVATE),
	FIELD(struct campaign, changes, .flags = FIELD_PRIVATE),
	FIELD(struct campaign, search, .flags = FIELD_PRIVATE),
	FIELD(struct campaign, sort_sent, .flags = FIELD_PRIVATE),
	FIELD(struct campaign, listed_since, .flags = FIELD_PRIVATE),
};
const struct record_type campaign_record = RECORD_TYPE("Campaign", struct campaign, campaign_fields);

/* The initial members of a campaign. */
struct beginning {
	const char *id, *created_by, *origin;
	bool has_report;
};
static const struct field beginning_fields[] = {
	FIELD(struct beginning, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct beginning, created_by),
	FIELD(struct beginning, origin),
	FIELD(struct beginning, has_report),
};
static const struct record_type beginning_record = RECORD_TYPE("CampaignBeginning", struct beginning, beginning_fields);

bool campaign_counts(const struct campaign *campaign) {
	return campaign->origin != CAMPAIGN_OWN || campaign->current_metrics.sent > 0;
}

const char *campaign_name(const struct campaign *campaign) {
	return text_is_empty(campaign->name) ? "(no name)" : campaign->name;
}

int64_t campaign_age(const struct campaign *campaign, struct moment now) {
	return moment_is_set(campaign->sent_at) ? now.ms - campaign->sent_at.ms : INT64_MAX;
}

/* The members that the provider lists, and those derived from them. */
static const struct members *const listed = ONLY("name", "subject", "provider_status", "status", "from_name",
                                                 "from_email", "list_id", "list_ids", "created_at", "sent_at",
                                                 "content_bytes", "search", "sort_sent");

/* An unchanged campaign is only marked as seen; *matched is false if it is new or has changed. */
static bool note_seen(struct store *store, const struct external *external, const char *digest, const char *run_id,
                      struct moment at, bool *matched, struct error *err) {
	return store_update(store, CAMPAIGNS,
	                    FILTER(IS_EXTERNAL(*external), eq_text("listed_digest", digest), is_absent("gone_at")),
	                    UPDATE(set_id("seen_run", run_id), unset("missing_run"), unset("missing_with"),
	                           set_moment("synced_at", at)),
	                    matched, err);
}

/* What could not be read stays as it was. */
static bool keep_unread(struct store *store, struct campaign *state, struct arena *arena, struct error *err) {
	struct campaign before;
	bool found = false;
	if (state->unread.count && !store_find(store, CAMPAIGNS, FILTER(IS_EXTERNAL(state->external)), NULL,
	                                       &campaign_record, arena, &before, &found, err))
		return false;
	if (found)
		record_keep(&campaign_record, state, &before, &state->unread, arena);
	return true;
}

/* The state to store of what the provider tells now; `before` is NULL for a new campaign. */
static struct campaign state_of(const struct campaign *told, const struct campaign *before, const char *new_id,
                                struct arena *arena) {
	struct campaign state = *told;
	state.id = before ? before->id : new_id;
	state.list_id = state.list_ids.count ? state.list_ids.items[0] : NULL;
	state.sort_sent = moment_is_set(state.sent_at) ? state.sent_at.ms : 0;
	state.search = text_fold(arena, arena_print(arena, "%s\n%s", state.name ? state.name : "",
	                                            state.subject ? state.subject : ""));
	state.gone_at = MOMENT_NONE;
	state.partner_id = before ? before->partner_id : NULL;
	state.project_id = before ? before->project_id : NULL;
	return state;
}

bool campaign_save_listed(struct store *store, const struct campaign *campaign, const char *run_id, const char *by,
                          struct moment at, struct arena *arena, struct error *err) {
	struct beginning beginning = { store_new_id(arena), by, "synced", false };
	struct campaign before, told = *campaign;
	char digest[SECRET_HEX];
	bool seen, found;
	BUF_AUTO text = { 0 };
	if (!keep_unread(store, &told, arena, err))
		return false;
	record_to_json(&campaign_record, &told, &text);
	secret_digest(buf_text(&text), digest);
	if (!note_seen(store, &campaign->external, digest, run_id, at, &seen, err) || seen)
		return seen;
	if (!store_find(store, CAMPAIGNS, FILTER(IS_EXTERNAL(campaign->external)), NULL, &campaign_record, arena, &before,
	                &found, err))
		return false;
	struct campaign state = state_of(&told, found ? &before : NULL, beginning.id, arena);
	return listed_note(store, found ? &before : NULL, &state, at, arena, err) &&
	       store_upsert(store, CAMPAIGNS, FILTER(IS_EXTERNAL(campaign->external)),
	                    UPDATE(set_record(&campaign_record, &state, listed), set_text("listed_digest", digest),
	                           set_moment("listed_since", state.listed_since), unset("gone_at"), unset("missing_run"),
	                           unset("missing_with"), set_id("seen_run", run_id), set_moment("synced_at", at),
	                           CAMPAIGN_CHANGED, set_when_new(&beginning_record, &beginning, NULL)),
	                    err);
}

bool campaign_restore(struct store *store, const struct campaign *campaigns, int count, struct error *err) {
	struct bulk *bulk = bulk_open(store, CAMPAIGNS);
	for (int i = 0; i < count; i++)
		bulk_insert(bulk, &campaign_record, &campaigns[i]);
	return bulk_run(bulk, NULL, err);
}

/* Matches a campaign by any of the ids that a URL or request may use. */
static struct condition by_name(const char *id) {
	return by_id_or(text_after(id, "campaign_"), "external.id");
}

/* What people assign to a campaign; each writes only its own member. */
enum assignment { ASSIGN_PARTNER, ASSIGN_PROJECT };

static bool assign(struct store *store, const struct campaign *before, enum assignment what, const char *value,
                   struct arena *arena, struct error *err) {
	struct campaign after = *before;
	struct moment now;
	bool matched, partner = what == ASSIGN_PARTNER;
	*(partner ? &after.partner_id : &after.project_id) = value;
	return store_now(store, &now, err) && listed_note(store, before, &after, now, arena, err) &&
	       store_update(store, CAMPAIGNS, FILTER(by_id(before->id)),
	                    UPDATE(partner ? set_id("partner_id", value) : set_text("project_id", value),
	                           set_moment("listed_since", after.listed_since), CAMPAIGN_CHANGED),
	                    &matched, err);
}

static bool find_stored(struct store *store, const char *id, struct arena *arena, struct campaign *campaign,
                        bool *found, struct error *err) {
	return store_find(store, CAMPAIGNS, FILTER(by_name(id)), NULL, &campaign_record, arena, campaign, found, err);
}

static bool find_and_assign(struct store *store, const char *id, enum assignment what, const char *value, bool *found,
                            struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign campaign;
	if (!find_stored(store, id, arena, &campaign, found, err))
		return false;
	*found = *found && campaign_counts(&campaign);
	return (!*found || assign(store, &campaign, what, value, arena, err)) && version_bump(store, REALM_PARTNERS, err);
}

bool campaign_save_partner(struct store *store, const char *id, const char *partner_id, bool *found,
                           struct error *err) {
	return find_and_assign(store, id, ASSIGN_PARTNER, partner_id, found, err);
}

bool campaign_save_project(struct store *store, const char *id, const char *project_id, bool *found,
                           struct error *err) {
	return find_and_assign(store, id, ASSIGN_PROJECT, project_id, found, err);
}

bool campaign_drop_partner(struct store *store, const char *partner_id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign *campaigns;
	int count;
	if (!store_list(store, CAMPAIGNS, FILTER(eq_id("partner_id", partner_id)), NULL, CAMPAIGNS_MAX, &campaign_record,
	                arena, (void **)&campaigns, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!assign(store, &campaigns[i], ASSIGN_PARTNER, NULL, arena, err))
			return false;
	return true;
}

bool campaign_find(struct store *store, const char *id, struct arena *arena, struct campaign *campaign, bool *found,
                   struct error *err) {
	const struct campaign *kept = NULL;
	if (store_observed(store) && !campaign_cache_find(store, text_after(id, "campaign_"), &kept, err))
		return false;
	*found = kept != NULL;
	if (kept)
		*campaign = *kept;
	return *found || find_stored(store, id, arena, campaign, found, err);
}
