/* Keyset paging: a page begins after the last row of the one before, so rows that come in between are neither shown
 * twice nor passed over, and the last page costs what the first does. */
#ifndef STORE_PAGE_H
#define STORE_PAGE_H

#include "core/store/store.h"

struct page_query {
	const struct filter *filter;
	/* Stored name of what the rows are ordered by, a moment, count or text that each row has; then by _id. NULL: by _id
	 * alone, which must be an id. The record has them as members. */
	const char *by;
	bool unique; /* no two documents have the same `by`: _id is not needed */
	bool descending;
	const char *cursor; /* NULL or empty: the first page */
	int limit;
	bool count; /* ask for page.total, too */
};

struct page {
	struct rows rows;
	const char *next; /* the cursor of the page after; NULL on the last one */
	int64_t total;    /* documents that the filter meets, on all pages; COUNT_NONE where it was not asked for */
};

/* INVALID, naming the field cursor, where the cursor is none of ours. All of the page lies in the arena. */
bool store_page(struct store *store, const char *collection, const struct page_query *query,
                const struct record_type *record, struct arena *arena, struct page *page, struct error *err) MUST_CHECK;

#endif
