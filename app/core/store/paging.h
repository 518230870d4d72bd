/* Keyset paging in order of a moment and then of _id: a page begins after the last row of the one before, so rows that
 * come in between are neither shown twice nor passed over. */
#ifndef STORE_PAGING_H
#define STORE_PAGING_H

#include "core/store/store.h"

/* The place of a row: "milliseconds:id". */
char *paging_cursor(struct arena *arena, struct moment moment, const char *id);

/* Adds to the filter that rows stand after the cursor (NULL or empty: all), in the order that paging_sort makes.
 * INVALID, naming the field cursor, when it is none. */
bool paging_append(bson_t *filter, const char *field, bool descending, const char *cursor,
                   struct error *err) MUST_CHECK;

/* { field: ±1, _id: ±1 }. To be destroyed with bson_destroy. */
bson_t *paging_sort(const char *field, bool descending);

#endif
