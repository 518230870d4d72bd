/* Merging two contacts. */
#include "console/merging.h"

#include <string.h>

#include "audience/contacts/alias.h"
#include "audience/contacts/suppressing.h"
#include "campaigns/campaign.h"
#include "core/store/version.h"
#include "events/engagement.h"
#include "events/event.h"

const char *const merge_members[] = { "first_name", "last_name", "phone", "company", "job_title", "location", NULL };
const char *const merge_labels[] = { "First name", "Last name", "Phone", "Company", "Job title", "Location", NULL };

const char *merge_value(const struct contact *contact, const char *member) {
	const struct profile *profile = &contact->profile;
	const char *const values[] = { profile->first_name, profile->last_name, profile->phone,
		                           profile->company,    profile->job_title, profile->location };
	for (int i = 0; merge_members[i]; i++)
		if (strcmp(merge_members[i], member) == 0)
			return values[i];
	return NULL;
}

/* What is in force against the one that goes holds for the one that stays, too. */
static bool give_suppressions(struct store *store, const struct contact *stays, const struct contact *goes,
                              const char *by, struct moment now, struct arena *arena, struct error *err) {
	const char *from = contact_norm(arena, goes->email), *to = contact_norm(arena, stays->email);
	struct suppression *rows;
	int count;
	if (!from || !to)
		return true;
	if (!suppression_find(store, &(struct strings){ &from, 1 }, arena, &rows, &count, err))
		return false;
	struct suppression_entry *entries = arena_array(arena, struct suppression_entry, count + 1);
	for (int i = 0; i < count; i++)
		entries[i] = (struct suppression_entry){
			to,
			rows[i].reason,
			arena_print(arena, "As %s, the same contact: %.300s", from, rows[i].evidence ? rows[i].evidence : "–"),
			SUPPRESSED_HERE,
			by,
			now,
		};
	return contact_suppress(store, entries, count, arena, err);
}

/* Who did the same in a campaign as two counts as one in its growth. */
static bool recount(struct store *store, const char *id, struct arena *arena, struct error *err) {
	struct strings campaign_ids;
	if (!event_campaigns(store, &(struct strings){ &id, 1 }, arena, &campaign_ids, err))
		return false;
	for (int i = 0; i < campaign_ids.count; i++) {
		struct campaign campaign;
		bool found;
		if (!campaign_find(store, campaign_ids.items[i], arena, &campaign, &found, err))
			return false;
		for (int type = 0; found && type < EVENT_TYPE_COUNT; type++) {
			struct contact_reading reading = { .at = MOMENT_NONE };
			int64_t count;
			if (!store_count(store, "contact_events",
			                 FILTER(eq_id("contact_id", id), eq_id("campaign_id", campaign.id),
			                        eq_choice("type", &event_types, (unsigned)type)),
			                 &count, err) ||
			    (count > 1 &&
			     !event_save_growth(store, campaign.id, (enum event_type)type, campaign.sent_at, &reading, err)))
				return false;
		}
	}
	return true;
}

/* After the last step of which the one that goes is needed. */
static bool end(struct store *store, const struct claim *claim, struct arena *arena, struct error *err) {
	return engagement_renew(store, &(struct strings){ (const char *[]){ claim->into }, 1 }, arena, err) &&
	       version_bump(store, REALM_PEOPLE | REALM_FIGURES, err) && alias_close(store, claim->goes, err);
}

static bool merge(struct store *store, const struct claim *claim, struct arena *arena, struct error *err) {
	struct contact one, other;
	if (!alias_claim(store, claim, arena, err) || !contact_need(store, claim->into, arena, &one, err) ||
	    !contact_need(store, claim->goes, arena, &other, err))
		return false;
	return alias_take_over(store, &one, &other, &claim->of_other, claim->at, arena, err) &&
	       event_give(store, other.id, one.id, err) &&
	       give_suppressions(store, &one, &other, claim->by, claim->at, arena, err) &&
	       recount(store, one.id, arena, err) && alias_end(store, &one, &other, arena, err) &&
	       end(store, claim, arena, err);
}

bool person_merge(struct store *store, const char *stays, const char *goes, const struct strings *of_other,
                  const char *by, struct moment now, struct arena *arena, struct error *err) {
	struct contact one, other;
	if (!contact_need(store, stays, arena, &one, err) || !contact_need(store, goes, arena, &other, err))
		return false;
	if (text_same(one.id, other.id))
		return error_field(err, "with", "This is the same contact");
	const struct claim claim = { other.id, one.id, *of_other, by, now, false };
	return merge(store, &claim, arena, err);
}

bool person_merge_again(struct store *store, const struct claim *claim, struct moment now, struct arena *arena,
                        struct error *err) {
	struct claim again = *claim;
	struct contact goes;
	bool found;
	again.at = now;
	if (!contact_find(store, claim->goes, arena, &goes, &found, err))
		return false;
	if (!found) /* the other one is gone, too */
		return alias_close(store, claim->goes, err);
	return text_same(goes.id, claim->goes) ? merge(store, &again, arena, err) : end(store, claim, arena, err);
}
