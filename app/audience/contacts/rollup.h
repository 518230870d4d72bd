/* What pages show of all contacts of a tag or mailbox provider, kept by the run over the people so that no page counts.
 */
#ifndef AUDIENCE_CONTACTS_ROLLUP_H
#define AUDIENCE_CONTACTS_ROLLUP_H

#include "audience/contacts/contact.h"

struct tag_count {
	const char *tag;
	int64_t contacts, subscribed, opened, clicked;
	const char *run_id;
};
extern const struct record_type tag_count_record;

/* People by the domain of their address. */
struct domain_count {
	const char *domain;
	int64_t contacts, subscribed, opened, clicked, bounced;
	const char *run_id;
};
extern const struct record_type domain_count_record;

/* Counts the people by tag anew; tags that nobody has any more go. */
bool rollup_tags(struct store *store, const char *run_id, struct error *err) MUST_CHECK;

bool rollup_domains(struct store *store, const char *run_id, struct error *err) MUST_CHECK;

/* struct domain_count, most contacts first. */
bool rollup_find_domains(struct store *store, struct arena *arena, struct rows *domains, struct error *err) MUST_CHECK;

/* Everybody, by adding up the domains; *domains: how many those are. */
bool rollup_everybody(struct store *store, struct domain_count *everybody, int64_t *domains,
                      struct error *err) MUST_CHECK;

/* struct tag_count, most contacts first. */
bool rollup_find_tags(struct store *store, struct arena *arena, struct rows *tags, struct error *err) MUST_CHECK;

/* Counts the contacts by a pipeline that gives { _id: text, … } into a small collection; what this run did not count
 * goes. The pipeline is destroyed. */
bool rollup_count(struct store *store, const char *collection, bson_t *pipeline, const char *run_id,
                  struct error *err) MUST_CHECK;

/* $sum of 1 where the field is above 0; and the counts that every such collection has, for BCON_NEW. */
#define ROLLUP_COUNT_WHERE(field)                                                                              \
	"{", "$sum", "{", "$cond", "[", "{", "$gt", "[", BCON_UTF8(field), BCON_INT64(0), "]", "}", BCON_INT64(1), \
		BCON_INT64(0), "]", "}", "}"
#define ROLLUP_COUNT_SUBSCRIBED                                                                               \
	"{", "$sum", "{", "$cond", "[", "{", "$eq", "[", BCON_UTF8("$status"), BCON_UTF8("subscribed"), "]", "}", \
		BCON_INT64(1), BCON_INT64(0), "]", "}", "}"
#define ROLLUP_COUNTS                                                                                           \
	"contacts", "{", "$sum", BCON_INT64(1), "}", "opened", ROLLUP_COUNT_WHERE("$engagement.opened"), "clicked", \
		ROLLUP_COUNT_WHERE("$engagement.clicked"), "bounced", ROLLUP_COUNT_WHERE("$engagement.bounced")

#endif
