/* Own campaigns: what a list shows of them. */
#include "campaigns/own_campaign.h"

#include "campaigns/stored.h"
#include "core/store/clock.h"
#include "core/store/version.h"

/* Filter for a draft of one's own. */
#define IS_DRAFT(id)                                                        \
	FILTER(by_id(id), eq_choice("origin", &campaign_origins, CAMPAIGN_OWN), \
	       eq_choice("status", &campaign_statuses, CAMPAIGN_DRAFT))

static const struct members *const shown = ONLY("name", "subject", "from_name", "from_email", "list_id", "list_ids",
                                                "updated_at", "scheduled_time", "search");

/* With what follows from its other members. */
static struct campaign state_of(const struct campaign *draft, struct arena *arena) {
	struct campaign state = *draft;
	state.list_id = state.list_ids.count ? state.list_ids.items[0] : NULL;
	state.search = text_fold(arena, arena_print(arena, "%s\n%s", state.name ? state.name : "",
	                                            state.subject ? state.subject : ""));
	return state;
}

bool campaign_create_own(struct store *store, const struct campaign *draft, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign state = state_of(draft, arena);
	bool was_there;
	state.origin = CAMPAIGN_OWN;
	state.status = CAMPAIGN_DRAFT;
	state.has_report = false;
	state.sort_sent = 0;
	state.changes = 1;
	return store_now(store, &state.changed_at, err) &&
	       store_create(store, CAMPAIGNS, &campaign_record, &state, state.id, &was_there, err) &&
	       version_bump(store, REALM_CAMPAIGNS, err);
}

/* Why no draft was matched. */
static bool refuse(struct store *store, const char *id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign campaign;
	bool found;
	enum campaign_status next;
	if (!store_find(store, CAMPAIGNS, FILTER(by_id(id)), NULL, &campaign_record, arena, &campaign, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no campaign %.60s", id);
	return campaign_check_own(&campaign, err) && campaign_must_next(campaign.status, CAMPAIGN_REVISE, &next, err) &&
	       error_set(err, ERROR_CONFLICT, "Make the campaign a draft first");
}

bool campaign_save_own(struct store *store, const struct campaign *draft, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct campaign state = state_of(draft, arena);
	bool matched;
	return store_update(store, CAMPAIGNS, IS_DRAFT(draft->id),
	                    UPDATE(set_record(&campaign_record, &state, shown), CAMPAIGN_CHANGED), &matched, err) &&
	       (matched || refuse(store, draft->id, err)) && version_bump(store, REALM_CAMPAIGNS, err);
}

bool campaign_delete_own(struct store *store, const char *id, struct error *err) {
	int64_t deleted;
	return store_delete(store, CAMPAIGNS, IS_DRAFT(id), &deleted, err) && (deleted || refuse(store, id, err)) &&
	       version_bump(store, REALM_CAMPAIGNS, err);
}

bool campaign_check_own(const struct campaign *campaign, struct error *err) {
	return campaign->origin == CAMPAIGN_OWN || error_set(err, ERROR_CONFLICT,
	                                                     "This campaign is observed: its provider sends and changes "
	                                                     "it. Only its partner and project can be "
	                                                     "set here");
}
