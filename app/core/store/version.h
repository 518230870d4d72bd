/* Versions of what is stored: one small document counts the changes of each realm, so that one read tells whether what
 * a process keeps still holds. Whoever changes something that an answer may be kept of raises its realm afterwards. */
#ifndef STORE_VERSION_H
#define STORE_VERSION_H

#include "core/store/store.h"

enum realm {
	REALM_FIGURES = 1 << 0,   /* what providers report: campaigns, lists, people, events, and all that is made of it */
	REALM_LEDGER = 1 << 1,    /* runs of syncs that have ended */
	REALM_RIGHTS = 1 << 2,    /* rises whenever somebody may do less than before */
	REALM_SETTINGS = 1 << 3,  /* reference values */
	REALM_PARTNERS = 1 << 4,  /* partners and projects, and to whom a campaign was given */
	REALM_REPORTS = 1 << 5,   /* reports that were made or deleted */
	REALM_CUSTOMERS = 1 << 6, /* links of people to customers */
	REALM_NOTICES = 1 << 7,
};
enum { REALM_COUNT = 8 };

/* 0 in an empty database. */
struct versions {
	int64_t figures, ledger, rights, settings, partners, reports, customers, notices; /* in the order of enum realm */
	struct moment data_at; /* of the newest reading of a provider that succeeded; MOMENT_NONE: there was none */
};

bool versions_read(struct store *store, struct versions *versions, struct error *err) MUST_CHECK;

/* Raises some realms, or'ed. */
bool version_bump(struct store *store, unsigned realms, struct error *err) MUST_CHECK;

/* What was read of a provider up to `at` is stored: raises the figures and moves data_at there. */
bool version_note_reading(struct store *store, struct moment at, struct error *err) MUST_CHECK;

/* The versions of some realms as text, the same as long as none of them has risen. */
char *versions_text(const struct versions *versions, unsigned realms, struct arena *arena);

/* Which versions a process looks at: what it keeps beside the store holds for just those. NULL, as at first: nothing
 * may be kept, and every question is asked. */
void store_observe(struct store *store, const struct versions *versions);
const struct versions *store_observed(const struct store *store);

#endif
