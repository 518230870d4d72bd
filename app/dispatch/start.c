/* Starting a campaign. */
#include <string.h>

#include "audience/lists/list.h"
#include "campaigns/own_campaign.h"
#include "composing/addressees.h"
#include "composing/attached.h"
#include "composing/draft.h"
#include "composing/missing.h"
#include "composing/warmed_domain.h"
#include "core/base/calendar.h"
#include "core/process/settings.h"
#include "core/store/version.h"
#include "dispatch/freeze.h"
#include "dispatch/letter.h"
#include "templates/values.h"

static bool check(const struct wording *wording, struct error *err) {
	struct missing missing[MISSING_MAX];
	if (!composition_emails(&wording->said))
		return error_field(err, "channel", "Text messages cannot be sent yet: choose email");
	return composition_missing(wording, missing) == 0 || error_field(err, missing[0].field, "%s", missing[0].text);
}

/* With what its template says now: later changes to the template do not reach it. */
static bool word(struct store *store, struct draft *draft, struct arena *arena, struct composing_known *known,
                 struct wording *wording, struct error *err) {
	if (!known_read(store, arena, known, err) ||
	    !known_read_template(store, draft->composition.template_id, arena, known, err))
		return false;
	*wording = wording_of(&draft->composition, known, arena);
	draft->composition = wording_copy(&draft->composition, known, arena);
	return true;
}

/* The composition as it was at this moment; a later save cannot change it, since only drafts are saved. */
static bool freeze_content(struct store *store, const struct composition *said, struct dispatch *dispatch,
                           struct arena *arena, struct error *err) {
	const struct letter_settings settings = { .postal_address = settings_text("POSTAL_ADDRESS") };
	struct names known;
	return template_names(store, arena, &known, err) &&
	       letter_names(said, &settings, &known, arena, &dispatch->names, &dispatch->types, err);
}

/* Whoever leaves the list of which the chosen one is a part is sent nothing, either. */
static bool find_base(struct store *store, struct dispatch *dispatch, struct arena *arena, struct error *err) {
	struct list list;
	bool found;
	if (!dispatch->list_id)
		return true;
	if (!list_find(store, dispatch->list_id, arena, &list, &found, err))
		return false;
	dispatch->base_list_id = found ? list.base_list_id : NULL;
	return true;
}

/* What it goes through stays the same, whatever is added later. */
static const char *connection_of(const struct composition *said, const struct composing_known *known) {
	if (!text_is_empty(said->account_id))
		return said->account_id;
	const struct connection *usual = connection_for_email(&known->connections);
	return usual && !usual->from_settings ? usual->id : NULL;
}

/* What is frozen of a draft. */
static bool dispatch_of(struct store *store, const struct draft *draft, const struct composing_known *known,
                        const struct wording *wording, struct arena *arena, struct dispatch *dispatch,
                        struct error *err) {
	struct versions versions;
	if (!versions_read(store, &versions, err))
		return false;
	record_clear(&dispatch_record, dispatch);
	dispatch->zone = arena_copy(arena, versions.zone);
	dispatch->id = draft->campaign.id;
	dispatch->said = draft->composition;
	dispatch->list_id = addressees_list(&draft->composition);
	dispatch->connection_id = connection_of(&draft->composition, known);
	dispatch->said.settings.unsubscribe_link |= wording->marketing;
	return find_base(store, dispatch, arena, err) && freeze_content(store, &dispatch->said, dispatch, arena, err);
}

bool dispatch_read_draft(struct store *store, const char *campaign_id, struct arena *arena, struct dispatch *dispatch,
                         struct error *err) {
	struct draft draft;
	struct composing_known known;
	struct wording wording;
	return draft_find(store, campaign_id, arena, &draft, err) && word(store, &draft, arena, &known, &wording, err) &&
	       dispatch_of(store, &draft, &known, &wording, arena, dispatch, err);
}

/* Whoever saved the draft may have been killed before its files were kept from being deleted. */
static bool keep_files(struct store *store, const struct composition *said, struct arena *arena, struct error *err) {
	struct rows files;
	return attached_keep(store, said, err) && attached_read(store, &said->attachment_ids, arena, &files, err);
}

/* Of a campaign whose time has come: what clocks show then in the zone in which it was chosen. */
static struct moment own_hour_of(const struct dispatch *dispatch) {
	ZONE_AUTO zone = zone_open(dispatch_usual_zone(dispatch));
	return dispatch->said.recipient_zones ? zone_wall(zone, dispatch->said.scheduled_time) : MOMENT_NONE;
}

static bool find_warm_up(struct store *store, struct dispatch *dispatch, struct arena *arena, struct error *err) {
	const char *domain_id;
	if (!warmed_domain(store, &dispatch->said.froms, arena, &domain_id, err))
		return false;
	dispatch->engaged_first = domain_id != NULL;
	return true;
}

bool dispatch_start(struct store *store, const char *campaign_id, const char *by, struct moment now,
                    struct arena *arena, struct error *err) {
	struct draft draft;
	struct dispatch dispatch;
	struct campaign_move move;
	enum campaign_status next;
	struct composing_known known;
	struct wording wording;
	if (!draft_find(store, campaign_id, arena, &draft, err) ||
	    !campaign_must_next((enum campaign_status)draft.campaign.status, CAMPAIGN_SEND, &next, err) ||
	    !word(store, &draft, arena, &known, &wording, err) || !check(&wording, err) ||
	    !keep_files(store, &draft.composition, arena, err) ||
	    !dispatch_of(store, &draft, &known, &wording, arena, &dispatch, err) ||
	    !find_warm_up(store, &dispatch, arena, err))
		return false;
	dispatch.started_by = by;
	dispatch.started_at = now;
	dispatch.own_hour = by ? MOMENT_NONE : own_hour_of(&dispatch);
	dispatch.total = dispatch.blocks = dispatch.rate = COUNT_NONE;
	dispatch.words = 0;
	return dispatch_create(store, &dispatch, err) &&
	       (by ? campaign_move_own(store, dispatch.id, CAMPAIGN_SEND, now, &move, err)
	           : campaign_move_due(store, dispatch.id, now, &move, err)) &&
	       composition_keep_words(store, &draft.composition, err) &&
	       campaign_note_subject(store, &draft.campaign,
	                             dispatch.said.subjects.count ? dispatch.said.subjects.items[0] : NULL, err) &&
	       freeze_ask(store, dispatch.id, arena, err);
}
