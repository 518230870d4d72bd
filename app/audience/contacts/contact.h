/* People: `contacts` holds each person once, by address (contact_norm). What lists say of a person is computed from the
 * memberships, and its engagement from its events (events/engagement.h), so saving a page twice changes nothing. What
 * is said here stands beside it (own.h) and is written by people alone (change.h). */
#ifndef AUDIENCE_CONTACTS_CONTACT_H
#define AUDIENCE_CONTACTS_CONTACT_H

#include "audience/contacts/membership.h"
#include "audience/contacts/own.h"
#include "audience/lists/list.h"

/* Number of campaigns in which the contact did each thing. */
struct engagement {
	int64_t opened, clicked, bounced, unsubscribed, complained;
	struct moment last_opened_at, last_clicked_at, last_event_at;
};
#define ENGAGEMENT_NONE \
	((struct engagement){ .last_opened_at = MOMENT_NONE, .last_clicked_at = MOMENT_NONE, .last_event_at = MOMENT_NONE })

struct contact {
	const char *id, *email;
	const char *email_norm; /* tells people apart; of somebody without an address, the phone and the id */
	const char *search;     /* the address in lower case by Unicode rules, which tells nobody apart */
	unsigned status;        /* unsubscribed if they unsubscribed here; subscribed on any list, else pending on any, else
	                           unsubscribed; unknown on no list */
	struct strings list_ids, subscribed_ids, unsubscribed_ids; /* pending: in neither */
	struct strings tags;
	struct profile profile; /* of own values and lists' fields */
	const char *domain;     /* of the address */
	struct own own;
	unsigned source;               /* where they came from first: what own says, or observed */
	struct moment unsubscribed_at; /* as own says */
	/* Why nothing is sent to the address, and to the phone (suppressing.h): NULL or a word of suppression_reasons. */
	const char *suppressed, *phone_suppressed;
	struct moment fewer_at; /* as own says */
	/* Of whoever wants fewer emails: the campaign whose turn was last, and when it was (fewer.h). */
	struct moment fewer_last_at;
	const char *fewer_campaign_id;
	struct consent consent;   /* as own says */
	struct tracking tracking; /* as own says */
	bool unproven;   /* their own, and nothing says that they agreed to be mailed: no consent, no provider's list */
	bool bad_domain; /* the domain of the address takes no mail, as was found when it was looked up */
	bool is_active;  /* may be switched off by hand: then nothing is sent to them */
	int64_t rev;     /* of what is written by people */
	int64_t joins;   /* counts what happened to their own memberships (joining.h) */
	struct moment created_at, last_updated_at;
	struct engagement engagement;
	/* The linked customer (audience/customers); customer_link: email, key or manual. */
	const char *customer_id, *customer_link, *usage_segment;
	struct strings customer_groups;
};
extern const struct record_type contact_record;

/* "Subscribed"; "On no list" of somebody who is on none. */
const char *contact_status_label(const struct contact *contact);

/* "Ines Kowalski", or the part of it that is known; NULL without a name. */
const char *contact_called(const struct contact *contact, struct arena *arena);

/* The people of a page of memberships. */
struct page_people {
	struct strings ids, norms;  /* each once, with its address on these lists */
	struct strings left, heirs; /* who has no membership after the page, and who they are now */
	struct strings typed;       /* those of ids whose own address was typed here: it stays */
};

/* Finds the people of the rows by their addresses and sets each row's contact_id. A membership with a new address stays
 * the same person if that one has no membership with another address; else moved_from says whose it was. Whoever had
 * an address typed here keeps it and the membership, unless its address is somebody else's. A new person
 * gets the contact_id already in the row, or a new one. What could not be read of a row is taken from what is stored.
 */
bool contact_identify(struct store *store, struct membership *rows, int count, struct arena *arena,
                      struct page_people *people, struct error *err) MUST_CHECK;

/* Saves a page of a list's contacts in two steps: contact_identify, which also stores the people whom others become;
 * then, after events have followed (events/engagement.h), the memberships and the people behind them. */
bool contact_prepare(struct store *store, struct membership *rows, int count, struct arena *arena,
                     struct page_people *people, struct error *err) MUST_CHECK;
bool contact_save(struct store *store, const struct membership *rows, int count, const struct page_people *people,
                  struct arena *arena, struct error *err) MUST_CHECK;

/* Both, where there are no events. */
bool contact_save_page(struct store *store, struct membership *rows, int count, struct arena *arena,
                       struct error *err) MUST_CHECK;

/* Finds a person by "contact_" and an id, or by the id alone; by the id of one who was merged, the one who stays. */
bool contact_find(struct store *store, const char *id, struct arena *arena, struct contact *contact, bool *found,
                  struct error *err) MUST_CHECK;

/* The same; MISSING if there is nobody. */
bool contact_need(struct store *store, const char *id, struct arena *arena, struct contact *contact,
                  struct error *err) MUST_CHECK;

/* The people with these ids, sorted by id; only id, email and email_norm are filled. */
bool contact_find_names(struct store *store, const struct strings *ids, struct arena *arena, struct contact **contacts,
                        int *count, struct error *err) MUST_CHECK;

/* The people with these addresses (as contact_norm returns them), unordered. Somebody into whom another was merged is
 * found by the other one's address, too, which then is its email_norm here. */
bool contact_find_by_addresses(struct store *store, const struct strings *norms, struct arena *arena,
                               struct contact **contacts, int *count, struct error *err) MUST_CHECK;

/* The first `limit` people by address whose address begins with `text`; found by the index, however many there are. */
bool contact_find_beginning(struct store *store, const char *text, int limit, struct arena *arena,
                            struct contact **contacts, int *count, struct error *err) MUST_CHECK;

/* Looks up an id in the result of contact_find_names, which is sorted by id; NULL if it is not there. */
const struct contact *contact_with_id(const struct contact *contacts, int count, const char *id);
const struct contact *contact_with_address(const struct contact *contacts, int count, const char *norm);

/* Up to `limit` people in order of id, after `after` (empty: from the first). */
bool contact_next(struct store *store, const char *after, int limit, struct arena *arena, struct contact **contacts,
                  int *count, struct error *err) MUST_CHECK;

/* Computes anew what is computed from memberships and own values, for everybody. */
bool contact_gather_all(struct store *store, struct error *err) MUST_CHECK;

/* The same for the people of these memberships (struct membership). */
bool contact_gather_members(struct store *store, const struct rows *rows, struct error *err) MUST_CHECK;

/* Copies what people said of these contacts, and those who are on no provider's list, to another database; the
 * memberships are saved after that. */
bool contact_copy_own(struct store *into, const struct rows *contacts, struct error *err) MUST_CHECK;

/* Those whose last click is at most, or more than, so many days before `now`. */
struct condition contact_clicked_within(struct moment now, int days);
struct condition contact_clicked_before(struct moment now, int days);

/* A list's people by what they are on it, from indexes. All three are COUNT_NONE if it would take longer
 * than `ms`. */
bool contact_count_list(struct store *store, const char *list_id, int64_t ms, struct list_counts *counts,
                        struct error *err) MUST_CHECK;

/* Counts a list's people by what they did; joined_30_days: memberships of this list, looking back from `now`. */
bool contact_count(struct store *store, const char *list_id, struct moment now, struct list_engagement *engagement,
                   struct error *err) MUST_CHECK;

/* engagements[i] belongs to the person ids[i]. */
bool contact_save_engagements(struct store *store, const struct strings *ids, const struct engagement *engagements,
                              struct error *err) MUST_CHECK;

/* *ids: the distinct people who have no memberships other than these, and nothing of their own. */
bool contact_last_of(struct store *store, const struct membership *rows, int count, struct arena *arena,
                     struct strings *ids, struct error *err) MUST_CHECK;

/* Deletes the memberships and the people `ids`, whose events must have been forgotten first (event_forget). The
 * memberships are deleted last, so that after a crash they are found again. */
bool contact_forget(struct store *store, const struct membership *rows, int count, const struct strings *ids,
                    struct arena *arena, struct error *err) MUST_CHECK;

#endif
