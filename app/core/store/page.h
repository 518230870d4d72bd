/* Keyset pagination: a page starts after the last row of the previous one, so rows inserted in between cause no repeats
 * or gaps, and the last page costs no more than the first. */
#ifndef STORE_PAGE_H
#define STORE_PAGE_H

#include "core/store/store.h"

struct page_query {
	const struct filter *filter;
	/* Stored name of the sort member, a moment, count or text present in every row; ties are broken by _id. NULL sorts
	 * by _id alone, which must be an id. The record must contain these members. */
	const char *by;
	bool unique; /* `by` is unique: _id is not needed */
	bool descending;
	const char *cursor; /* NULL or empty for the first page */
	int64_t skip; /* rows before this page, instead of a cursor: for pages with numbers, whose cost grows with it */
	int limit;
	bool count;         /* also compute page.total */
	int64_t count_most; /* up to so many; 0: all */
};

struct page {
	struct rows rows;
	const char *next; /* cursor of the next page; NULL on the last */
	int64_t total;    /* documents on all pages; COUNT_NONE if not requested */
};

/* INVALID, naming field "cursor", if the cursor is malformed. The whole page lives in the arena. */
bool store_page(struct store *store, const char *collection, const struct page_query *query,
                const struct record_type *record, struct arena *arena, struct page *page, struct error *err) MUST_CHECK;

#endif
