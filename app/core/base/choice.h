/* An enum's names in one table, used in both directions.
 *
 *   static const char *const names[] = { [CAMPAIGN_DRAFT] = "draft", … };
 *   const struct choices campaign_statuses = CHOICES(names);
 */
#ifndef BASE_CHOICE_H
#define BASE_CHOICE_H

#include <stdbool.h>

struct choices {
	const char *const *names; /* indexed by value, without gaps */
	int count;
};

#define CHOICES(table) { (table), (int)(sizeof(table) / sizeof *(table)) }

/* "?" for a value outside the table. */
const char *choice_name(const struct choices *choices, int value);

/* Case-insensitive for A-Z. Returns false and leaves *value unchanged if no name matches. */
bool choice_find(const struct choices *choices, const char *name, int *value);

#endif
