/* What a person's document says, computed anew from memberships and own values. Private to this folder. */
#ifndef AUDIENCE_CONTACTS_GATHER_H
#define AUDIENCE_CONTACTS_GATHER_H

#include "audience/contacts/contact.h"

/* What is stored of a person and is not computed. */
struct person {
	const char *id, *email, *email_norm;
	struct own own;
	int64_t rev, joins;
};

/* The people with these ids, sorted by id. */
bool gather_find(struct store *store, const struct strings *ids, struct arena *arena, struct person **people,
                 int *count, struct error *err) MUST_CHECK;

/* Looks up an id among them; NULL if it is not there. */
const struct person *gather_person(const struct person *people, int count, const char *id);

/* Pure. The person's contact; the memberships may include other people's. Engagement, customer and whether they are
 * active are not filled. */
struct contact gather_contact(const struct person *person, const struct membership *rows, int count,
                              struct arena *arena);

/* Writes what is computed for these people. norms: addresses under which new people are inserted, and those known
 * continue unless their address was typed here; NULL if there are none of either. Whoever is changed by hand meanwhile,
 * or joins a list of one's own, is left alone: the one who changes them gathers after that (change.h, joining.h), and
 * finds the memberships as they are now. */
bool gather_people(struct store *store, const struct strings *ids, const struct strings *norms, struct arena *arena,
                   struct error *err) MUST_CHECK;

#endif
