/* Customers and energy projects in collections of another system: read here, never written. Contacts are linked to
 * customers by address, by a number in the list's fields, or by hand; campaigns to projects by project_id. Collection
 * and member names are settings (CUSTOMERS_…, ENERGY_…). */
#ifndef AUDIENCE_CUSTOMERS_CUSTOMER_H
#define AUDIENCE_CUSTOMERS_CUSTOMER_H

#include "audience/contacts/contact.h"
#include "core/cli/command.h"
#include "core/fields/field.h"
#include "core/process/settings.h"
#include "core/store/store.h"

struct customer {
	const char *id, *email_norm, *key; /* id: as text, whatever its stored type */
	double usage;                      /* per year; NaN if unknown */
	const char *segment;               /* of usage: "2,000 to 4,500 kWh" */
	struct strings groups;             /* "region: North" */
};
extern const struct record_type customer_record;

struct energy_project {
	const char *id, *name;
	int64_t campaigns, delivered, clicked; /* of the project's campaigns */
};
extern const struct record_type energy_project_record;

/* Contacts in a segment or group, and what they did. */
struct segment_count {
	const char *name;
	int64_t contacts, opened, clicked, bounced;
	int64_t version; /* of people, as they were counted */
};
extern const struct record_type segment_count_record;

/* Pure. The segment of a yearly usage, given bounds such as "2000,4500" (kWh); NULL for NaN. */
const char *customer_segment(double usage, const char *bounds, struct arena *arena);

/* Pure. The address without its tag, which some mail systems ignore: "a+tag@b" gives "a@b". Returns `norm` itself if
 * there is no tag. */
const char *customer_plain_address(const char *norm, struct arena *arena);

/* An unlinked contact whose address without its tag is a customer's. */
struct customer_suggestion {
	const char *contact, *email, *customer, *address; /* contact: its id */
	const char *run_id;
};
extern const struct record_type customer_suggestion_record;

/* These contacts are erased. */
bool customer_forget_suggestions(struct store *store, const struct strings *contact_ids, struct error *err) MUST_CHECK;

/* The suggestions found by customers_link, the first ones by address. */
bool customer_suggestions(struct store *store, struct arena *arena, struct rows *suggestions,
                          struct error *err) MUST_CHECK;

/* Recomputes all links except those made by hand, counts the segments and looks for suggestions. `run_id`: the sync
 * run's, or a new id; what other runs left is removed. */
bool customers_link(struct store *store, const struct settings *settings, const char *run_id,
                    struct error *err) MUST_CHECK;

/* Links by hand; NULL removes the link. MISSING: no such contact. INVALID: no such customer. */
bool customer_link_by_hand(struct store *store, const struct settings *settings, const char *contact_id,
                           const char *customer_id, struct error *err) MUST_CHECK;

/* Customers with this address (as contact_norm returns it), at most one. */
bool customer_find_by_email(struct store *store, const struct settings *settings, const char *norm, struct arena *arena,
                            struct rows *customers, struct error *err) MUST_CHECK;

/* The first `limit` customers. */
bool customer_list(struct store *store, const struct settings *settings, int limit, struct arena *arena,
                   struct rows *customers, struct error *err) MUST_CHECK;

/* All projects, with the figures of their campaigns. */
bool energy_projects(struct store *store, const struct settings *settings, struct arena *arena, struct rows *projects,
                     struct error *err) MUST_CHECK;

enum customer_rollup { ROLLUP_USAGE, ROLLUP_DEMOGRAPHICS };
bool customer_segments(struct store *store, enum customer_rollup which, struct arena *arena, struct rows *segments,
                       struct error *err) MUST_CHECK;

extern const struct command customer_commands[]; /* telltale demo customers */

#endif
