/* Updates: edits of named members, written as an expression of typed values.
 *
 *   UPDATE(set_choice("state", &report_states, REPORT_READY), set_moment("ended_at", now), unset("problem"))
 *   UPDATE(set_record(&partner_record, &partner, EXCEPT("logo", "has_logo")))
 *   UPDATE(add_count("downloads", 1), locks ? set_moment("locked_until", then) : no_edit())
 *
 * Only the named members are written, so two writers of one document do not undo each other. An absent value (NULL,
 * COUNT_NONE, NaN, MOMENT_NONE, an invalid id) removes its member from the document.
 *
 * As with FILTER, nothing is allocated and everything is valid until the enclosing block ends. A function may return an
 * edit, never an UPDATE.
 */
#ifndef STORE_UPDATE_H
#define STORE_UPDATE_H

#include "core/store/datum.h"

/* A subset of a record's members, by name; an unknown name aborts the process. NULL means all members. */
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

enum edit_kind { EDIT_NOTHING, EDIT_SET, EDIT_NOW, EDIT_ADD, EDIT_RECORD, EDIT_NESTED, EDIT_NEW, EDIT_PULL };

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
struct edit set_bytes(const char *field, const struct bytes *bytes); /* NULL means absent */
struct edit set_strings(const char *field, const struct strings *strings);

/* The time of the write, by the database's clock (see core/store/clock.h for why). */
struct edit set_now(const char *field);

/* Increments a count; a missing one starts at 0. */
struct edit add_count(const char *field, int64_t by);

/* Takes an id out of a list of them. */
struct edit remove_id(const char *field, const char *id);

/* Sets members of a record, never its _id or revision. */
struct edit set_record(const struct record_type *record, const void *object, const struct members *members);

/* Replaces a whole nested document: members not in the record are lost. */
struct edit set_nested(const char *field, const struct record_type *record, const void *object);

/* Members written only if the upsert inserts the document; those present, including _id and revision. */
struct edit set_when_new(const struct record_type *record, const void *object, const struct members *members);

/* The update as BSON: $set, $unset, $inc, $pull, $currentDate, $setOnInsert. Free with bson_destroy. */
bson_t *update_to_bson(const struct update *update);

#endif
