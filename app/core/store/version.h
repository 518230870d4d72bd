/* Version counters: one small document counts the changes in each realm, so one read tells whether a process's cached
 * data is still valid. Whoever changes data that a cached answer may show bumps its realm afterwards. */
#ifndef STORE_VERSION_H
#define STORE_VERSION_H

#include "core/store/store.h"

enum realm {
	REALM_FIGURES = 1 << 0,   /* providers' data: campaigns, lists, people, events, and everything derived */
	REALM_LEDGER = 1 << 1,    /* sync runs that have ended */
	REALM_RIGHTS = 1 << 2,    /* bumped whenever somebody loses a right */
	REALM_SETTINGS = 1 << 3,  /* reference values */
	REALM_PARTNERS = 1 << 4,  /* partners and projects, and the assignment of campaigns to them */
	REALM_REPORTS = 1 << 5,   /* reports made or deleted */
	REALM_CUSTOMERS = 1 << 6, /* links between contacts and customers */
	REALM_NOTICES = 1 << 7,
	REALM_VIEWS = 1 << 8,      /* saved views */
	REALM_PEOPLE = 1 << 9,     /* what was said of contacts here; what providers' lists say is REALM_FIGURES */
	REALM_COUNTS = 1 << 10,    /* contacts counted by tag and by mailbox provider (audience/contacts/rollup.h) */
	REALM_CAMPAIGNS = 1 << 11, /* own campaigns */
};
enum { REALM_COUNT = 12 };

/* All 0 in an empty database. */
struct versions {
	/* In the order of enum realm. */
	int64_t figures, ledger, rights, settings, partners, reports, customers, notices, views, people, counts, campaigns;
	/* When the newest run that did not fail read its newest figures, or people and what they did; MOMENT_NONE if none
	 * has. */
	struct moment data_at, people_at;
	/* The account's time zone, and that whose days and weeks are stored (operate/days.h); "UTC" if none was set. They
	 * live as long as the process. */
	const char *zone, *counted_zone;
	/* The version of people (version_of_people) of which they have been counted. */
	int64_t counted_people;
};

bool versions_read(struct store *store, struct versions *versions, struct error *err) MUST_CHECK;

/* Increments the versions of realms or'ed together. */
bool version_bump(struct store *store, unsigned realms, struct error *err) MUST_CHECK;

/* A run has ended that read figures or `people` at that time, at last: bumps the figures and sets data_at or
 * people_at. */
bool version_note_reading(struct store *store, bool people, struct moment at, struct error *err) MUST_CHECK;

/* Grows with everything that changes who the contacts are, and what is said of them. */
int64_t version_of_people(const struct versions *versions);

/* The people of that version have been counted: bumps REALM_COUNTS. */
bool version_note_people(struct store *store, int64_t version, struct error *err) MUST_CHECK;

/* Sets the account's zone, which must exist (zones_check). */
bool version_set_zone(struct store *store, const char *zone, struct error *err) MUST_CHECK;

/* What is stored by day has been counted in that zone. */
bool version_note_counted(struct store *store, const char *zone, struct error *err) MUST_CHECK;

/* The versions of some realms as text, which changes if and only if one of them does. */
char *versions_text(const struct versions *versions, unsigned realms, struct arena *arena);

/* Whether all these realms have the same versions. */
bool versions_same(const struct versions *a, const struct versions *b, unsigned realms);

/* Sets the versions for which the process's cached data is valid. NULL, the default: nothing may be cached, every query
 * goes to the database. So it is after this store has bumped a version, until the next call: whoever changes something
 * sees the change. */
void store_observe(struct store *store, const struct versions *versions);
const struct versions *store_observed(const struct store *store);

#endif
