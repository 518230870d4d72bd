/* Many people at once, as an import adds and changes them. Each write happens once or not at all, however often it is
 * repeated: somebody new is inserted under an id that the caller knows, somebody known is changed on condition of the
 * revision that was read. */
#ifndef AUDIENCE_CONTACTS_TAKE_H
#define AUDIENCE_CONTACTS_TAKE_H

#include "audience/contacts/contact.h"

/* A person as stored, with what lists say of them. */
struct contact_known {
	struct contact contact;
	const struct membership *rows;
	int count;
};

/* Everybody with one of these addresses (contact_norm) or phone numbers, unordered. */
bool contact_know(struct store *store, const struct strings *norms, const struct strings *phones, struct arena *arena,
                  struct contact_known **known, int *count, struct error *err) MUST_CHECK;

/* The same by id. */
bool contact_know_ids(struct store *store, const struct strings *ids, struct arena *arena, struct contact_known **known,
                      int *count, struct error *err) MUST_CHECK;

struct contact_take {
	const char *id;
	bool is_new;
	const char *email; /* of somebody known: as it is shown now */
	const char *email_norm;
	struct own own;                /* as it shall be */
	const struct membership *rows; /* with the ones that are about to be stored */
	int count;
	const char *suppressed, *phone_suppressed; /* as it was read a moment ago (contact.h) */
	int64_t rev, joins;                        /* of somebody known: as read */
};

/* The revision that the person has after it. */
int64_t contact_take_rev(const struct contact_take *take);

/* Writes all that can be written: not somebody new whose address is taken, nor somebody who was changed, or joined a
 * list of one's own, meanwhile. *all: everybody was written; if not,
 * contact_marks tells who. */
bool contact_take(struct store *store, const struct contact_take *takes, int count, struct arena *arena, bool *all,
                  struct error *err) MUST_CHECK;

/* The people with these ids, sorted by id (contact_mark_of): what they have of an import, their revision, and how often
 * they joined or left a list of one's own. */
struct contact_mark {
	const char *id, *import_id;
	int64_t rev, joins;
};
bool contact_marks(struct store *store, const struct strings *ids, struct arena *arena, struct contact_mark **marks,
                   int *count, struct error *err) MUST_CHECK;
const struct contact_mark *contact_mark_of(const struct contact_mark *marks, int count, const char *id);

/* Deletes people, each only if neither has changed since: contact_marks tells who is still there. */
bool contact_untake(struct store *store, const struct contact_mark *marks, int count, struct error *err) MUST_CHECK;

#endif
