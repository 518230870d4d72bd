/* The list of campaigns that a request asks for: filtered, sorted, one page of it. */
#ifndef CONSOLE_CAMPAIGN_LISTING_H
#define CONSOLE_CAMPAIGN_LISTING_H

#include "campaigns/campaign.h"
#include "core/formats/period.h"
#include "core/http/exchange.h"

enum sort_key { BY_NAME, BY_SENT, BY_DELIVERED, BY_RATE };

/* A column that can be sorted. */
struct sorting {
	const char *name, *label; /* name: the parameter's value */
	const char *head;         /* of its column, if that is narrower than the label */
	enum sort_key key;
	enum metric metric; /* if sorted by a rate */
};
enum { SORTING_COUNT = 9 };
extern const struct sorting campaign_sortings[SORTING_COUNT]; /* in the order of the table */

/* What is asked for. */
struct campaign_query {
	const char *list, *partner, *text;
	struct strings ids; /* none: any */
	int status;         /* -1: any */
	int origin;         /* of campaign_origins; -1: any */
	const char *created_by;
	struct period period;
	struct moment as_of; /* MOMENT_NONE: now */
	const struct sorting *sorting;
	bool descending;
	const char *cursor;
	int page; /* from 1; 0: by cursor */
	int limit;
};

/* Reads q, id, list, partner, status, origin, created_by, period, from, to, as_of, sort, cursor and limit. INVALID
 * names the parameter. */
bool campaign_query_read(struct exchange *x, struct campaign_query *query, struct error *err) MUST_CHECK;

/* What is shown when the query cannot be read: everything, newest first. */
extern const struct campaign_query campaign_query_usual;

/* A match and its sort key: a number, or a text if there is one. Figures are -1 without a report. */
struct place {
	double number;
	const char *text, *id;
	const struct campaign *campaign;
};

/* All matches and one page of them; valid until the end of the request. */
struct listing {
	const struct place *places; /* all matches, ascending */
	const struct campaign **rows;
	const char *next; /* cursor; NULL on the last page */
	int matched, count;
	int of_status[CAMPAIGN_STATUS_COUNT]; /* matches by status, whatever status was asked for */
};

/* INVALID: a cursor that was not made here. */
bool campaign_listing_find(struct exchange *x, const struct campaign_query *query, int limit, struct listing *listing,
                           struct error *err) MUST_CHECK;

/* The sum of the figures of all matches on all pages, as one campaign. */
struct campaign campaign_listing_total(const struct listing *listing);

/* How many of them have figures: of drafts and failed ones there are none. */
int campaign_listing_reported(const struct listing *listing);

#endif
