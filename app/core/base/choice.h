/* An enum's names in one table, used in both directions.
 *
 *   static const char *const names[] = { [CAMPAIGN_DRAFT] = "draft", … };
 *   const struct choices campaign_statuses = CHOICES(names);
 */
#ifndef BASE_CHOICE_H
#define BASE_CHOICE_H

#include <stdbool.h>

struct choice_alias {
	const char *name; /* NULL ends a table of them */
	int value;
};

struct choices {
	const char *const *names; /* indexed by value, without gaps */
	int count;
	const struct choice_alias *aliases; /* other words that are read, but never written; or NULL */
};

#define CHOICES(table) { (table), (int)(sizeof(table) / sizeof *(table)), 0 }
#define CHOICES_ALIASED(table, aliases) { (table), (int)(sizeof(table) / sizeof *(table)), (aliases) }

/* "?" for a value outside the table. */
const char *choice_name(const struct choices *choices, int value);

/* By name or alias, case-insensitive for A-Z. Returns false and leaves *value unchanged if no name matches. */
bool choice_find(const struct choices *choices, const char *name, int *value);

#endif
