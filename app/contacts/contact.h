/* People on lists, and what they did with campaigns.
 *
 * `contacts` holds a person once, by the lower-cased address; `list_contacts` each membership as its list tells it;
 * `contact_events` is append-only: one row for (campaign, contact, type, time). What a contact shows about lists and
 * engagement is computed from those two by their writer, so that repeating a page changes nothing. */
#ifndef CONTACTS_CONTACT_H
#define CONTACTS_CONTACT_H

#include "campaigns/campaign.h"
#include "lists/list.h"

enum contact_status { CONTACT_SUBSCRIBED, CONTACT_PENDING, CONTACT_UNSUBSCRIBED, CONTACT_STATUS_COUNT };
extern const struct choices contact_statuses;

enum event_type { EVENT_OPENED, EVENT_CLICKED, EVENT_BOUNCED, EVENT_UNSUBSCRIBED, EVENT_COMPLAINED, EVENT_TYPE_COUNT };
extern const struct choices event_types;

/* A contact as one list has it. */
struct membership {
	const char *id, *list_id, *emailoctopus_id, *email, *email_norm, *fields; /* fields: JSON text */
	unsigned status;
	struct strings tags;
	struct moment created_at, last_updated_at;
	const char *seen_run;
};
extern const struct record_type membership_record;

/* Campaigns in which the contact did it, counted once each. */
struct engagement {
	int64_t opened, clicked, bounced, unsubscribed, complained;
	struct moment last_opened_at, last_clicked_at, last_event_at;
};

struct contact {
	const char *id, *email, *email_norm;
	unsigned status; /* subscribed on any list, else pending on any, else unsubscribed */
	struct strings list_ids, tags;
	struct moment created_at, last_updated_at;
	struct engagement engagement;
	/* Of the customer it is linked to (customers room); customer_link: email, key or manual. */
	const char *customer_id, *customer_link, *usage_segment;
	struct strings customer_groups;
};
extern const struct record_type contact_record;

struct event {
	const char *id, *campaign_id, *contact_ref, *email_norm; /* contact_ref: the id at the provider */
	unsigned type;
	struct moment occurred_at, seen_at; /* occurred_at may be absent */
	const char *run_id;
	bool address_found; /* the report named none: it is that of the membership of its contact */
};
extern const struct record_type event_record;

/* The form of an address by which people are told apart: trimmed, lower case by Unicode's rules. NULL gives NULL. */
char *contact_norm(struct arena *arena, const char *email);

/* A page of a list's contacts: renews memberships and the people behind them. */
bool contact_save_page(struct store *store, struct membership *rows, int count, struct arena *arena,
                       struct error *err) MUST_CHECK;

/* A page of a campaign's report: appends the events that are new (*added) and, with `renews`, computes the engagement
 * of the people behind the page anew. An event without address finds its person by the membership of its contact. */
bool contact_save_events(struct store *store, struct event *events, int count, bool renews, struct arena *arena,
                         int64_t *added, struct error *err) MUST_CHECK;

/* Computes the engagement of everybody anew. */
bool contact_renew_all(struct store *store, struct error *err) MUST_CHECK;

/* The person by "contact_" and an id, or by the id alone. */
bool contact_find(struct store *store, const char *id, struct arena *arena, struct contact *contact, bool *found,
                  struct error *err) MUST_CHECK;

/* Counts the people of a list by what they did; joined_30_days looks back from `now`. */
bool contact_count(struct store *store, const char *list_id, struct moment now, struct list_engagement *engagement,
                   struct error *err) MUST_CHECK;

/* The times (milliseconds) of a campaign's events of a type, at most `max` of them, in any order. */
bool contact_event_times(struct store *store, const char *campaign_id, const char *type, int64_t max,
                         struct arena *arena, int64_t **items, int *count, struct error *err) MUST_CHECK;

/* The people under these addresses (in the form of contact_norm), in any order. */
bool contact_find_many(struct store *store, const struct strings *norms, struct arena *arena, struct contact **contacts,
                       int *count, struct error *err) MUST_CHECK;

/* Members of a list that we hold; with `not_seen_by` only those that this run did not see. */
bool contact_count_members(struct store *store, const char *list_id, const char *not_seen_by, int64_t *count,
                           struct error *err) MUST_CHECK;

/* Up to `limit` memberships of a list that the run did not see: they are gone at the provider. */
bool contact_find_gone(struct store *store, const char *list_id, const char *run_id, int limit, struct arena *arena,
                       struct membership **rows, int *count, struct error *err) MUST_CHECK;

/* Which of these memberships are their person's last: *norms, without doubles; and the campaigns in which those people
 * did something: *campaign_ids. */
bool contact_last_of(struct store *store, const struct membership *rows, int count, struct arena *arena,
                     struct strings *norms, struct strings *campaign_ids, struct error *err) MUST_CHECK;

/* Drops the memberships. The people in `norms` are forgotten: their events stay and count, without address. */
bool contact_forget(struct store *store, const struct membership *rows, int count, const struct strings *norms,
                    struct arena *arena, struct error *err) MUST_CHECK;

extern const struct route contact_routes[];

#endif
