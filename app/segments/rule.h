/* Rules: who belongs to a dynamic or segmented list, a segment, an audience.
 *
 * A rule is stored as text. One that begins with "{" is JSON, a group or a condition:
 *   {"match": "all", "rules": [{"field": "company", "operator": "is", "value": "Acme"},
 *                              {"match": "not", "rules": [{"field": "opened", "operator": "in_last_days", "value":
 * 30}]}]} "all" wants all of its rules to hold, "any" at least one, "not" none. Any other text is the name of a
 * segment, which is a tag if no segment has been saved under it; ALL, in any case, is everybody. field.h has the fields
 * and operators.
 */
#ifndef SEGMENTS_RULE_H
#define SEGMENTS_RULE_H

#include "core/base/calendar.h"
#include "segments/field.h"
#include "segments/names.h"

enum {
	RULE_DEPTH = 8,        /* groups within groups, segments included */
	RULE_CONDITIONS = 100, /* of a rule, segments included */
	RULE_TEXT_MAX = 1000,  /* characters of a value */
	RULE_TEXTS_MAX = 100,  /* texts of a value */
	RULE_BYTES = 200000,   /* of a rule's text */
	RULE_DAYS_MAX = 36500,
	RULE_CAMPAIGNS_MAX = 1000,
};

struct rule_value {
	struct strings texts, folds; /* as written, and as they are compared */
	double numbers[2];
	struct moment days[2]; /* at 00:00 UTC */
	int64_t count;
	bool truth;
	const char *id, *name;                 /* of the list, campaign or segment; name: NULL if it was deleted */
	const struct named_campaign *campaign; /* NULL if it was deleted */
	struct strings recent;                 /* of RULE_RECENT: ids of the campaigns */
};

enum rule_kind { RULE_EVERYBODY, RULE_ALL, RULE_ANY, RULE_NOT, RULE_CONDITION };

struct rule {
	enum rule_kind kind;
	const char *path;         /* "rules[2]"; "" for the whole */
	const struct rule *rules; /* of a group; of a segment, one: its rule */
	int count;
	const struct rule_field *field; /* of a condition */
	const struct rule_operator *op;
	struct rule_value value;
};

/* Something about a part of a rule: path is "rules[2].value". */
struct remark {
	const char *path, *text;
};

enum { REMARKS_MAX = 20 };

struct remarks {
	struct remark items[REMARKS_MAX]; /* the first ones */
	int count;                        /* of all */
};

void remark_add(struct remarks *remarks, const char *path, const char *text);

struct rule_reading {
	const struct rule *rule;       /* NULL if there are problems */
	struct remarks problems, gone; /* gone: lists and campaigns that were deleted */
};

/* Reads a rule. INVALID with the first problem, all of which are in the reading. What was deleted is none: nobody is on
 * such a list and nobody opened such a campaign, but whoever is about to save the rule or to send should refuse. */
bool rule_read(const char *text, const struct rule_names *names, struct arena *arena, struct rule_reading *reading,
               struct error *err) MUST_CHECK;

/* Those whom both want, in a segmented list the list's rule and the filter. */
const struct rule *rule_both(const struct rule *a, const struct rule *b, struct arena *arena);

/* The rule as JSON, as short as it can be said; rule_read makes the same of it. */
void rule_write(const struct rule *rule, struct buf *out);

/* The clock by which days are counted. */
struct rule_clock {
	struct moment now;
	const struct zone *zone; /* NULL: UTC */
};

/* Pure. What a day condition (ENDS_…) wants: moments in [from, to); MOMENT_NONE is no end. "In the last 30 days" is
 * today and the 30 days before, "more than 30 days ago" what came before these, "in the next 7 days" today and the 7
 * after. */
struct rule_span {
	struct moment from, to;
};
struct rule_span rule_span(const struct rule *condition, const struct rule_clock *clock);

/* Pure. What a number condition wants; an end is included unless said otherwise. */
struct rule_range {
	double from, to;   /* -INFINITY, INFINITY: no end */
	bool above, below; /* the end itself is not wanted */
};
struct rule_range rule_range(const struct rule *condition);

#endif
