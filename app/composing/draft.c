/* Drafts: storage of both parts. */
#include "composing/draft.h"

#include "composing/attached.h"

/* What a list of campaigns shows. */
static struct campaign shown_of(const struct composition *composition) {
	struct campaign campaign;
	record_clear(&campaign_record, &campaign);
	campaign.id = composition->id;
	campaign.name = composition->name;
	campaign.subject = composition->subjects.count ? composition->subjects.items[0] : NULL;
	campaign.from_name = composition->from_name;
	campaign.from_email = composition->from_email;
	campaign.list_ids = composition->list_ids;
	campaign.updated_at = composition->updated_at;
	campaign.scheduled_time = composition->scheduled_time;
	return campaign;
}

static bool shows(const struct campaign *campaign, const struct campaign *shown) {
	return text_same(campaign->name, shown->name) && text_same(campaign->subject, shown->subject) &&
	       text_same(campaign->from_name, shown->from_name) && text_same(campaign->from_email, shown->from_email) &&
	       strings_same(&campaign->list_ids, &shown->list_ids);
}

/* Its writer died in between, or two wrote at once. */
static bool catch_up(struct store *store, struct draft *draft, struct error *err) {
	const struct campaign shown = shown_of(&draft->composition);
	if (draft->campaign.status != CAMPAIGN_DRAFT || shows(&draft->campaign, &shown))
		return true;
	if (!campaign_catch_up_own(store, &draft->campaign, &shown, err))
		return false;
	draft->campaign.name = shown.name;
	draft->campaign.subject = shown.subject;
	draft->campaign.from_name = shown.from_name;
	draft->campaign.from_email = shown.from_email;
	draft->campaign.list_ids = shown.list_ids;
	return true;
}

bool draft_find(struct store *store, const char *id, struct arena *arena, struct draft *draft, struct error *err) {
	bool found;
	return campaign_find(store, id, arena, &draft->campaign, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no campaign %.60s", id)) &&
	       campaign_check_own(&draft->campaign, err) &&
	       composition_find(store, draft->campaign.id, arena, &draft->composition, err) && catch_up(store, draft, err);
}

bool draft_create(struct store *store, const struct composition *composition, const char *by, struct moment now,
                  struct error *err) {
	struct campaign campaign = shown_of(composition);
	campaign.created_at = now;
	campaign.created_by = by;
	return composition_create(store, composition, err) && attached_keep(store, composition, err) &&
	       campaign_create_own(store, &campaign, err);
}

bool draft_check_editable(const struct campaign *campaign, struct error *err) {
	return campaign_is_editable((enum campaign_status)campaign->status) ||
	       error_set(err, ERROR_CONFLICT, "Only a draft can be changed: this campaign is %s",
	                 choice_name(&campaign_statuses, (int)campaign->status));
}

bool draft_save(struct store *store, const struct campaign *campaign, const struct composition *composition,
                struct error *err) {
	const struct campaign shown = shown_of(composition);
	return draft_check_editable(campaign, err) && composition_save(store, composition, err) &&
	       attached_keep(store, composition, err) && campaign_save_own(store, &shown, err);
}

bool draft_delete(struct store *store, const char *id, struct error *err) {
	return campaign_delete_own(store, id, err) && composition_delete(store, id, err) && attached_let_go(store, id, err);
}

struct composition draft_copy(const struct composition *of, const char *id, struct arena *arena) {
	struct composition copy = *of;
	const char *name = arena_print(arena, "Copy of %s", of->name ? of->name : "");
	copy.id = id;
	copy.name = text_length(name) > COMPOSITION_NAME_MAX ? of->name : name;
	copy.scheduled_time = MOMENT_NONE;
	copy.rev = 0;
	return copy;
}
