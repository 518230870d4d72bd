/* Which documents: conditions on stored members, written as an expression of typed values.
 *
 *   FILTER(by_id(id), eq_text("user", user))                        both hold
 *   FILTER(ANY_OF(eq_choice("state", &states, QUEUED),
 *                 ALL_OF(eq_choice("state", &states, RUNNING), lt_moment("lease_until", now))))
 *   FILTER(list ? eq_text("list_ids", list) : anything(), …)       a condition that is not always there
 *
 * Nothing is allocated and nothing has to be freed: FILTER and the groups are values of the block in which they are
 * written, and hold until it ends. A function may return a condition (eq_text and its like), never a group or a
 * FILTER. Field names and texts are not copied either.
 *
 * Field names are the stored ones, with a dot into nested documents. A value that is absent (NULL, COUNT_NONE,
 * MOMENT_NONE, an id that is none) meets no document, whatever the comparison: a filter never grows by a mistake.
 */
#ifndef STORE_FILTER_H
#define STORE_FILTER_H

#include "core/store/datum.h"

enum filter_operator {
	FILTER_ANYTHING,
	FILTER_EQ,
	FILTER_NE,
	FILTER_LT,
	FILTER_LTE,
	FILTER_GT,
	FILTER_GTE,
	FILTER_IN_TEXTS,
	FILTER_IN_IDS,
	FILTER_IN_FORMS,
	FILTER_ABSENT,
	FILTER_PRESENT,
	FILTER_PREFIX,
	FILTER_CONTAINS,
	FILTER_MATCHES,
	FILTER_ELEMENT,
	FILTER_ANY_OF,
	FILTER_ALL_OF,
	FILTER_NONE_OF,
};

struct filter;

struct condition {
	enum filter_operator op;
	const char *field;
	struct datum value;
	const struct filter *nested; /* of ANY_OF, ALL_OF, NONE_OF, ELEMENT */
};

struct filter {
	const struct condition *conditions;
	int count; /* at most FILTER_MAX */
};

enum { FILTER_MAX = 32 };

/* Every document: spelt out, so that it is seen. */
extern const struct filter everything;

#define CONDITIONS(...) ((const struct condition[]){ __VA_ARGS__ })
#define FILTER(...)                                   \
	(&(const struct filter){ CONDITIONS(__VA_ARGS__), \
	                         (int)(sizeof CONDITIONS(__VA_ARGS__) / sizeof(struct condition)) })

#define ANY_OF(...) ((struct condition){ .op = FILTER_ANY_OF, .nested = FILTER(__VA_ARGS__) })
#define ALL_OF(...) ((struct condition){ .op = FILTER_ALL_OF, .nested = FILTER(__VA_ARGS__) })
#define NONE_OF(...) ((struct condition){ .op = FILTER_NONE_OF, .nested = FILTER(__VA_ARGS__) })
/* One item of the array meets all of it. */
#define ELEMENT_OF(its_field, ...) \
	((struct condition){ .op = FILTER_ELEMENT, .field = (its_field), .nested = FILTER(__VA_ARGS__) })

struct condition anything(void);

/* _id is this id of 24 hex digits; any other text meets nothing. */
struct condition by_id(const char *id);
/* _id where the text has 24 hex digits, else the field has that text. */
struct condition by_id_or(const char *id, const char *field);

/* A field that is an array meets eq_ when one of its items does. */
struct condition eq_text(const char *field, const char *text);
struct condition eq_id(const char *field, const char *id);
struct condition eq_bool(const char *field, bool truth);
struct condition eq_count(const char *field, int64_t count);
struct condition eq_moment(const char *field, struct moment at);
struct condition eq_choice(const char *field, const struct choices *choices, unsigned value);

/* Documents without the field meet these, too. */
struct condition ne_text(const char *field, const char *text);
struct condition ne_id(const char *field, const char *id);
struct condition ne_bool(const char *field, bool truth);
struct condition ne_count(const char *field, int64_t count);
struct condition ne_choice(const char *field, const struct choices *choices, unsigned value);

struct condition lt_text(const char *field, const char *text);
struct condition lt_id(const char *field, const char *id);
struct condition lt_count(const char *field, int64_t count);
struct condition lt_moment(const char *field, struct moment at);
struct condition lte_text(const char *field, const char *text);
struct condition lte_id(const char *field, const char *id);
struct condition lte_count(const char *field, int64_t count);
struct condition lte_moment(const char *field, struct moment at);
struct condition gt_text(const char *field, const char *text);
struct condition gt_id(const char *field, const char *id);
struct condition gt_count(const char *field, int64_t count);
struct condition gt_moment(const char *field, struct moment at);
struct condition gte_text(const char *field, const char *text);
struct condition gte_id(const char *field, const char *id);
struct condition gte_count(const char *field, int64_t count);
struct condition gte_moment(const char *field, struct moment at);

/* One of them; of no texts, nothing. Ids that have no 24 hex digits are passed over. */
struct condition in_texts(const char *field, const struct strings *texts);
struct condition in_ids(const char *field, const struct strings *ids);
/* Each of them as a text, an ObjectId or a whole number, whatever it may stand for: of documents of another system. */
struct condition in_any_form(const char *field, const struct strings *texts);
/* in_texts(field, TEXTS("a", "b")) */
#define TEXTS(...)                                             \
	(&(const struct strings){ (const char *[]){ __VA_ARGS__ }, \
	                          (int)(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(const char *)) })

/* Not there, or null. */
struct condition is_absent(const char *field);
struct condition is_present(const char *field);

/* Texts by their beginning (an index helps) or any part (it does not), by code points: fold both for another view of
 * case. Every character stands for itself. */
struct condition prefix_text(const char *field, const char *text);
struct condition contains_text(const char *field, const char *text);
/* A regular expression that the program wrote itself, never text from outside. */
struct condition matches_pattern(const char *field, const char *pattern);

/* The filter as MongoDB's: for pipelines' $match. To be destroyed with bson_destroy. */
bson_t *filter_to_bson(const struct filter *filter);

/* In which order. SORT(desc("requested_at"), asc("_id")); NULL where a sort is asked for: in none. */
struct sort_term {
	const char *field;
	int direction; /* 1 or -1 */
};

struct sort {
	const struct sort_term *keys;
	int count;
};

struct sort_term asc(const char *field);
struct sort_term desc(const char *field);

#define SORT(...)                                                     \
	(&(const struct sort){ (const struct sort_term[]){ __VA_ARGS__ }, \
	                       (int)(sizeof((const struct sort_term[]){ __VA_ARGS__ }) / sizeof(struct sort_term)) })

void sort_append(bson_t *bson, const char *key, const struct sort *sort);

#endif
