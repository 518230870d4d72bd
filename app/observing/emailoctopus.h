/* EmailOctopus API v2: parsing of answers. Pure. Source: the published OpenAPI document "EmailOctopus v2 API" 2.0.0. */
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
	VERDICT_REFUSED, /* not available: 403 on a report, 404 */
	VERDICT_STOP,    /* no call will work: a wrong or legacy key */
};

/* What to do after an answer, and why, as text. *wait_ms > 0 asks for a pause (429). */
enum verdict emailoctopus_judge(const struct http_answer *answer, struct moment now, int64_t *wait_ms, char why[160]);

/* In each page, `unread` is the number of rows that lack what we need: an id, a count, a count up to COUNT_MAX, or a
 * time that can be read if they have one. They are not among the rows. */
struct campaign_page {
	struct campaign *campaigns; /* external: only id is set; list_ids: the provider's */
	int count, unread;
	const char *cursor; /* NULL on the last page: paging.next null, absent, {}, [] or "" */
};

struct list_page {
	struct list *lists; /* external: only id is set */
	int count, unread;
	const char *cursor;
};

struct contact_page {
	struct membership *contacts; /* external: only id is set; no list_id or seen_run */
	int count, unread;
	const char *cursor;
};

struct event_page {
	struct event *events; /* only contact_ref, address and occurred_at */
	int count, unread;
	const char *cursor;
};

struct link_page {
	struct link *links; /* each row once, even if the answer repeats it */
	int count, unread;
};

/* INVALID if the body does not have the documented shape; nulls are fine. `about`: the campaign's or the report's name
 * that was asked for, NULL if not known; an answer that names another one is INVALID, too. */
bool emailoctopus_campaigns(struct arena *arena, const struct http_answer *answer, struct campaign_page *page,
                            struct error *err) MUST_CHECK;
bool emailoctopus_lists(struct arena *arena, const struct http_answer *answer, struct list_page *page,
                        struct error *err) MUST_CHECK;
bool emailoctopus_summary(struct arena *arena, const struct http_answer *answer, const char *about,
                          struct metrics *metrics, struct error *err) MUST_CHECK;
bool emailoctopus_links(struct arena *arena, const struct http_answer *answer, struct link_page *page,
                        struct error *err) MUST_CHECK;

bool emailoctopus_contacts(struct arena *arena, const struct http_answer *answer, struct contact_page *page,
                           struct error *err) MUST_CHECK;
bool emailoctopus_events(struct arena *arena, const struct http_answer *answer, const char *about,
                         struct event_page *page, struct error *err) MUST_CHECK;

#endif
