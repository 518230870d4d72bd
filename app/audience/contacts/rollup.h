/* Counts of contacts by tag and by mailbox provider, so that pages need not count. They are counted by the contacts
 * run, and by a job whenever the version of people has moved on since (rollup_job). A row has the version of which it
 * was counted: of two countings at once the newer one stands, whichever ends first. */
#ifndef AUDIENCE_CONTACTS_ROLLUP_H
#define AUDIENCE_CONTACTS_ROLLUP_H

#include "audience/contacts/contact.h"
#include "core/jobs/jobs.h"

struct tag_count {
	const char *tag;
	int64_t contacts, subscribed, opened, clicked;
	int64_t version;
};
extern const struct record_type tag_count_record;

/* Contacts by domain of their address. */
struct domain_count {
	const char *domain;
	int64_t contacts, subscribed, opened, clicked, bounced;
	int64_t version;
};
extern const struct record_type domain_count_record;

/* Recounts contacts by tag and by mailbox provider; tags and providers that nobody has are deleted. */
bool rollup_people(struct store *store, struct error *err) MUST_CHECK;

/* For telltale-audience. */
extern const struct job_kind rollup_job;

/* struct domain_count, most contacts first. */
bool rollup_find_domains(struct store *store, struct arena *arena, struct rows *domains, struct error *err) MUST_CHECK;

/* Everybody, and those with an address alone. *counted is false as long as nobody has been counted; *domains is the
 * number of providers. */
bool rollup_everybody(struct store *store, struct domain_count *everybody, bool *counted, struct error *err) MUST_CHECK;
bool rollup_addressed(struct store *store, struct domain_count *everybody, int64_t *domains,
                      struct error *err) MUST_CHECK;

/* Names of mailbox providers, sorted: up to `limit` after `after` (""), and which of these have contacts. */
bool rollup_domains_after(struct store *store, const char *after, int limit, struct arena *arena, struct strings *names,
                          struct error *err) MUST_CHECK;
bool rollup_domains_of(struct store *store, const struct strings *asked, struct arena *arena, struct strings *names,
                       struct error *err) MUST_CHECK;

/* struct tag_count, most contacts first. */
bool rollup_find_tags(struct store *store, struct arena *arena, struct rows *tags, struct error *err) MUST_CHECK;

/* Counts the matching contacts, grouped by one of their members (for an array, by each item), into a small collection
 * of the caller's; rows that were counted of an older version are deleted. The record has the member's value as _id,
 * version, and any of the counts contacts, subscribed, opened, clicked, bounced. */
bool rollup_count(struct store *store, const char *collection, const struct record_type *record,
                  const struct filter *of, const char *by, int64_t version, struct error *err) MUST_CHECK;

#endif
