/* Fewer emails. */
#include "audience/contacts/fewer.h"

#include "audience/contacts/change.h"
#include "core/store/version.h"

static const char CONTACTS[] = "contacts";

enum { KEPT_MS = HOUR_MS }; /* so long a turn is not written anew */

struct moment fewer_begins(struct moment now) {
	return (struct moment){ now.ms - FEWER_DAYS * DAY_MS };
}

static bool is_recent(struct moment at, struct moment now) {
	return moment_is_set(at) && at.ms > fewer_begins(now).ms;
}

bool fewer_holds(const struct contact *contact, const char *campaign_id, struct moment now) {
	if (!moment_is_set(contact->fewer_at))
		return false;
	bool is_its_turn = campaign_id && text_same(contact->fewer_campaign_id, campaign_id);
	return is_recent(contact->fewer_at, now) || (is_recent(contact->fewer_last_at, now) && !is_its_turn);
}

bool fewer_claim(struct store *store, const struct contact *contact, const char *campaign_id, struct moment now,
                 bool *has, struct error *err) {
	*has = text_same(contact->fewer_campaign_id, campaign_id) && moment_is_set(contact->fewer_last_at) &&
	       now.ms - contact->fewer_last_at.ms < KEPT_MS;
	return *has ||
	       store_update(store, CONTACTS,
	                    FILTER(by_id(contact->id),
	                           ANY_OF(is_absent("fewer_last_at"), lte_moment("fewer_last_at", fewer_begins(now)),
	                                  eq_id("fewer_campaign_id", campaign_id))),
	                    UPDATE(set_moment("fewer_last_at", now), set_id("fewer_campaign_id", campaign_id)), has, err);
}

bool fewer_give_back(struct store *store, const struct strings *contact_ids, const char *campaign_id,
                     struct error *err) {
	return contact_ids->count == 0 ||
	       store_update_all(store, CONTACTS,
	                        FILTER(in_ids("_id", contact_ids), eq_id("fewer_campaign_id", campaign_id)),
	                        UPDATE(unset("fewer_last_at"), unset("fewer_campaign_id")), err);
}

static void note(void *context, const struct contact *shown, struct own *own, bool *changed, struct arena *arena) {
	const struct fewer_said *said = context;
	const struct permission_note one = {
		said->fewer ? "fewer emails" : "all emails again", said->source, said->text, said->by, said->now, said->now
	};
	(void)shown;
	*changed = moment_is_set(own->fewer_at) != said->fewer;
	if (!*changed)
		return;
	own->fewer_at = said->fewer ? said->now : MOMENT_NONE;
	own->permissions = permission_noted(&own->permissions, &one, arena);
	own->updated_at = said->now;
	if (!own_is_any(own))
		own->created_at = said->now;
}

/* The version in any case: whoever said it before may have been killed before every sender saw it. */
bool fewer_say(struct store *store, const char *contact_id, const struct fewer_said *said, struct arena *arena,
               struct error *err) {
	struct fewer_said copy = *said;
	return contact_edit_own(store, contact_id, note, &copy, arena, err) && version_bump(store, REALM_PEOPLE, err);
}
