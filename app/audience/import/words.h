/* Words in cells that mean one of a few things, in six languages; and names. Pure. */
#ifndef AUDIENCE_IMPORT_WORDS_H
#define AUDIENCE_IMPORT_WORDS_H

#include "core/base/choice.h"
#include "core/base/text.h"

/* What a file says of a person. */
enum import_status {
	IMPORT_STATUS_UNTOLD,
	IMPORT_SUBSCRIBED,
	IMPORT_PENDING,
	IMPORT_UNSUBSCRIBED,
	IMPORT_BOUNCED, /* for good */
	IMPORT_COMPLAINED,
	IMPORT_BLOCKED,
	IMPORT_STATUS_COUNT,
};
extern const struct choices import_statuses;

/* False if the word is not known. An empty one is IMPORT_STATUS_UNTOLD. */
bool words_status(struct arena *arena, const char *cell, enum import_status *status);

/* Yes or no: "true", "1", "ja", "non" … False if it is neither. */
bool words_truth(struct arena *arena, const char *cell, bool *truth);

/* "Ann Example" and "Example, Ann" into both; what is one word is a first name; "van", "de" and the like begin a last
 * name. */
void words_split_name(struct arena *arena, const char *name, const char **first, const char **last);

#endif
