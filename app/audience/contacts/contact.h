/* People on lists: `contacts` holds a person once, by the lower-cased address. What a contact shows about its lists is
 * computed from its memberships, and what it shows about engagement from its events (events/engagement.h), so that
 * saving a page twice changes nothing. */
#ifndef AUDIENCE_CONTACTS_CONTACT_H
#define AUDIENCE_CONTACTS_CONTACT_H

#include "audience/contacts/membership.h"
#include "audience/lists/list.h"

/* Campaigns in which the contact did it, counted once each. */
struct engagement {
	int64_t opened, clicked, bounced, unsubscribed, complained;
	struct moment last_opened_at, last_clicked_at, last_event_at;
};
#define ENGAGEMENT_NONE \
	((struct engagement){ .last_opened_at = MOMENT_NONE, .last_clicked_at = MOMENT_NONE, .last_event_at = MOMENT_NONE })

struct contact {
	const char *id, *email, *email_norm;
	unsigned status; /* subscribed on any list, else pending on any, else unsubscribed */
	struct strings list_ids, tags;
	struct moment created_at, last_updated_at;
	struct engagement engagement;
	/* Of the customer it is linked to (audience/customers); customer_link: email, key or manual. */
	const char *customer_id, *customer_link, *usage_segment;
	struct strings customer_groups;
};
extern const struct record_type contact_record;

/* A page of a list's contacts: renews memberships and the people behind them. A person is told by the address; who is
 * new gets an id (the one that the row names already, if it does). Each row gets its contact_id. */
bool contact_save_page(struct store *store, struct membership *rows, int count, struct arena *arena,
                       struct error *err) MUST_CHECK;

/* The person by "contact_" and an id, or by the id alone. */
bool contact_find(struct store *store, const char *id, struct arena *arena, struct contact *contact, bool *found,
                  struct error *err) MUST_CHECK;

/* Who the people with these ids are, in the order of their ids: id, email and email_norm alone are read. */
bool contact_find_names(struct store *store, const struct strings *ids, struct arena *arena, struct contact **contacts,
                        int *count, struct error *err) MUST_CHECK;

/* The people under these addresses (in the form of contact_norm), in any order. */
bool contact_find_by_addresses(struct store *store, const struct strings *norms, struct arena *arena,
                               struct contact **contacts, int *count, struct error *err) MUST_CHECK;

/* Among those that were found (contact_with_id: in the order of their ids); NULL where it is not. */
const struct contact *contact_with_id(const struct contact *contacts, int count, const char *id);
const struct contact *contact_with_address(const struct contact *contacts, int count, const char *norm);

/* Up to `limit` people whose ids come after `after` (empty: from the first), in their order. */
bool contact_next(struct store *store, const char *after, int limit, struct arena *arena, struct contact **contacts,
                  int *count, struct error *err) MUST_CHECK;

/* Counts the people of a list by what they did; joined_30_days looks back from `now`. */
bool contact_count(struct store *store, const char *list_id, struct moment now, struct list_engagement *engagement,
                   struct error *err) MUST_CHECK;

/* engagements[i] is what the person ids[i] did. */
bool contact_save_engagements(struct store *store, const struct strings *ids, const struct engagement *engagements,
                              struct error *err) MUST_CHECK;

/* Whose last memberships these are: *ids, without doubles. */
bool contact_last_of(struct store *store, const struct membership *rows, int count, struct arena *arena,
                     struct strings *ids, struct error *err) MUST_CHECK;

/* Drops the memberships and the people `ids`. The events of those people must have been forgotten before
 * (event_forget): the memberships go last, so that a crash leaves them to be found again. */
bool contact_forget(struct store *store, const struct membership *rows, int count, const struct strings *ids,
                    struct arena *arena, struct error *err) MUST_CHECK;

#endif
