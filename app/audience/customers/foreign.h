/* Documents that another system wrote: members of any type, read as text. Of the customers room; nobody else includes
 * it. */
#ifndef AUDIENCE_CUSTOMERS_FOREIGN_H
#define AUDIENCE_CUSTOMERS_FOREIGN_H

#include "audience/customers/customer.h"
#include "core/process/settings.h"

/* The member (with dots for members of members) as text, whatever single value it is; NULL for none. In the arena. */
const char *foreign_member(const bson_t *document, const char *name, struct arena *arena);

/* Appends "name: value" to groups for each of the names (parted by commas) that the document has; GROUPS_MAX at
 * most. */
enum { GROUPS_MAX = 20 };
void foreign_groups(const bson_t *document, const char *names, struct strings *groups, struct arena *arena);

/* Adds the groups that the collection of demographics knows of these customers. */
bool demographics_add(struct store *store, const struct settings *settings, struct customer *customers, int count,
                      struct arena *arena, struct error *err) MUST_CHECK;

#endif
