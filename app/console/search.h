/* Searching everything at once: campaigns, people, lists, partners, reports. */
#ifndef CONSOLE_SEARCH_H
#define CONSOLE_SEARCH_H

#include "core/http/exchange.h"

enum { SEARCH_SHOWN = 8, SEARCH_TEXT_MAX = 100, SEARCH_REPORTS = 200 };

struct search_item {
	const char *id, *name, *detail, *address; /* detail: a second line, or NULL */
};

enum search_kind {
	SEARCH_CAMPAIGNS,
	SEARCH_CONTACTS,
	SEARCH_LISTS,
	SEARCH_PARTNERS,
	SEARCH_REPORTS_KIND,
	SEARCH_KINDS
};

struct search_group {
	struct search_item items[SEARCH_SHOWN]; /* the first ones */
	int count;
	int64_t total; /* COUNT_NONE if there are more than `count` and nobody has counted them */
};

/* Finds what has all words of the text in its name: campaigns (or subject; newest first), lists, partners, and the
 * newest SEARCH_REPORTS reports (title or partner); and people whose address begins with the text. No query reads more
 * than these collections hold by their nature or the index finds. */
bool search_everything(struct exchange *x, const char *text, struct search_group groups[SEARCH_KINDS],
                       struct error *err) MUST_CHECK;

#endif
