/* The people of a rule: how many there are, a page of them, all of them in turn. The database finds them by the
 * compiled rule, and rule_meets decides what the filter does not.
 *
 * A rule that no index answers may need longer than a page has. Then the answer says how far it has looked, and goes on
 * from there when it is asked with its cursor: "looked at 40,000 of 1,000,000 so far". */
#ifndef SEGMENTS_PEOPLE_H
#define SEGMENTS_PEOPLE_H

#include "audience/contacts/contact.h"
#include "segments/rule.h"

enum {
	PEOPLE_PAGE_MS = 300,   /* for a page that somebody waits for */
	PEOPLE_COUNT_MS = 1500, /* for a count beside a page; a request's statement must end within 3 s */
};

struct people_query {
	const struct rule *rule;
	struct rule_clock clock;
	const char *cursor;        /* of the answer before; NULL or "": from the beginning */
	int patience_ms;           /* for the whole; 0: until it is done */
	const struct filter *also; /* on contacts; NULL: all people of the rule */
};

/* How far it came. Of an answer that is whole `next` is NULL, or leads to the next page. */
struct people_progress {
	const char *next;
	int64_t looked, of; /* the time was up after so many of all people; COUNT_NONE if it was not */
};

/* By email_norm. If the time was up, there may be fewer than `limit`, even none. INVALID, naming "cursor", if the
 * cursor is malformed. */
struct people_page {
	struct contact *contacts;
	int count;
	struct people_progress progress;
};
bool people_page(struct store *store, const struct people_query *query, int limit, struct arena *arena,
                 struct people_page *page, struct error *err) MUST_CHECK;

/* If the time was up: how many so far. */
struct people_count {
	int64_t people;
	struct people_progress progress;
};
bool people_count(struct store *store, const struct people_query *query, struct arena *arena,
                  struct people_count *count, struct error *err) MUST_CHECK;

/* How far a reading of all people has come; { 0 } is the beginning. */
struct people_place {
	char after[25]; /* everybody up to this id was looked at; "": nobody */
	bool ended;     /* there are no more */
	/* of the reading itself */
	char to[25];
	bool is_cut;
};
/* Goes on after the contact of this id; NULL or "": from the first. */
void people_place_set(struct people_place *place, const char *after);

/* The next contacts in the order of their ids, at most `limit`; fewer only at the end, or if some are deleted
 * meanwhile. Nobody waits: it takes as long as it takes. Somebody who begins or ceases to belong meanwhile may or may
 * not be among them, but nobody is among them twice. */
bool people_next(struct store *store, const struct rule *rule, const struct rule_clock *clock,
                 struct people_place *place, int limit, struct arena *arena, struct contact **contacts, int *count,
                 struct error *err) MUST_CHECK;

#endif
