/* Saved segments: a rule under a name. A name that no segment has means everybody with the tag (rule.h). */
#ifndef SEGMENTS_SEGMENT_H
#define SEGMENTS_SEGMENT_H

#include "segments/rule.h"

enum { SEGMENTS_MAX = 500, SEGMENT_DESCRIPTION_MAX = 500 };

struct segment {
	const char *id, *name, *description;
	const char *rule; /* a JSON object */
	const char *created_by;
	struct moment created_at, updated_at;
	int64_t rev;
};
extern const struct record_type segment_record;

struct segment_request {
	const char *name, *description;
	const char *rule; /* a JSON object */
	int64_t rev;
};
extern const struct record_type segment_request_record;

/* By name; *segments: struct segment. */
bool segment_list(struct store *store, struct arena *arena, struct rows *segments, struct error *err) MUST_CHECK;

/* By "segment_" and an id, the id alone, or the name. */
bool segment_find(struct store *store, const char *id, struct arena *arena, struct segment *segment, bool *found,
                  struct error *err) MUST_CHECK;

/* Pure. What is wrong with a segment of this name and rule, each under the control's name: "name", "rule",
 * "rule.rules[2].value". Also refuses what was deleted, and a segment that would contain itself. */
bool segment_check(const struct segment_request *request, const struct rule_names *names, struct arena *arena,
                   struct problems *problems, struct error *err) MUST_CHECK;

/* Both check it. CONFLICT: the name is taken, the segment was changed meanwhile (store_is_stale), or it is used and
 * would lose the name by which it is. */
bool segment_create(struct store *store, const struct segment_request *request, const char *id, const char *by,
                    struct moment now, struct arena *arena, struct problems *problems, struct error *err) MUST_CHECK;
bool segment_change(struct store *store, const struct segment_request *request, const struct segment *before,
                    struct moment now, struct arena *arena, struct problems *problems, struct error *err) MUST_CHECK;

/* Where a segment is used: lists and other segments. */
struct segment_use {
	const char *kind, *id, *name; /* "list" or "segment" */
};
/* *uses: struct segment_use. */
bool segment_uses(struct store *store, const char *name, struct arena *arena, struct rows *uses,
                  struct error *err) MUST_CHECK;

/* CONFLICT, saying where, if it is used. */
bool segment_drop(struct store *store, const struct segment *segment, struct arena *arena,
                  struct error *err) MUST_CHECK;

/* Pure. Does a condition of the rule's text name this segment, "in" or "not_in", or is the text its name? */
bool rule_text_names(const char *text, const char *name, struct arena *arena);

#endif
