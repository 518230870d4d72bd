/* Memberships: a contact as one list has it, in `list_contacts`. */
#ifndef AUDIENCE_CONTACTS_MEMBERSHIP_H
#define AUDIENCE_CONTACTS_MEMBERSHIP_H

#include "core/store/external.h"
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
	const char *id, *list_id, *contact_id; /* contact_id: absent where the list names no address */
	struct external external;
	const char *email, *fields;  /* as the list spells it; fields: JSON text */
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

/* Writes the rows as their list has them now. */
bool membership_save(struct store *store, const struct membership *rows, int count, struct error *err) MUST_CHECK;

/* Those that a connection's provider calls so, whatever the list, in any order. */
bool membership_find_external(struct store *store, const char *connection_id, const struct strings *external_ids,
                              struct arena *arena, struct membership **rows, int *count, struct error *err) MUST_CHECK;

/* All memberships of these people, by list and by the provider's id. */
bool membership_list(struct store *store, const struct strings *contact_ids, struct arena *arena,
                     struct membership **rows, int *count, struct error *err) MUST_CHECK;

/* Members of a list that we hold; with `not_seen_by` only those that this run did not see. */
bool membership_count(struct store *store, const char *list_id, const char *not_seen_by, int64_t *count,
                      struct error *err) MUST_CHECK;

/* Up to `limit` memberships of a list that the run did not see: they are gone at the provider. */
bool membership_find_gone(struct store *store, const char *list_id, const char *run_id, int limit, struct arena *arena,
                          struct membership **rows, int *count, struct error *err) MUST_CHECK;

/* Members of a list after the membership `after` (empty: from the first), by their ids. */
bool membership_next(struct store *store, const char *list_id, const char *after, int limit, struct arena *arena,
                     struct membership **rows, int *count, struct error *err) MUST_CHECK;

bool membership_drop(struct store *store, const struct membership *rows, int count, struct error *err) MUST_CHECK;

#endif
