/* Answers of report calls as they came, compressed: what the figures and events were made of, so that they can be made
 * again without the provider (observing/replay.c). Append-only, but for a person's address that has to be forgotten. */
#ifndef OBSERVING_RAW_H
#define OBSERVING_RAW_H

#include "observing/engine.h"

struct raw_answer {
	const char *id, *key, *call, *run_id, *campaign_id, *word; /* call: summary, links or events; word: the report */
	int64_t counter;                                           /* of the task */
	struct moment at;                                          /* when it came */
	bool taken;                                                /* all that follows from it is stored */
	struct bytes body;                                         /* compressed (core/formats/zlib.h) */
};

/* Keeps an answer once: a summary or link report for each run, a page of a contact report for each different body. When
 * it was kept before, *answer and *raw become what was kept; both live in the arena. */
bool raw_keep(struct store *store, const char *run_id, const struct task *task, struct moment at,
              struct http_answer *answer, struct raw_answer *raw, struct arena *arena, struct error *err) MUST_CHECK;
bool raw_save_taken(struct store *store, const struct raw_answer *raw, struct error *err) MUST_CHECK;

/* All of them, oldest first, the bodies unpacked; each() returns false with an error to stop. */
bool raw_each(struct store *store,
              bool (*each)(void *context, const struct raw_answer *raw, const struct http_answer *answer,
                           struct error *err),
              void *context, struct error *err) MUST_CHECK;

int64_t raw_count(struct store *store, struct error *err); /* -1 on failure */

/* Takes these addresses (in the form of contact_norm) out of the contact reports of the campaigns. */
bool raw_forget(struct store *store, const struct strings *campaign_ids, const struct strings *norms,
                struct error *err) MUST_CHECK;

#endif
