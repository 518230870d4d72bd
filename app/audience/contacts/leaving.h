/* People who unsubscribe here from a list on which somebody else has them: a provider, or a rule. What they said is
 * theirs (own.h, `left`): no sync, replay or import lifts it, and it holds for as long as there is the list. Of static
 * lists of one's own the membership itself says it (joining.h). */
#ifndef AUDIENCE_CONTACTS_LEAVING_H
#define AUDIENCE_CONTACTS_LEAVING_H

#include "audience/contacts/contact.h"

struct leaving {
	const char *list_id, *list_name; /* the name stands in the person's history */
	const char *by;                  /* user */
	struct moment now;
};

/* They are unsubscribed from the list, whatever a provider says. May be repeated. MISSING: no such person. INVALID:
 * they have left OWN_LEFT_MAX lists. */
bool contact_leave(struct store *store, const char *id, const struct leaving *leaving, struct arena *arena,
                   struct error *err) MUST_CHECK;

/* Takes that back: they are on the list as the provider or the rule has it. May be repeated. */
bool contact_return(struct store *store, const char *id, const struct leaving *leaving, struct arena *arena,
                    struct error *err) MUST_CHECK;

#endif
