/* Unsubscribing by link. */
#include "answering/unsubscribing.h"

#include <string.h>

#include "answering/hit.h"
#include "audience/contacts/joining.h"
#include "audience/contacts/suppressing.h"
#include "audience/lists/own_list.h"
#include "campaigns/campaign.h"
#include "core/base/secret.h"

const char *leaver_masked(const char *email, struct arena *arena) {
	const char *at = email ? strrchr(email, '@') : NULL;
	if (!at || at == email)
		return NULL;
	size_t first = 1; /* a whole character */
	while (email + first < at && ((unsigned char)email[first] & 0xC0) == 0x80)
		first++;
	return arena_print(arena, "%.*s***%s", (int)first, email, at);
}

/* Only of a list to which people are added one by one can somebody be no member. */
static bool look_at_list(struct store *store, const char *id, struct arena *arena, struct leaver *leaver,
                         struct error *err) {
	struct membership membership;
	struct list list;
	bool found;
	if (!*id)
		return true;
	if (!list_find(store, id, arena, &list, &found, err))
		return false;
	leaver->is_list_gone = !found;
	if (!found || !list_is_own(&list) || list.list_type != LIST_STATIC)
		return true;
	leaver->list_id = list.id;
	leaver->list_name = list_shown_name(&list);
	if (!joining_find(store, list.id, leaver->contact_id, arena, &membership, &found, err))
		return false;
	leaver->has_left_list = !found || !membership_is_there(&membership) || membership.status == CONTACT_UNSUBSCRIBED;
	return true;
}

bool leaver_look(struct store *store, const struct token *token, struct arena *arena, struct leaver *leaver,
                 struct error *err) {
	const char *unsubscribed = choice_name(&suppression_reasons, SUPPRESSION_UNSUBSCRIBED);
	struct contact *contact = arena_array(arena, struct contact, 1);
	bool found;
	*leaver = (struct leaver){ .campaign_id = arena_copy(arena, token->campaign_id) };
	if (!contact_find(store, token->contact_id, arena, contact, &found, err))
		return false;
	if (!found)
		return true;
	leaver->contact = contact;
	leaver->contact_id = contact->id;
	leaver->email = leaver_masked(contact->email, arena);
	leaver->has_left_all = moment_is_set(contact->unsubscribed_at);
	leaver->has_fewer = moment_is_set(contact->fewer_at);
	leaver->is_blocked = contact->suppressed && !text_same(contact->suppressed, unsubscribed);
	return look_at_list(store, token->list_id, arena, leaver, err);
}

/* The campaign may be gone. */
static bool note_of(struct store *store, const struct leaver *leaver, struct moment now, struct arena *arena,
                    struct suppression_note *why, struct error *err) {
	struct campaign campaign;
	bool found;
	if (!campaign_find(store, leaver->campaign_id, arena, &campaign, &found, err))
		return false;
	*why = (struct suppression_note){ .at = now,
		                              .evidence = found ? arena_print(arena, "Unsubscribed by the link in “%.200s”",
		                                                              campaign.name)
		                                                : "Unsubscribed by the link in an email",
		                              .source = SUPPRESSED_BY_THEM };
	return true;
}

/* Of what cannot be left alone, everything is left. */
static bool means_all(const struct leaver *leaver) {
	return !leaver->list_id && !leaver->is_list_gone;
}

bool leaver_is_to_leave(const struct leaver *leaver, bool all) {
	if (!leaver->contact_id)
		return false;
	return all || means_all(leaver) ? !leaver->has_left_all : leaver->list_id && !leaver->has_left_list;
}

enum { ID_HEX = 24 };

bool leaver_note(struct store *store, const struct leaver *leaver, const struct visitor *visitor, const char *key,
                 struct moment now, struct arena *arena, struct error *err) {
	char mac[SECRET_HEX];
	secret_mac(key, arena_print(arena, "unsubscribe:%s:%s", leaver->campaign_id, leaver->contact_id), mac);
	const struct hit hit = { .id = arena_print(arena, "%.*s", ID_HEX, mac),
		                     .campaign_id = leaver->campaign_id,
		                     .block = COUNT_NONE,
		                     .index = COUNT_NONE,
		                     .hour = COUNT_NONE,
		                     .link = COUNT_NONE,
		                     .contact_id = leaver->contact_id,
		                     .kind = HIT_UNSUBSCRIBE,
		                     .at = now,
		                     .visitor = *visitor,
		                     .waits = true,
		                     .judged_as = HIT_HUMAN };
	return hit_store(store, &hit, err);
}

bool leaver_leave_all(struct store *store, struct leaver *leaver, struct moment now, struct arena *arena, bool *changed,
                      struct error *err) {
	struct suppression_note why;
	*changed = leaver_is_to_leave(leaver, true);
	if (!*changed) /* whoever did it may have been killed before every sender saw it */
		return !leaver->contact_id || contact_tell_suppressed(store, leaver->contact, arena, err);
	if (!note_of(store, leaver, now, arena, &why, err) ||
	    !contact_unsubscribe(store, leaver->contact, &why, arena, err))
		return false;
	leaver->has_left_all = true;
	return true;
}

static bool leave_list(struct store *store, const struct leaver *leaver, struct moment now, struct arena *arena,
                       struct error *err) {
	bool is_done = joining_set_status(store, leaver->list_id, leaver->contact_id, CONTACT_UNSUBSCRIBED, now, arena,
	                                  err);
	/* Whoever was removed from the list meanwhile has left it, too. */
	return is_done || err->kind == ERROR_MISSING;
}

bool leaver_leave_list(struct store *store, struct leaver *leaver, struct moment now, struct arena *arena,
                       bool *changed, struct error *err) {
	if (means_all(leaver))
		return leaver_leave_all(store, leaver, now, arena, changed, err);
	*changed = leaver_is_to_leave(leaver, false);
	bool left = *changed;
	if (!leaver->contact_id || !leaver->list_id)
		return true;
	/* Once more if whoever did it was killed in between, and only then: strangers ask as often as they like. */
	if (!*changed && !joining_is_left(store, leaver->contact_id, &left, err))
		return false;
	if (left && !leave_list(store, leaver, now, arena, err))
		return false;
	leaver->has_left_list = true;
	return true;
}
