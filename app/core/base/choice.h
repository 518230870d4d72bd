/* An enum and its names in one table, so that both directions agree.
 *
 *   static const char *const names[] = { [CAMPAIGN_DRAFT] = "draft", … };
 *   const struct choices campaign_statuses = CHOICES(names);
 */
#ifndef BASE_CHOICE_H
#define BASE_CHOICE_H

#include <stdbool.h>

struct choices {
	const char *const *names; /* names[value], no holes */
	int count;
};

#define CHOICES(table) { (table), (int)(sizeof(table) / sizeof *(table)) }

/* "?" outside the table. */
const char *choice_name(const struct choices *choices, int value);

/* Compares without case (A-Z). False, and *value untouched, when no name matches. */
bool choice_find(const struct choices *choices, const char *name, int *value);

#endif
