/* Memberships: a contact as one list has it, in `list_contacts`. */
#ifndef AUDIENCE_CONTACTS_MEMBERSHIP_H
#define AUDIENCE_CONTACTS_MEMBERSHIP_H

#include "core/store/store.h"

/* Each is better than those behind it, but UNKNOWN: that is a word of the provider's that is none of these. */
enum contact_status {
	CONTACT_UNKNOWN,
	CONTACT_SUBSCRIBED,
	CONTACT_PENDING,
	CONTACT_UNSUBSCRIBED,
	CONTACT_STATUS_COUNT,
};
extern const struct choices contact_statuses;

struct membership {
	const char *id, *list_id, *emailoctopus_id, *email, *email_norm, *fields; /* fields: JSON text */
	const char *provider_status; /* the word of an unknown one; else NULL */
	unsigned status;
	struct strings tags;
	struct moment created_at, last_updated_at;
	const char *seen_run;
};
extern const struct record_type membership_record;

/* Pure. Of a person who has both: the better one, and any rather than UNKNOWN. */
enum contact_status contact_status_of_both(enum contact_status a, enum contact_status b);

/* The form of an address by which people are told apart: trimmed, lower case by Unicode's rules. NULL gives NULL. */
char *contact_norm(struct arena *arena, const char *email);

/* Writes the rows as their list has them now, and gives each its email_norm. */
bool membership_save(struct store *store, struct membership *rows, int count, struct arena *arena,
                     struct error *err) MUST_CHECK;

/* By the provider's id of the contact, whatever the list. */
bool membership_find(struct store *store, const char *emailoctopus_id, struct arena *arena, struct membership *row,
                     bool *found, struct error *err) MUST_CHECK;

/* All memberships under these addresses (in the form of contact_norm), by list and by the provider's id. */
bool membership_list(struct store *store, const struct strings *norms, struct arena *arena, struct membership **rows,
                     int *count, struct error *err) MUST_CHECK;

/* Members of a list that we hold; with `not_seen_by` only those that this run did not see. */
bool membership_count(struct store *store, const char *list_id, const char *not_seen_by, int64_t *count,
                      struct error *err) MUST_CHECK;

/* Up to `limit` memberships of a list that the run did not see: they are gone at the provider. */
bool membership_find_gone(struct store *store, const char *list_id, const char *run_id, int limit, struct arena *arena,
                          struct membership **rows, int *count, struct error *err) MUST_CHECK;

/* Members of a list after `after` (the provider's id of a contact), in the order of those ids. */
bool membership_next(struct store *store, const char *list_id, const char *after, int limit, struct arena *arena,
                     struct membership **rows, int *count, struct error *err) MUST_CHECK;

bool membership_drop(struct store *store, const struct membership *rows, int count, struct error *err) MUST_CHECK;

#endif
