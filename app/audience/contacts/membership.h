/* Memberships: a contact on one list, in `list_contacts`: as a provider's list has it, or a person's own, put there
 * here (joining.h). */
#ifndef AUDIENCE_CONTACTS_MEMBERSHIP_H
#define AUDIENCE_CONTACTS_MEMBERSHIP_H

#include "core/store/external.h"
#include "core/store/store.h"

/* In order of preference, best first, except UNKNOWN, which stands for a status word we do not know. */
enum contact_status {
	CONTACT_UNKNOWN,
	CONTACT_SUBSCRIBED,
	CONTACT_PENDING,
	CONTACT_UNSUBSCRIBED,
	CONTACT_STATUS_COUNT,
};
extern const struct choices contact_statuses;
extern const char *const contact_status_labels[CONTACT_STATUS_COUNT]; /* for people: "Subscribed" */

struct membership {
	const char *id, *list_id, *contact_id; /* contact_id: absent if the list gives no address */
	struct external external;
	const char *email, *fields;  /* as spelled by the list; fields: JSON text */
	const char *provider_status; /* the provider's word if the status is unknown; else NULL */
	unsigned status;
	struct strings tags;
	struct moment created_at, last_updated_at;
	const char *seen_run;
	const char *missing_run;          /* the complete reading that first did not see it; absent once it is seen again */
	struct strings unread;            /* members that an answer told unreadably; not stored */
	const char *moved_from;           /* whose it was before this page was saved, if somebody else's; not stored */
	bool own;                         /* put here, not by a provider; one for each list and contact */
	struct moment removed_at;         /* of an own one: they are on the list no more; what they said of it stays */
	const char *added_by, *import_id; /* of an own one: user, import */
};
extern const struct record_type membership_record;

/* Is the person on the list? */
bool membership_is_there(const struct membership *membership);

/* Pure. The status of a person with both: the better one, and any rather than UNKNOWN. */
enum contact_status contact_status_of_both(enum contact_status a, enum contact_status b);

/* The canonical form of an address, which identifies a person: trimmed, the domain in ASCII (mail_ascii_address),
 * with small letters for A to Z. Any other rule makes one of two: by Unicode, "strasse" and "straße" are the same, and
 * they are two domains. NULL and "" give NULL. */
char *contact_norm(struct arena *arena, const char *email);

/* In the same form: what follows the last @, or the whole text without one. NULL if nothing does. */
char *contact_domain(struct arena *arena, const char *text);

/* Stores the rows as the present memberships. */
bool membership_save(struct store *store, const struct membership *rows, int count, struct error *err) MUST_CHECK;

/* Memberships on any list with these ids at the connection's provider, unordered. */
bool membership_find_external(struct store *store, const char *connection_id, const struct strings *external_ids,
                              struct arena *arena, struct membership **rows, int *count, struct error *err) MUST_CHECK;

/* Pure. Sorts them by person, and those of one person as membership_list does; then finds one person's: the first one
 * and how many. */
void membership_sort(struct membership *rows, int count);
const struct membership *membership_of(const struct membership *rows, int count, const char *contact_id, int *found);

/* All memberships of these people, ordered by list and provider's id; also own ones that were removed. */
bool membership_list(struct store *store, const struct strings *contact_ids, struct arena *arena,
                     struct membership **rows, int *count, struct error *err) MUST_CHECK;

/* Number of stored members of a list; with `not_seen_by`, of those that this run did not see. */
bool membership_count(struct store *store, const char *list_id, const char *not_seen_by, int64_t *count,
                      struct error *err) MUST_CHECK;

/* How many joined the list in [from, to), whether still on it or not; unconfirmed contacts have not joined yet. */
bool membership_count_joined(struct store *store, const char *list_id, struct moment from, struct moment to,
                             int64_t *count, struct error *err) MUST_CHECK;

/* Up to `limit` memberships of a list that the run did not see; unless `confirmed`, only those that an earlier complete
 * reading did not see, either. */
bool membership_find_gone(struct store *store, const char *list_id, const char *run_id, bool confirmed, int limit,
                          struct arena *arena, struct membership **rows, int *count, struct error *err) MUST_CHECK;

/* Notes those that the run, a complete reading of the list, did not see. */
bool membership_note_missing(struct store *store, const char *list_id, const char *run_id,
                             struct error *err) MUST_CHECK;

/* Memberships of a list in order of id, after `after` (empty: from the first). */
bool membership_next(struct store *store, const char *list_id, const char *after, int limit, struct arena *arena,
                     struct membership **rows, int *count, struct error *err) MUST_CHECK;

/* The same of all lists, but only those whose address has other characters than ASCII. */
bool membership_next_not_ascii(struct store *store, const char *after, int limit, struct arena *arena,
                               struct membership **rows, int *count, struct error *err) MUST_CHECK;

bool membership_drop(struct store *store, const struct membership *rows, int count, struct error *err) MUST_CHECK;

/* Own memberships of these people, on any list. */
bool membership_drop_own(struct store *store, const struct strings *contact_ids, struct error *err) MUST_CHECK;

/* Copies own memberships to another database. */
bool membership_copy_own(struct store *into, const struct rows *rows, struct error *err) MUST_CHECK;

#endif
