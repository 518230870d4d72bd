/* What becomes of a document: edits of named members, written as an expression of typed values.
 *
 *   UPDATE(set_choice("state", &report_states, REPORT_READY), set_moment("ended_at", now), unset("problem"))
 *   UPDATE(set_record(&partner_record, &partner, EXCEPT("logo", "has_logo")))
 *   UPDATE(add_count("downloads", 1), locks ? set_moment("locked_until", then) : no_edit())
 *
 * Only the members that are named are written, so that two writers of one document do not undo each other. A value that
 * is absent (NULL, COUNT_NONE, NaN, MOMENT_NONE, an id that is none) takes its member out of the document.
 *
 * As with FILTER, nothing is allocated, and all of it holds until the block ends in which it is written. A function may
 * return an edit, never an UPDATE.
 */
#ifndef STORE_UPDATE_H
#define STORE_UPDATE_H

#include "core/store/datum.h"

/* Some members of a record, by the names in its table; a name that it lacks ends the process. NULL where members are
 * asked for: all of them. */
struct members {
	const char *const *names;
	int count;
	bool except;
};

#define MEMBER_NAMES(...) ((const char *const[]){ __VA_ARGS__ })
#define ONLY(...)                                        \
	(&(const struct members){ MEMBER_NAMES(__VA_ARGS__), \
	                          (int)(sizeof MEMBER_NAMES(__VA_ARGS__) / sizeof(const char *)), false })
#define EXCEPT(...)                                      \
	(&(const struct members){ MEMBER_NAMES(__VA_ARGS__), \
	                          (int)(sizeof MEMBER_NAMES(__VA_ARGS__) / sizeof(const char *)), true })

enum edit_kind { EDIT_NOTHING, EDIT_SET, EDIT_ADD, EDIT_RECORD, EDIT_NESTED, EDIT_NEW };

struct edit {
	enum edit_kind kind;
	const char *field;
	struct datum value;
	const struct record_type *record;
	const void *object;
	const struct members *members;
};

struct update {
	const struct edit *edits;
	int count;
};

#define EDITS(...) ((const struct edit[]){ __VA_ARGS__ })
#define UPDATE(...) \
	(&(const struct update){ EDITS(__VA_ARGS__), (int)(sizeof EDITS(__VA_ARGS__) / sizeof(struct edit)) })

struct edit no_edit(void);
struct edit unset(const char *field);
struct edit set_text(const char *field, const char *text);
struct edit set_id(const char *field, const char *id);
struct edit set_bool(const char *field, bool truth);
struct edit set_count(const char *field, int64_t count);
struct edit set_real(const char *field, double real);
struct edit set_moment(const char *field, struct moment at);
struct edit set_choice(const char *field, const struct choices *choices, unsigned value);
struct edit set_bytes(const char *field, const struct bytes *bytes); /* NULL is absent */
struct edit set_strings(const char *field, const struct strings *strings);

/* Raises a count; one that is absent counts as 0. */
struct edit add_count(const char *field, int64_t by);

/* Members of a record. Its _id is never written, nor its revision. */
struct edit set_record(const struct record_type *record, const void *object, const struct members *members);

/* A nested document as a whole: what it held and the record lacks is gone. */
struct edit set_nested(const char *field, const struct record_type *record, const void *object);

/* Members of a record that only a document which this upsert makes is given; present ones, _id and revision included.
 */
struct edit set_when_new(const struct record_type *record, const void *object, const struct members *members);

/* The update as MongoDB's: $set, $unset, $inc, $setOnInsert. To be destroyed with bson_destroy. */
bson_t *update_to_bson(const struct update *update);

#endif
