/* Counts of contacts by tag and by mailbox provider, computed by the contacts run so that pages need not count. */
#ifndef AUDIENCE_CONTACTS_ROLLUP_H
#define AUDIENCE_CONTACTS_ROLLUP_H

#include "audience/contacts/contact.h"

struct tag_count {
	const char *tag;
	int64_t contacts, subscribed, opened, clicked;
	const char *run_id;
};
extern const struct record_type tag_count_record;

/* Contacts by domain of their address. */
struct domain_count {
	const char *domain;
	int64_t contacts, subscribed, opened, clicked, bounced;
	const char *run_id;
};
extern const struct record_type domain_count_record;

/* Recounts contacts by tag; unused tags are deleted. */
bool rollup_tags(struct store *store, const char *run_id, struct error *err) MUST_CHECK;

bool rollup_domains(struct store *store, const char *run_id, struct error *err) MUST_CHECK;

/* struct domain_count, most contacts first. */
bool rollup_find_domains(struct store *store, struct arena *arena, struct rows *domains, struct error *err) MUST_CHECK;

/* The sum over all domains; *domains is their number. */
bool rollup_everybody(struct store *store, struct domain_count *everybody, int64_t *domains,
                      struct error *err) MUST_CHECK;

/* struct tag_count, most contacts first. */
bool rollup_find_tags(struct store *store, struct arena *arena, struct rows *tags, struct error *err) MUST_CHECK;

/* Counts the matching contacts, grouped by one of their members (for an array, by each item), into a small collection
 * of the caller's; rows that this run did not count are deleted. The record has the member's value as _id, run_id, and
 * any of the counts contacts, subscribed, opened, clicked, bounced. */
bool rollup_count(struct store *store, const char *collection, const struct record_type *record,
                  const struct filter *of, const char *by, const char *run_id, struct error *err) MUST_CHECK;

#endif
