/* Addresses and phone numbers to which nothing is sent, whatever a list, an import or the API says. Not people:
 * whoever has the address or number is meant, whether known or not.
 *
 * `suppressions` has one row for each address (or number) and reason, with its history: what was added when, by whom
 * and on what evidence, and what was lifted. After an erasure the row is known by a keyed hash alone (hashed.h).
 *
 * A key is an address as contact_norm returns it, or a number in E.164. Whoever changes rows tells the people whom they
 * concern: audience/contacts/suppressing.h does both. */
#ifndef AUDIENCE_SUPPRESSION_SUPPRESSION_H
#define AUDIENCE_SUPPRESSION_SUPPRESSION_H

#include "core/store/store.h"

/* The strongest first: of several that one counts. */
enum suppression_reason {
	SUPPRESSION_COMPLAINED,
	SUPPRESSION_BOUNCED, /* for good */
	SUPPRESSION_MANUAL,
	SUPPRESSION_ERASED,
	SUPPRESSION_UNSUBSCRIBED, /* from everything */
	SUPPRESSION_REASON_COUNT,
};
extern const struct choices suppression_reasons;
extern const char *const suppression_reason_labels[SUPPRESSION_REASON_COUNT]; /* for people: "Hard bounce" */

enum suppression_source {
	SUPPRESSED_HERE, /* by a user, on a page or by API */
	SUPPRESSED_BY_FILE,
	SUPPRESSED_BY_PROVIDER, /* as a provider's list or report says */
	SUPPRESSED_BY_MAIL,     /* a bounce, a complaint */
	SUPPRESSED_BY_THEM,     /* they unsubscribed */
	SUPPRESSED_BY_TEXT,     /* they answered STOP to a text message */
	SUPPRESSION_SOURCE_COUNT,
};
extern const struct choices suppression_sources;

enum suppression_kind { SUPPRESSED_EMAIL, SUPPRESSED_PHONE, SUPPRESSION_KIND_COUNT };
extern const struct choices suppression_kinds;

/* What happened to a row. */
struct suppression_note {
	struct moment at;
	bool lifts;
	const char *evidence; /* which campaign, event, import or list; or the words of whoever did it */
	unsigned source;
	const char *by; /* user; NULL: a program */
};

struct suppression {
	const char *id;
	const char *key;   /* what it is found by */
	const char *value; /* address or number; NULL after an erasure */
	unsigned kind, reason;
	bool is_active; /* false: lifted */
	/* Of the newest note. */
	struct moment at;
	const char *evidence;
	unsigned source;
	const char *by;
	struct rows history;     /* struct suppression_note, oldest first */
	struct moment untold_at; /* written then; MOMENT_NONE: the people whom it concerns have been told since */
	int64_t rev;
};
extern const struct record_type suppression_record;

enum {
	SUPPRESSION_EVIDENCE_MAX = 500, /* characters */
	SUPPRESSION_NOTES_MAX = 100,    /* of a row: then the oldest but the first are dropped */
};

/* What is to be suppressed, and why. */
struct suppression_entry {
	const char *key;
	unsigned reason;
	const char *evidence;
	unsigned source;
	const char *by;
	struct moment at;
};

/* Adds them, also many thousands at once. What is known already stays; other evidence is added to its row. A program
 * that tells the same again does not suppress anew what somebody has lifted. */
bool suppression_add(struct store *store, const struct suppression_entry *entries, int count, struct arena *arena,
                     struct error *err) MUST_CHECK;

/* The rows in force for any of these keys, also those that are kept as hashes, with `key` as it was asked for; sorted
 * by key, the strongest reason of each first. */
bool suppression_find(struct store *store, const struct strings *keys, struct arena *arena, struct suppression **rows,
                      int *count, struct error *err) MUST_CHECK;

/* The strongest for a key in the result of suppression_find; NULL: not suppressed. */
const struct suppression *suppression_of(const struct suppression *rows, int count, const char *key);

/* Finds a row by "suppression_" and an id, or by the id alone. */
bool suppression_find_one(struct store *store, const char *id, struct arena *arena, struct suppression *row,
                          bool *found, struct error *err) MUST_CHECK;

/* May it be lifted by hand? Complaints never are. */
bool suppression_may_be_lifted(enum suppression_reason reason);

/* Lifts a row by hand. INVALID without a reason, or if it is a complaint. CONFLICT if it is lifted. MISSING. */
bool suppression_lift(struct store *store, const char *id, const struct suppression_note *why, struct arena *arena,
                      struct suppression *row, struct error *err) MUST_CHECK;

/* They asked again and confirmed it: lifts what only they had said, or an erasure; not a bounce, a complaint or what a
 * user said. */
bool suppression_lift_confirmed(struct store *store, const struct strings *keys, const struct suppression_note *why,
                                struct arena *arena, struct error *err) MUST_CHECK;

/* They answered START: lifts what only a STOP of theirs had suppressed. */
bool suppression_lift_stop(struct store *store, const struct strings *keys, const struct suppression_note *why,
                           struct arena *arena, struct error *err) MUST_CHECK;

/* The people of these keys are erased: their rows are kept as hashes, without what users wrote, and each key is
 * suppressed as erased, so that nothing brings it back. May be repeated after a crash. CONFLICT without the right key
 * of hashes. */
bool suppression_erase(struct store *store, const struct strings *keys, struct moment now, struct arena *arena,
                       struct error *err) MUST_CHECK;

/* Those of the keys that were erased. */
bool suppression_find_erased(struct store *store, const struct strings *keys, struct arena *arena,
                             struct strings *erased, struct error *err) MUST_CHECK;

/* Rows that were written without the people having been told since: of these keys; or, the oldest first, those that
 * were written so long ago. Whoever tells them calls suppression_told. */
bool suppression_find_untold(struct store *store, const struct strings *keys, int limit, struct arena *arena,
                             struct suppression **rows, int *count, struct error *err) MUST_CHECK;
bool suppression_find_left(struct store *store, int64_t patience_ms, int limit, struct moment now, struct arena *arena,
                           struct suppression **rows, int *count, struct error *err) MUST_CHECK;
/* But for rows that were written again meanwhile. */
bool suppression_told(struct store *store, const struct suppression *rows, int count, struct error *err) MUST_CHECK;

/* Copies rows (struct suppression) to another database. */
bool suppression_copy(struct store *into, const struct rows *rows, struct error *err) MUST_CHECK;

/* Pure. An address has an @, a number has none. */
enum suppression_kind suppression_kind_of(const char *key);

/* Pure. The row after this note. */
struct suppression suppression_noted(const struct suppression *row, const struct suppression_note *note,
                                     struct arena *arena);

#endif
