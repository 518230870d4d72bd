/* Undoing an import: whoever was edited or mailed since keeps what they have and is listed. Pure. */
#ifndef AUDIENCE_IMPORT_UNDO_H
#define AUDIENCE_IMPORT_UNDO_H

#include "audience/import/policy.h"

enum { IMPORT_UNDO_DAYS = 30 };

/* What the import did to a person, as it is kept. */
struct import_touched {
	bool was_created;
	int64_t rev; /* of the person after it */
	const struct import_change *changes;
	int change_count;
	struct strings tags_added;
	bool joined, resubscribed;
};

/* The person now. */
struct import_present {
	bool exists;
	int64_t rev;
	bool was_mailed;      /* since the import */
	bool has_other_lists; /* than the one joined: then they are not only the import's */
	bool unsubscribed_since;
	struct strings tags;
};

enum undo_outcome { UNDO_REMOVED, UNDO_RESTORED, UNDO_LISTED, UNDO_OUTCOME_COUNT };

struct import_undo {
	enum undo_outcome outcome;
	const char *reason;            /* of UNDO_LISTED */
	struct import_change *changes; /* back: `after` is what is stored again; NULL empties it */
	int change_count;
	struct strings tags_removed;
	bool leaves;       /* the list that it joined */
	bool unsubscribes; /* was subscribed again by the import */
};

bool undo_is_open(struct moment finished, struct moment now);

struct import_undo undo_decide(struct arena *arena, const struct import_touched *touched,
                               const struct import_present *present);

#endif
