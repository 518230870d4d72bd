/* Erasing a person. */
#include "console/erasing.h"

#include <string.h>

#include "answering/hit.h"
#include "audience/contacts/alias.h"
#include "audience/contacts/own.h"
#include "audience/customers/customer.h"
#include "audience/importing/forget.h"
#include "audience/suppression/suppression.h"
#include "codes/redeeming.h"
#include "console/suppression_import.h"
#include "core/store/version.h"
#include "dispatch/message.h"
#include "events/event.h"
#include "inbound/receiving.h"
#include "observing/raw.h"
#include "subscribing/confirmation.h"
#include "webhooks/delivery.h"

static bool erase_suppressions(struct store *store, const struct erasing *erasing, struct arena *arena,
                               struct error *err) {
	return suppression_erase(store, &erasing->keys, erasing->now, arena, err);
}

static bool erase_answers(struct store *store, const struct erasing *erasing, struct arena *arena, struct error *err) {
	struct strings campaign_ids;
	return event_campaigns(store, &erasing->ids, arena, &campaign_ids, err) &&
	       raw_forget(store, &campaign_ids, &erasing->keys, &erasing->refs, err);
}

static bool erase_events(struct store *store, const struct erasing *erasing, struct arena *arena, struct error *err) {
	(void)arena;
	return event_forget(store, &erasing->ids, err);
}

static bool erase_hits(struct store *store, const struct erasing *erasing, struct arena *arena, struct error *err) {
	struct strings ids;
	return alias_ids(store, erasing->contact->id, arena, &ids, err) && hit_forget(store, &ids, err);
}

static bool erase_messages(struct store *store, const struct erasing *erasing, struct arena *arena, struct error *err) {
	struct strings ids; /* emails to one who was merged into them are still under the other's id */
	return alias_ids(store, erasing->contact->id, arena, &ids, err) && messages_forget(store, &ids, arena, err);
}

/* And what came back of their emails, and what they were asked. */
static bool erase_codes(struct store *store, const struct erasing *erasing, struct arena *arena, struct error *err) {
	struct strings ids;
	return alias_ids(store, erasing->contact->id, arena, &ids, err) && codes_forget(store, &ids, err) &&
	       deliveries_forget(store, &ids, err) && inbound_forget(store, &ids, &erasing->keys, err) &&
	       confirmations_forget(store, &ids, &erasing->keys, err);
}

static bool erase_customer(struct store *store, const struct erasing *erasing, struct arena *arena, struct error *err) {
	(void)arena;
	return customer_forget_suggestions(store, &erasing->ids, err);
}

static bool erase_aliases(struct store *store, const struct erasing *erasing, struct arena *arena, struct error *err) {
	(void)arena;
	return alias_forget(store, &erasing->ids, err);
}

/* Memberships first: without them the person is still found. */
static bool erase_memberships(struct store *store, const struct erasing *erasing, struct arena *arena,
                              struct error *err) {
	(void)arena;
	return membership_drop_own(store, &erasing->ids, err) &&
	       membership_drop(store, erasing->memberships, erasing->membership_count, err);
}

static bool erase_imports(struct store *store, const struct erasing *erasing, struct arena *arena, struct error *err) {
	(void)arena;
	return import_forget(store, &erasing->ids, &erasing->keys, erasing->now, err) &&
	       suppression_imports_forget(store, err);
}

static bool erase_contact(struct store *store, const struct erasing *erasing, struct arena *arena, struct error *err) {
	return contact_forget(store, NULL, 0, &erasing->ids, arena, err) && alias_release(store, &erasing->ids, err);
}

const struct eraser erasers[] = {
	{ "suppressions", erase_suppressions }, /* first: from here on nothing brings them back */
	{ "answers of the provider", erase_answers },
	{ "events", erase_events },
	{ "emails that were sent", erase_messages },
	{ "opens and clicks of our emails", erase_hits }, /* after these, so that none comes meanwhile */
	{ "codes to redeem, emails that came back", erase_codes },
	{ "customers", erase_customer },
	{ "aliases", erase_aliases },
	{ "imports", erase_imports },
	{ "memberships", erase_memberships },
	{ "the contact", erase_contact }, /* last: until then the person is
	                                     found */
};
const int eraser_count = sizeof erasers / sizeof *erasers;

static void add_key(struct strings *keys, const char *key) {
	if (!text_is_empty(key) && !strings_have(keys, key))
		keys->items[keys->count++] = key;
}

static bool find_erasing(struct store *store, const struct contact *contact, struct moment now, struct arena *arena,
                         struct erasing *erasing, struct error *err) {
	enum { THEIR_OWN = 5 };
	struct membership *rows;
	struct strings aliases;
	int count;
	const char **id = arena_new_of(arena, const char *);
	*id = contact->id;
	*erasing = (struct erasing){ .contact = contact, .ids = { id, 1 }, .now = now };
	if (!membership_list(store, &erasing->ids, arena, &rows, &count, err) ||
	    !alias_addresses(store, contact->id, arena, &aliases, err))
		return false;
	erasing->memberships = rows;
	erasing->membership_count = count;
	erasing->keys = (struct strings){ arena_array(arena, const char *, count + aliases.count + THEIR_OWN), 0 };
	erasing->refs = (struct strings){ arena_array(arena, const char *, count + 1), 0 };
	add_key(&erasing->keys, contact_norm(arena, contact->email));
	add_key(&erasing->keys, contact_norm(arena, contact->own.email));
	add_key(&erasing->keys, contact->email_norm && strchr(contact->email_norm, '@') ? contact->email_norm : NULL);
	add_key(&erasing->keys, contact->profile.phone);
	add_key(&erasing->keys, contact->own.phone);
	for (int i = 0; i < aliases.count; i++)
		add_key(&erasing->keys, aliases.items[i]);
	for (int i = 0; i < count; i++) {
		add_key(&erasing->keys, contact_norm(arena, rows[i].email));
		if (rows[i].external.id)
			erasing->refs.items[erasing->refs.count++] = rows[i].external.id;
	}
	return true;
}

bool person_erase_steps(struct store *store, const char *id, int steps, struct moment now, struct arena *arena,
                        struct error *err) {
	struct contact contact;
	struct erasing erasing;
	if (!contact_need(store, id, arena, &contact, err))
		return false;
	const struct claim claim = { .goes = contact.id, .into = contact.id, .at = now };
	if (!alias_claim(store, &claim, arena, err) || !find_erasing(store, &contact, now, arena, &erasing, err))
		return false;
	for (int i = 0; i < steps && i < eraser_count; i++)
		if (!erasers[i].erase(store, &erasing, arena, err))
			return error_note(err, "erasing %s", erasers[i].name);
	return version_bump(store, REALM_PEOPLE | REALM_FIGURES, err);
}

bool person_erase(struct store *store, const char *id, struct moment now, struct arena *arena, struct error *err) {
	return person_erase_steps(store, id, eraser_count, now, arena, err);
}
