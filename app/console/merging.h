/* Two contacts become one: events, memberships and suppressions follow, and the address and id of the one that goes
 * lead to the one that stays. May be interrupted and repeated. */
#ifndef CONSOLE_MERGING_H
#define CONSOLE_MERGING_H

#include "audience/contacts/alias.h"

/* What a person can choose of both: names of members of struct own. */
extern const char *const merge_members[]; /* ended by NULL */
extern const char *const merge_labels[];

/* `stays` keeps its address, and its values but those named in `of_other`, which are taken from `goes`. INVALID: it is
 * the same contact. MISSING: there is none. */
bool person_merge(struct store *store, const char *stays, const char *goes, const struct strings *of_other,
                  const char *by, struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

/* Carries out a merge that was claimed and begun, and interrupted anywhere. */
bool person_merge_again(struct store *store, const struct claim *claim, struct moment now, struct arena *arena,
                        struct error *err) MUST_CHECK;

/* The value of such a member as it is shown; NULL. */
const char *merge_value(const struct contact *contact, const char *member);

#endif
