/* Customers and energy projects that live in collections of another system: read here, never written. Contacts are
 * linked to customers by their address, by a number that the list's fields carry, or by hand; campaigns to projects by
 * their project_id. Names of collections and members are settings (CUSTOMERS_…, ENERGY_…). */
#ifndef AUDIENCE_CUSTOMERS_CUSTOMER_H
#define AUDIENCE_CUSTOMERS_CUSTOMER_H

#include "audience/contacts/contact.h"
#include "core/cli/command.h"
#include "core/fields/field.h"
#include "core/process/settings.h"
#include "core/store/store.h"

struct customer {
	const char *id, *email_norm, *key; /* id: as text, whatever its type there */
	double usage;                      /* a year, NaN when unknown */
	const char *segment;               /* of the usage: "2,000 to 4,500 kWh" */
	struct strings groups;             /* "region: North" */
};
extern const struct record_type customer_record;

struct energy_project {
	const char *id, *name;
	int64_t campaigns, delivered, clicked; /* of the campaigns that name it */
};
extern const struct record_type energy_project_record;

/* People of a segment or group, and what they did. */
struct segment_count {
	const char *name;
	int64_t contacts, opened, clicked, bounced;
	const char *run_id;
};
extern const struct record_type segment_count_record;

/* Pure. The segment of a yearly usage between bounds like "2000,4500" (kWh); NULL for NaN. */
const char *customer_segment(double usage, const char *bounds, struct arena *arena);

/* Pure. The address without what some mailboxes pass over: "a+tag@b" is "a@b". The same text when there is no tag. */
const char *customer_plain_address(const char *norm, struct arena *arena);

/* A contact that nobody has linked, whose address without its tag is that of a customer. */
struct customer_suggestion {
	const char *contact, *email, *customer, *address; /* contact: its id */
	const char *run_id;
};
extern const struct record_type customer_suggestion_record;

/* The first of them by address, as customers_link found them. */
bool customer_suggestions(struct store *store, struct arena *arena, struct rows *suggestions,
                          struct error *err) MUST_CHECK;

/* Links all contacts anew but those linked by hand, counts the segments and looks for suggestions. */
bool customers_link(struct store *store, const struct settings *settings, const char *run_id,
                    struct error *err) MUST_CHECK;

/* By hand; NULL takes the link away. MISSING: no such contact. INVALID: no such customer. */
bool customer_link_by_hand(struct store *store, const struct settings *settings, const char *contact_id,
                           const char *customer_id, struct error *err) MUST_CHECK;

/* Those with this address (in the form of contact_norm), one at most. */
bool customer_find_by_email(struct store *store, const struct settings *settings, const char *norm, struct arena *arena,
                            struct rows *customers, struct error *err) MUST_CHECK;

/* The first `limit` customers. */
bool customer_list(struct store *store, const struct settings *settings, int limit, struct arena *arena,
                   struct rows *customers, struct error *err) MUST_CHECK;

/* All projects with the figures of their campaigns. */
bool energy_projects(struct store *store, const struct settings *settings, struct arena *arena, struct rows *projects,
                     struct error *err) MUST_CHECK;

enum customer_rollup { ROLLUP_USAGE, ROLLUP_DEMOGRAPHICS };
bool customer_segments(struct store *store, enum customer_rollup which, struct arena *arena, struct rows *segments,
                       struct error *err) MUST_CHECK;

extern const struct command customer_commands[]; /* telltale demo customers */

#endif
