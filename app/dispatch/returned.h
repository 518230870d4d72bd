/* Messages that were accepted and came back, or were complained of: each counts once for each of the two. */
#ifndef DISPATCH_RETURNED_H
#define DISPATCH_RETURNED_H

#include "dispatch/message.h"

enum returned_as { RETURNED_HARD, RETURNED_SOFT, RETURNED_COMPLAINED, RETURNED_COUNT };
extern const struct choices returned_choices;

struct returned {
	const char *id; /* the message's name (dispatch/message.h), and whether it was complained of */
	const char *campaign_id;
	unsigned as; /* enum returned_as; a hard bounce after a soft one makes it hard */
	struct moment at;
};
extern const struct record_type returned_record;

struct return_note {
	const char *campaign_id;
	int64_t block, index;
	enum returned_as as;
};

/* Also many at once. May be repeated. */
bool returned_note(struct store *store, const struct return_note *notes, int count, struct moment now,
                   struct error *err) MUST_CHECK;

/* What came back of one message. */
struct came_back {
	struct moment bounced_at, complained_at; /* MOMENT_NONE: not */
	bool is_hard;                            /* of a bounce */
};
extern const struct came_back NOTHING_CAME_BACK;

/* Of each of these messages, which are by block and index: (*back)[count]. */
bool returned_of(struct store *store, const struct sent_message *messages, int count, struct arena *arena,
                 struct came_back **back, struct error *err) MUST_CHECK;

/* struct returned of up to `limit` messages behind this one (block -1: from the first), by block and index, that were
 * complained of, or else bounced. */
bool returned_list(struct store *store, const char *campaign_id, bool complained, int64_t block, int64_t index,
                   int limit, struct arena *arena, struct rows *rows, struct error *err) MUST_CHECK;

/* Pure. Which message it is of. */
bool returned_message(const struct returned *returned, int64_t *block, int64_t *index);

struct returned_counts {
	int64_t of[RETURNED_COUNT];
};
bool returned_count(struct store *store, const char *campaign_id, struct returned_counts *counts,
                    struct error *err) MUST_CHECK;

#endif
