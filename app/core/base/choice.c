/* Names of enum values. */
#include "core/base/choice.h"

#include <strings.h>

const char *choice_name(const struct choices *choices, int value) {
	return value >= 0 && value < choices->count ? choices->names[value] : "?";
}

bool choice_find(const struct choices *choices, const char *name, int *value) {
	for (int i = 0; i < choices->count; i++) {
		if (strcasecmp(choices->names[i], name) == 0) {
			*value = i;
			return true;
		}
	}
	for (const struct choice_alias *alias = choices->aliases; alias && alias->name; alias++) {
		if (strcasecmp(alias->name, name) == 0) {
			*value = alias->value;
			return true;
		}
	}
	return false;
}
