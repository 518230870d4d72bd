/* Messages that were accepted and came back, or were complained of: each counts once for each of the two. */
#ifndef DISPATCH_RETURNED_H
#define DISPATCH_RETURNED_H

#include "core/store/store.h"

enum returned_as { RETURNED_HARD, RETURNED_SOFT, RETURNED_COMPLAINED, RETURNED_COUNT };
extern const struct choices returned_choices;

struct returned {
	const char *id; /* the message's name (dispatch/message.h), and whether it was complained of */
	const char *campaign_id;
	unsigned as; /* enum returned_as; a hard bounce after a soft one makes it hard */
	struct moment at;
};
extern const struct record_type returned_record;

/* May be repeated. */
bool returned_note(struct store *store, const char *campaign_id, int64_t block, int64_t index, enum returned_as as,
                   struct moment now, struct error *err) MUST_CHECK;

struct returned_counts {
	int64_t of[RETURNED_COUNT];
};
bool returned_count(struct store *store, const char *campaign_id, struct returned_counts *counts,
                    struct error *err) MUST_CHECK;

#endif
