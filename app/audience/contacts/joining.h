/* People on lists of one's own: memberships without a provider, which no sync touches. Callers see to it that the list
 * is one of one's own (lists/own_list.h). Each change bumps REALM_PEOPLE; after bulk writers their callers do.
 *
 * Whoever is removed keeps the membership, marked as removed, with its status: added again, somebody who unsubscribed
 * from the list is still unsubscribed. */
#ifndef AUDIENCE_CONTACTS_JOINING_H
#define AUDIENCE_CONTACTS_JOINING_H

#include "audience/contacts/contact.h"

struct joining {
	const char *list_id;
	enum contact_status status; /* of those who have not been on the list before: subscribed or pending */
	const char *by, *import_id; /* import_id: NULL if this is no import */
	struct moment now;
};

enum { JOINING_MAX = 1000 }; /* people at a time */

/* Adds people; of whoever is on the list nothing changes, and ids of nobody are skipped. *added: how many were not on
 * it. The same again adds nobody. MISSING: the list was deleted meanwhile, and nobody is on it. */
bool joining_add(struct store *store, const struct joining *joining, const struct strings *contact_ids,
                 struct arena *arena, int64_t *added, struct error *err) MUST_CHECK;

/* For bulk writers: only the memberships. The people must then be gathered (contact_gather), after a write that
 * increments `rev` or `joins` of those who existed before: otherwise a sync may put back what it had read earlier. */
bool joining_write(struct store *store, const struct joining *joining, const struct strings *contact_ids,
                   struct error *err) MUST_CHECK;

/* The same for people who have no membership of this list, not even a removed one: faster. Whoever has got one
 * meanwhile keeps it. */
bool joining_insert(struct store *store, const struct joining *joining, const struct strings *contact_ids,
                    struct error *err) MUST_CHECK;

/* For bulk writers, when all is written: *there is false if the list was deleted meanwhile. Its removal may have been
 * over before, so these memberships are ended here. */
bool joining_check(struct store *store, const struct joining *joining, const struct strings *contact_ids,
                   struct arena *arena, bool *there, struct error *err) MUST_CHECK;

/* Removes people from the list. With an import_id only those whom that import has put there, for good and without a
 * trace: it is undone. *removed: how many were on it. */
bool joining_remove(struct store *store, const struct joining *joining, const struct strings *contact_ids,
                    struct arena *arena, int64_t *removed, struct error *err) MUST_CHECK;

/* Says by hand whether somebody is subscribed. MISSING: they are not on the list. */
bool joining_set_status(struct store *store, const char *list_id, const char *contact_id, enum contact_status status,
                        struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

/* The membership of a person, removed or not. */
bool joining_find(struct store *store, const char *list_id, const char *contact_id, struct arena *arena,
                  struct membership *membership, bool *found, struct error *err) MUST_CHECK;

/* Was a change of this person's memberships interrupted, or is it under way? */
bool joining_is_left(struct store *store, const char *contact_id, bool *left, struct error *err) MUST_CHECK;

/* A process that is killed between a membership and its person leaves a mark with the person. Makes up for that, for
 * people marked more than `patience_ms` ago, up to `limit` of them; *count is how many there were. */
bool joining_finish(struct store *store, int64_t patience_ms, int limit, struct moment now, int *count,
                    struct error *err) MUST_CHECK;

/* Up to `limit` memberships of a deleted list end for good; *count is how many there were. */
bool joining_end(struct store *store, const char *list_id, int limit, struct moment now, int *count,
                 struct error *err) MUST_CHECK;

#endif
