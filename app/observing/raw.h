/* Raw answers: report answers as received, compressed, from which figures and events can be rebuilt without the
 * provider (observing/replay.c). Append-only, except that a forgotten person's address is removed. */
#ifndef OBSERVING_RAW_H
#define OBSERVING_RAW_H

#include "observing/engine.h"

struct raw_answer {
	const char *id, *key, *call, *run_id, *campaign_id, *word; /* call: summary, links or events; word: the report */
	int64_t counter;                                           /* the task's counter */
	struct moment at;                                          /* when it arrived */
	struct moment date;                                        /* by the clock that its times were read by */
	bool taken;                                                /* everything derived from it is stored */
	struct bytes body;                                         /* compressed (core/formats/zlib.h) */
};

/* Stores an answer once: a summary or link report per run, a page of a contact report per distinct body; one that
 * `passes` per run, too. If it was stored before, *answer and *raw are set to what is stored; both live in the arena.
 */
bool raw_keep(struct store *store, const char *run_id, const struct task *task, struct moment at, bool passes,
              struct http_answer *answer, struct raw_answer *raw, struct arena *arena, struct error *err) MUST_CHECK;
/* The summary or link report of the task that this run has stored before; *answer and *raw are then what is stored. */
bool raw_find_kept(struct store *store, const char *run_id, const struct task *task, struct http_answer *answer,
                   struct raw_answer *raw, bool *found, struct arena *arena, struct error *err) MUST_CHECK;
bool raw_save_taken(struct store *store, const struct raw_answer *raw, struct error *err) MUST_CHECK;

/* Calls each() for every raw answer, oldest first, decompressed; it returns false with an error to stop. */
bool raw_each(struct store *store,
              bool (*each)(void *context, const struct raw_answer *raw, const struct http_answer *answer,
                           struct error *err),
              void *context, struct error *err) MUST_CHECK;

int64_t raw_count(struct store *store, struct error *err); /* -1 on failure */

/* Removes these people's addresses from the campaigns' contact reports: those that are theirs now (as contact_norm
 * returns them), and those of rows with their ids at the provider, because an address may have changed since. */
bool raw_forget(struct store *store, const struct strings *campaign_ids, const struct strings *norms,
                const struct strings *refs, struct error *err) MUST_CHECK;

/* The addresses of contacts, by their ids at the provider, as the campaign's contact reports have them: fills those of
 * `addresses`, one for each of `refs`, that are NULL and are told. */
bool raw_find_addresses(struct store *store, const char *campaign_id, const struct strings *refs, struct arena *arena,
                        const char **addresses, struct error *err) MUST_CHECK;

#endif
