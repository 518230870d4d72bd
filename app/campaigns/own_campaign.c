/* Own campaigns: what a list shows of them. */
#include "campaigns/own_campaign.h"

#include "campaigns/stored.h"
#include "core/store/clock.h"
#include "core/store/version.h"

enum { MOVE_TRIES = 5 };

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

static bool read_now(struct store *store, const char *id, struct arena *arena, struct campaign *campaign,
                     struct error *err) {
	bool found;
	return store_find(store, CAMPAIGNS, FILTER(by_id(id)), NULL, &campaign_record, arena, campaign, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no campaign %.60s", id));
}

bool campaign_check_deletable(const struct campaign *campaign, struct error *err) {
	enum campaign_status status = (enum campaign_status)campaign->status;
	const char *word = choice_name(&campaign_statuses, campaign->status);
	if (campaign_is_editable(status))
		return true;
	if (status == CAMPAIGN_SCHEDULED)
		return error_set(err, ERROR_CONFLICT, "A scheduled campaign cannot be deleted. Unschedule it first");
	if (campaign_is_final(status))
		return error_set(err, ERROR_CONFLICT,
		                 "A campaign that is %s cannot be deleted: what was sent to whom, and what came of it, is kept",
		                 word);
	return error_set(err, ERROR_CONFLICT, "A campaign that is %s cannot be deleted: only drafts can", word);
}

/* Why no draft was matched. */
static bool refuse(struct store *store, const char *id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign campaign;
	enum campaign_status next;
	if (!read_now(store, id, arena, &campaign, err))
		return false;
	return campaign_check_own(&campaign, err) && campaign_must_next(campaign.status, CAMPAIGN_REVISE, &next, err) &&
	       error_set(err, ERROR_CONFLICT, "Turn the campaign into a draft first");
}

bool campaign_note_subject(struct store *store, const struct campaign *campaign, const char *subject,
                           struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign state = *campaign;
	bool matched;
	state.subject = subject;
	state = state_of(&state, arena);
	return store_update(store, CAMPAIGNS, FILTER(by_id(state.id)),
	                    UPDATE(set_record(&campaign_record, &state, ONLY("subject", "search")), CAMPAIGN_CHANGED),
	                    &matched, err) &&
	       version_bump(store, REALM_CAMPAIGNS, err);
}

bool campaign_save_own(struct store *store, const struct campaign *draft, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct campaign state = state_of(draft, arena);
	bool matched;
	return store_update(store, CAMPAIGNS, IS_DRAFT(draft->id),
	                    UPDATE(set_record(&campaign_record, &state, shown), CAMPAIGN_CHANGED), &matched, err) &&
	       (matched || refuse(store, draft->id, err)) && version_bump(store, REALM_CAMPAIGNS, err);
}

bool campaign_catch_up_own(struct store *store, const struct campaign *before, const struct campaign *draft,
                           struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct campaign state = state_of(draft, arena);
	bool matched;
	return store_update(store, CAMPAIGNS,
	                    FILTER(by_id(before->id), eq_choice("origin", &campaign_origins, CAMPAIGN_OWN),
	                           eq_choice("status", &campaign_statuses, CAMPAIGN_DRAFT),
	                           eq_moment("updated_at", before->updated_at), eq_text("name", before->name)),
	                    UPDATE(set_record(&campaign_record, &state, shown), CAMPAIGN_CHANGED), &matched, err) &&
	       (!matched || version_bump(store, REALM_CAMPAIGNS, err));
}

bool campaign_count_under_way(struct store *store, int64_t *count, struct error *err) {
	enum { MOST = 1000 };
	return store_count_most(store, CAMPAIGNS,
	                        FILTER(in_texts("status", TEXTS("queued", "sending", "paused")),
	                               eq_choice("origin", &campaign_origins, CAMPAIGN_OWN)),
	                        MOST, count, err);
}

bool campaign_delete_own(struct store *store, const char *id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign campaign;
	int64_t deleted;
	if (!store_delete(store, CAMPAIGNS, IS_DRAFT(id), &deleted, err))
		return false;
	if (deleted)
		return version_bump(store, REALM_CAMPAIGNS, err);
	return read_now(store, id, arena, &campaign, err) && campaign_check_own(&campaign, err) &&
	       campaign_check_deletable(&campaign, err) && refuse(store, id, err);
}

bool campaign_read_status(struct store *store, const char *id, enum campaign_status *status, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign campaign;
	if (!read_now(store, id, arena, &campaign, err))
		return false;
	*status = (enum campaign_status)campaign.status;
	return true;
}

struct moving {
	enum campaign_event event;
	struct moment at;
	bool is_due; /* only if its time has come by `at` */
};

static bool must_be_due(const struct campaign *campaign, struct moment at, struct error *err) {
	return (campaign->status == CAMPAIGN_SCHEDULED && moment_is_set(campaign->scheduled_time) &&
	        campaign->scheduled_time.ms <= at.ms) ||
	       error_set(err, ERROR_CONFLICT, "The time of this campaign has been changed");
}

/* *moved false: it has changed since it was read. */
static bool move_once(struct store *store, const char *id, const struct moving *moving, struct campaign_move *move,
                      bool *moved, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign campaign;
	if (!read_now(store, id, arena, &campaign, err) || !campaign_check_own(&campaign, err))
		return false;
	move->from = (enum campaign_status)campaign.status;
	if (!campaign_must_next(move->from, moving->event, &move->to, err) ||
	    (moving->is_due && !must_be_due(&campaign, moving->at, err)))
		return false;
	struct moment chosen = moving->event == CAMPAIGN_SCHEDULE     ? moving->at
	                       : moving->event == CAMPAIGN_UNSCHEDULE ? MOMENT_NONE
	                                                              : campaign.scheduled_time;
	bool begins = moving->event == CAMPAIGN_SEND;
	return store_update(store, CAMPAIGNS,
	                    FILTER(by_id(id), eq_choice("status", &campaign_statuses, (unsigned)move->from),
	                           moving->is_due ? lte_moment("scheduled_time", moving->at) : anything()),
	                    UPDATE(set_choice("status", &campaign_statuses, (unsigned)move->to),
	                           set_moment("scheduled_time", chosen),
	                           begins ? set_moment("sent_at", moving->at) : no_edit(),
	                           begins ? set_count("sort_sent", moving->at.ms) : no_edit(), CAMPAIGN_CHANGED),
	                    moved, err);
}

static bool move_it(struct store *store, const char *id, const struct moving *moving, struct campaign_move *move,
                    struct error *err) {
	bool moved = false;
	for (int tries = 0; tries < MOVE_TRIES && !moved; tries++)
		if (!move_once(store, id, moving, move, &moved, err))
			return false;
	return (moved || error_set(err, ERROR_CONFLICT, "The campaign changes too fast: try again")) &&
	       version_bump(store, REALM_CAMPAIGNS, err);
}

bool campaign_move_own(struct store *store, const char *id, enum campaign_event event, struct moment now,
                       struct campaign_move *move, struct error *err) {
	return move_it(store, id, &(struct moving){ event, now, false }, move, err);
}

bool campaign_schedule_own(struct store *store, const char *id, struct moment at, struct campaign_move *move,
                           struct error *err) {
	return move_it(store, id, &(struct moving){ CAMPAIGN_SCHEDULE, at, false }, move, err);
}

bool campaign_move_due(struct store *store, const char *id, struct moment now, struct campaign_move *move,
                       struct error *err) {
	return move_it(store, id, &(struct moving){ CAMPAIGN_SEND, now, true }, move, err);
}

bool campaign_check_own(const struct campaign *campaign, struct error *err) {
	return campaign->origin == CAMPAIGN_OWN || error_set(err, ERROR_CONFLICT,
	                                                     "This campaign is observed: its provider sends and changes "
	                                                     "it. Only its partner and project can be "
	                                                     "set here");
}
