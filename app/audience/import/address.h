/* An email address in a cell. Pure. */
#ifndef AUDIENCE_IMPORT_ADDRESS_H
#define AUDIENCE_IMPORT_ADDRESS_H

#include "core/base/arena.h"

struct address {
	const char *typed; /* as in the cell, without what surrounds it */
	const char *ascii; /* the domain in small ASCII letters, as it goes to a mail server */
	const char *key;   /* contact_norm of that: identifies the person */
	const char *name;  /* of "Ann Example <ann@example.com>"; "" without one */
};

/* NULL and an address, or what is wrong in words that name the value: "“anna@mail” is incomplete: the part after the
 * @ has no dot". */
const char *address_read(struct arena *arena, const char *cell, struct address *address);

/* Does the cell look like an address, right or not? For guessing columns and headings. */
bool address_is_likely(const char *cell);

#endif
