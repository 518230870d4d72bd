/* EmailOctopus API v2: parsing of answers. Pure. Source: the published OpenAPI document "EmailOctopus v2 API" 2.0.0.
 *
 * A value that cannot be read costs that value: the rest of its row, the other rows and the next page are read. It is
 * named in `unreadable`, and among the row's own `unread` members, so that what was stored before stays. */
#ifndef OBSERVING_EMAILOCTOPUS_H
#define OBSERVING_EMAILOCTOPUS_H

#include "audience/contacts/contact.h"
#include "audience/lists/list.h"
#include "campaigns/links.h"
#include "core/client/http.h"
#include "metrics/metrics.h"

enum verdict {
	VERDICT_GOOD,
	VERDICT_AGAIN,   /* retry later: 5xx, 429, truncated, HTML, timeout */
	VERDICT_REFUSED, /* not available: 403 on a report, and other errors of the API */
	VERDICT_GONE,    /* the API itself says that it does not have it: 404 */
	VERDICT_MOVED,   /* a redirect: to be followed if it stays on the host, else refused */
	VERDICT_STOP,    /* no call will work: a wrong or legacy key */
};

/* What to do after an answer, and why, as text. *wait_ms > 0 asks for a pause: 429, or Retry-After with a 5xx. */
enum verdict emailoctopus_judge(const struct http_answer *answer, struct moment now, int64_t *wait_ms, char why[160]);

enum { UNREADABLE_TOLD = 20 };

/* Values that could not be read, each as "ROW'S ID MEMBER: what is there". */
struct unreadable {
	const char *items[UNREADABLE_TOLD]; /* the first ones */
	int count;                          /* of all */
};

/* How to ask for the next page: by cursor, or only by URL; by neither after the last page, whose paging.next is null,
 * absent, {}, [] or "". `unread`: there may be one, but not how to ask for it. */
struct following {
	const char *cursor, *url;
	bool unread;
};

/* In each page, `unread` is the number of rows that cannot be identified: without an id or, of a link, a URL. They are
 * not among the rows. */
struct campaign_page {
	struct campaign *campaigns; /* external: only id is set; list_ids: the provider's */
	int count, unread;
	struct following next;
	struct unreadable unreadable;
};

struct list_page {
	struct list *lists; /* external: only id is set; a count that could not be read is COUNT_NONE */
	int count, unread;
	struct following next;
	struct unreadable unreadable;
};

struct contact_page {
	struct membership *contacts; /* external: only id is set; no list_id or seen_run */
	int count, unread;
	struct following next;
	struct unreadable unreadable;
};

struct event_page {
	struct event *events; /* only contact_ref, address and occurred_at */
	int count, unread;
	int ahead; /* of them, whose time was in the future */
	struct following next;
	struct unreadable unreadable;
};

struct link_page {
	struct link *links; /* each row once, even if repeated; a count that could not be read is COUNT_NONE */
	int count, unread;
	struct following next;
	struct unreadable unreadable;
};

/* A time before 2000, more than ten years ahead of the provider's clock, or after 2099 cannot be read.
 *
 * INVALID if the body is no JSON or has no list of rows; nulls are fine. `about`: the id or the report's name that was
 * asked for, NULL if not known; an answer that names another one is INVALID, too. */
bool emailoctopus_campaigns(struct arena *arena, const struct http_answer *answer, struct campaign_page *page,
                            struct error *err) MUST_CHECK;
bool emailoctopus_lists(struct arena *arena, const struct http_answer *answer, struct list_page *page,
                        struct error *err) MUST_CHECK;
/* One list; INVALID if it has no id. */
bool emailoctopus_list(struct arena *arena, const struct http_answer *answer, const char *about, struct list *list,
                       struct unreadable *unreadable, struct error *err) MUST_CHECK;
bool emailoctopus_links(struct arena *arena, const struct http_answer *answer, struct link_page *page,
                        struct error *err) MUST_CHECK;
bool emailoctopus_contacts(struct arena *arena, const struct http_answer *answer, struct contact_page *page,
                           struct error *err) MUST_CHECK;
/* A time more than an hour ahead of the provider's clock (answer->date, if set) cannot be read. */
bool emailoctopus_events(struct arena *arena, const struct http_answer *answer, const char *about,
                         struct event_page *page, struct error *err) MUST_CHECK;

/* A counter that is null, missing, of another shape, negative or beyond COUNT_MAX is COUNT_NONE, never 0, which would
 * look like a decrease. INVALID if there is no counter at all. */
bool emailoctopus_summary(struct arena *arena, const struct http_answer *answer, const char *about,
                          struct metrics *metrics, struct unreadable *unreadable, struct error *err) MUST_CHECK;

#endif
