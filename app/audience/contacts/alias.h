/* Contacts that were merged into others: the address and the id of the one that went lead to the one that stays, in
 * `contact_aliases`, so that a sync, an import and old links find it. */
#ifndef AUDIENCE_CONTACTS_ALIAS_H
#define AUDIENCE_CONTACTS_ALIAS_H

#include "audience/contacts/contact.h"

/* What is about to be done with a contact: merged into another one, or, with `into` the same id, erased. */
struct claim {
	const char *goes, *into;
	struct strings of_other; /* of a merge: whose values are taken from the one that goes */
	const char *by;
	struct moment at;
	bool begun; /* nothing has been done before */
};

/* Before a merge or erasing: from here on nobody else merges or erases the contact that goes, and nobody takes away the
 * one that it goes into. The same again is fine, so that what was interrupted is repeated. CONFLICT: somebody else
 * does. */
bool alias_claim(struct store *store, const struct claim *claim, struct arena *arena, struct error *err) MUST_CHECK;

/* The merge is done to its end. */
bool alias_close(struct store *store, const char *goes, struct error *err) MUST_CHECK;

/* Claims that were neither closed nor released, oldest first; and one of them. */
bool alias_open_claims(struct store *store, struct arena *arena, struct claim **claims, int *count,
                       struct error *err) MUST_CHECK;
bool alias_open_claim(struct store *store, const char *goes, struct arena *arena, struct claim *claim, bool *found,
                      struct error *err) MUST_CHECK;

/* Gives up a claim that was not begun; *dropped is false if it has begun meanwhile. */
bool alias_drop(struct store *store, const struct claim *claim, bool *dropped, struct error *err) MUST_CHECK;

/* These contacts have been erased: nothing is left of the claim. */
bool alias_release(struct store *store, const struct strings *ids, struct error *err) MUST_CHECK;

/* Two steps of a merge that is claimed, between which the caller gives events and suppressions from one to the other.
 * Both may be repeated. `of_other`: members of struct own whose value is that of `goes`. */
bool alias_take_over(struct store *store, const struct contact *stays, const struct contact *goes,
                     const struct strings *of_other, struct moment now, struct arena *arena,
                     struct error *err) MUST_CHECK;
bool alias_end(struct store *store, const struct contact *stays, const struct contact *goes, struct arena *arena,
               struct error *err) MUST_CHECK;

/* The id of the contact into which the one with this id was merged; NULL if it was not. */
bool alias_of_id(struct store *store, const char *id, struct arena *arena, const char **contact_id,
                 struct error *err) MUST_CHECK;

/* The aliases among these addresses: norms->items[i] is contact_ids->items[i]'s. */
bool alias_find(struct store *store, const struct strings *asked, struct arena *arena, struct strings *norms,
                struct strings *contact_ids, struct error *err) MUST_CHECK;

/* The addresses that lead to this contact. */
bool alias_addresses(struct store *store, const char *contact_id, struct arena *arena, struct strings *norms,
                     struct error *err) MUST_CHECK;

/* The id of this contact and those of the ones that were merged into it. */
bool alias_ids(struct store *store, const char *contact_id, struct arena *arena, struct strings *ids,
               struct error *err) MUST_CHECK;

/* These contacts are erased: nothing leads to them, but for their own claims. */
bool alias_forget(struct store *store, const struct strings *contact_ids, struct error *err) MUST_CHECK;

#endif
