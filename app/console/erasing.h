/* Erasing a person. Each room that stores something about people has its eraser in the table; they run in order, each
 * may be repeated, and the person itself goes last: interrupted anywhere, the person is still found and erased again.
 *
 * What stays: counts, events without the person, and keyed hashes of addresses and phone numbers, by which a sync and
 * an import know whom not to bring back. */
#ifndef CONSOLE_ERASING_H
#define CONSOLE_ERASING_H

#include "audience/contacts/contact.h"

/* Whom to erase. */
struct erasing {
	const struct contact *contact;
	struct strings ids;  /* the contact's */
	struct strings keys; /* addresses (contact_norm) and numbers that are or were theirs */
	struct strings refs; /* their ids at the provider */
	const struct membership *memberships;
	int membership_count;
	struct moment now;
};

struct eraser {
	const char *name; /* what it removes, for messages */
	bool (*erase)(struct store *store, const struct erasing *erasing, struct arena *arena, struct error *err);
};
extern const struct eraser erasers[];
extern const int eraser_count;

/* MISSING: there is no such person. CONFLICT without the right key of hashes (audience/suppression/hashed.h). */
bool person_erase(struct store *store, const char *id, struct moment now, struct arena *arena,
                  struct error *err) MUST_CHECK;

/* The same up to the first `steps` erasers, for tests of interruptions. */
bool person_erase_steps(struct store *store, const char *id, int steps, struct moment now, struct arena *arena,
                        struct error *err) MUST_CHECK;

#endif
