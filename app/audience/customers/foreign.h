/* Documents written by another system: members of any type, read as text. Private to this folder. */
#ifndef AUDIENCE_CUSTOMERS_FOREIGN_H
#define AUDIENCE_CUSTOMERS_FOREIGN_H

#include "audience/customers/customer.h"
#include "core/process/settings.h"

/* A member (dots for nested ones) as text, of any scalar type; NULL if there is none. In the arena. */
const char *foreign_member(const bson_t *document, const char *name, struct arena *arena);

/* A member as a number, also of decimal type or a text that is nothing but a number; NaN if there is none. */
double foreign_number(const bson_t *document, const char *name, struct arena *arena);

/* Appends "name: value" to groups for each name (comma-separated) present in the document; at most GROUPS_MAX. */
enum { GROUPS_MAX = 20 };
void foreign_groups(const bson_t *document, const char *names, struct strings *groups, struct arena *arena);

/* Adds these customers' groups from the demographics collection. */
bool demographics_add(struct store *store, const struct settings *settings, struct customer *customers, int count,
                      struct arena *arena, struct error *err) MUST_CHECK;

#endif
