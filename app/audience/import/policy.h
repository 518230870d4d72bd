/* What a row may change. Pure.
 *
 * An empty cell erases nothing. Of a known person a file fills what is empty or, if so chosen, overwrites it; status,
 * consent and suppression stay whatever the file says. Only a choice of its own, together with a source of consent,
 * subscribes somebody again who had unsubscribed, and nothing in a file does so after a bounce for good, a complaint
 * or a suppression by hand. Who is suppressed and not known is not imported. */
#ifndef AUDIENCE_IMPORT_POLICY_H
#define AUDIENCE_IMPORT_POLICY_H

#include "audience/import/row.h"

enum import_known { KNOWN_FILL, KNOWN_OVERWRITE, KNOWN_SKIP, KNOWN_COUNT };
extern const struct choices import_knowns; /* "fill", "overwrite", "skip" */

enum import_suppressed {
	SUPPRESSED_NOT,
	SUPPRESSED_UNSUBSCRIBED,
	SUPPRESSED_BOUNCED,
	SUPPRESSED_COMPLAINED,
	SUPPRESSED_BY_HAND,
	SUPPRESSED_ERASED, /* the person was erased */
};

/* Of an address, whether its person is known or not. */
struct import_suppression {
	enum import_suppressed why;
	struct moment at;
};

/* What is stored. */
struct import_person {
	const char *texts[MEMBER_COUNT]; /* NULL or "": empty */
	struct strings tags;
	const struct import_value *fields;
	int field_count;
	enum import_status status;     /* of the person */
	enum import_status membership; /* on the list of the import; IMPORT_STATUS_UNTOLD: not on it */
};

/* What the person who imports has chosen. */
struct import_choice {
	enum import_known known;
	bool resubscribe;
	const char *consent_source; /* for rows that have none; NULL or "" for none */
	bool has_list;              /* people join a list */
	struct strings tags;        /* for everybody who is created or updated */
};

enum import_outcome {
	IMPORT_CREATED,
	IMPORT_UPDATED,
	IMPORT_UNCHANGED,
	IMPORT_SKIPPED,
	IMPORT_REJECTED,
	IMPORT_OUTCOME_COUNT
};
extern const struct choices import_outcomes;

/* A value that changes. */
struct import_change {
	enum import_member member; /* MEMBER_COUNT: a custom field */
	const char *field;         /* its key */
	enum import_type type;
	const char *before, *after; /* before: NULL if it was empty */
};

struct import_decision {
	enum import_outcome outcome;
	const char *reason; /* why it is skipped or rejected; of others what did not happen; NULL */
	struct import_change *changes;
	int change_count;
	struct strings tags_added;
	bool joins;                /* the list */
	enum import_status status; /* of a new person, or of one who is subscribed again */
	bool resubscribes;         /* had unsubscribed */
	bool is_unproven;          /* new, to be mailed, and nothing says that they agreed */
	bool takes_consent;        /* the row's consent is stored, with this source */
	const char *consent_source;
	enum import_suppressed suppresses; /* new, and the file says that they must not be mailed */
};

/* `person`: NULL if nobody has the row's address. Everything lives in the arena or in the arguments. */
struct import_decision import_decide(struct arena *arena, const struct import_row *row,
                                     const struct import_person *person, const struct import_suppression *suppression,
                                     const struct import_choice *choice);

#endif
