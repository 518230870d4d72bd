/* Unsubscribing by link. */
#include "answering/unsubscribing.h"

#include <string.h>

#include "audience/contacts/joining.h"
#include "audience/contacts/suppressing.h"
#include "audience/lists/own_list.h"
#include "campaigns/campaign.h"
#include "core/store/version.h"

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
	struct contact contact;
	bool found;
	*leaver = (struct leaver){ .campaign_id = arena_copy(arena, token->campaign_id) };
	if (!contact_find(store, token->contact_id, arena, &contact, &found, err))
		return false;
	if (!found)
		return true;
	leaver->contact_id = contact.id;
	leaver->email = leaver_masked(contact.email, arena);
	leaver->has_left_all = moment_is_set(contact.unsubscribed_at);
	leaver->is_blocked = contact.suppressed && !text_same(contact.suppressed, unsubscribed);
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

bool leaver_leave_all(struct store *store, struct leaver *leaver, struct moment now, struct arena *arena, bool *changed,
                      struct error *err) {
	struct suppression_note why;
	*changed = leaver->contact_id && !leaver->has_left_all;
	if (!*changed) /* whoever did it may have been killed before every sender saw it */
		return !leaver->contact_id || version_bump(store, REALM_PEOPLE, err);
	if (!note_of(store, leaver, now, arena, &why, err) ||
	    !contact_unsubscribe(store, leaver->contact_id, &why, arena, err) || !version_bump(store, REALM_PEOPLE, err))
		return false;
	leaver->has_left_all = true;
	return true;
}

static bool leave_list(struct store *store, const struct leaver *leaver, struct moment now, struct arena *arena,
                       struct error *err) {
	bool is_done = joining_set_status(store, leaver->list_id, leaver->contact_id, CONTACT_UNSUBSCRIBED, now, arena,
	                                  err);
	/* Whoever was removed from the list meanwhile has left it, too. */
	return (is_done || err->kind == ERROR_MISSING) && version_bump(store, REALM_PEOPLE, err);
}

bool leaver_leave_list(struct store *store, struct leaver *leaver, struct moment now, struct arena *arena,
                       bool *changed, struct error *err) {
	if (!leaver->list_id && !leaver->is_list_gone)
		return leaver_leave_all(store, leaver, now, arena, changed, err);
	*changed = leaver->contact_id && leaver->list_id && !leaver->has_left_list;
	if (!leaver->contact_id || !leaver->list_id)
		return true;
	/* Once more if it was so: whoever did it may have been killed in between. */
	if (!leave_list(store, leaver, now, arena, err))
		return false;
	leaver->has_left_list = true;
	return true;
}
