/* What one worker keeps, by what it is a function of: finished answers by the version of the data, identities by the
 * version of the rights. Bounded in number and bytes; what was not asked for longest goes first. Nothing is kept by
 * time. */
#ifndef HTTP_SHELF_H
#define HTTP_SHELF_H

#include <stddef.h>

struct shelf;

struct shelf_item {
	const char *type, *headers, *body; /* type and headers are texts */
	size_t size;                       /* of the body */
};

/* `most` items of `most_bytes` in sum; one above an eighth of that is not kept. */
struct shelf *shelf_new(int most, size_t most_bytes);
void shelf_free(struct shelf *shelf); /* NULL is nothing */

/* NULL when there is none. The item lives until the next shelf_keep. */
const struct shelf_item *shelf_find(struct shelf *shelf, const char *key);

/* Copies all. */
void shelf_keep(struct shelf *shelf, const char *key, const struct shelf_item *item);

#endif
