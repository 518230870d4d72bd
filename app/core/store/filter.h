/* Filters: conditions on stored members, written as an expression of typed values.
 *
 *   FILTER(by_id(id), eq_text("user", user))                        both hold
 *   FILTER(ANY_OF(eq_choice("state", &states, QUEUED),
 *                 ALL_OF(eq_choice("state", &states, RUNNING), lt_moment("lease_until", now))))
 *   FILTER(list ? eq_text("list_ids", list) : anything(), …)       an optional condition
 *
 * Nothing is allocated: FILTER and the groups are compound literals, valid until the enclosing block ends. A function
 * may return a condition (such as eq_text), never a group or a FILTER, unless it makes them in an arena. Field names
 * and texts are not copied either.
 *
 * Field names are the stored ones, with dots for nested documents. An absent value (NULL, COUNT_NONE, MOMENT_NONE, an
 * invalid id) matches no document, whatever the comparison, so a missing value never widens a filter.
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
	FILTER_SUFFIX,
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
	int count;
};

/* Matches every document; explicit, so that it is noticed. */
extern const struct filter everything;

#define CONDITIONS(...) ((const struct condition[]){ __VA_ARGS__ })
#define FILTER(...)                                   \
	(&(const struct filter){ CONDITIONS(__VA_ARGS__), \
	                         (int)(sizeof CONDITIONS(__VA_ARGS__) / sizeof(struct condition)) })

#define ANY_OF(...) ((struct condition){ .op = FILTER_ANY_OF, .nested = FILTER(__VA_ARGS__) })
#define ALL_OF(...) ((struct condition){ .op = FILTER_ALL_OF, .nested = FILTER(__VA_ARGS__) })
#define NONE_OF(...) ((struct condition){ .op = FILTER_NONE_OF, .nested = FILTER(__VA_ARGS__) })
/* One item of the array matches all the conditions. */
#define ELEMENT_OF(its_field, ...) \
	((struct condition){ .op = FILTER_ELEMENT, .field = (its_field), .nested = FILTER(__VA_ARGS__) })

struct condition anything(void);

/* _id equals this id of 24 hex digits; any other text matches nothing. */
struct condition by_id(const char *id);
/* Compares _id if the text is 24 hex digits, else the field. */
struct condition by_id_or(const char *id, const char *field);

/* An array matches eq_ if one of its items does. */
struct condition eq_text(const char *field, const char *text);
struct condition eq_id(const char *field, const char *id);
struct condition eq_bool(const char *field, bool truth);
struct condition eq_count(const char *field, int64_t count);
struct condition eq_moment(const char *field, struct moment at);
struct condition eq_real(const char *field, double real);
struct condition eq_choice(const char *field, const struct choices *choices, unsigned value);

/* Documents without the field match, too. */
struct condition ne_text(const char *field, const char *text);
struct condition ne_id(const char *field, const char *id);
struct condition ne_bool(const char *field, bool truth);
struct condition ne_count(const char *field, int64_t count);
struct condition ne_choice(const char *field, const struct choices *choices, unsigned value);

struct condition lt_text(const char *field, const char *text);
struct condition lt_id(const char *field, const char *id);
struct condition lt_count(const char *field, int64_t count);
struct condition lt_moment(const char *field, struct moment at);
struct condition lt_real(const char *field, double real);
struct condition lte_text(const char *field, const char *text);
struct condition lte_id(const char *field, const char *id);
struct condition lte_count(const char *field, int64_t count);
struct condition lte_moment(const char *field, struct moment at);
struct condition lte_real(const char *field, double real);
struct condition gt_text(const char *field, const char *text);
struct condition gt_id(const char *field, const char *id);
struct condition gt_count(const char *field, int64_t count);
struct condition gt_moment(const char *field, struct moment at);
struct condition gt_real(const char *field, double real);
struct condition gte_text(const char *field, const char *text);
struct condition gte_id(const char *field, const char *id);
struct condition gte_count(const char *field, int64_t count);
struct condition gte_moment(const char *field, struct moment at);
struct condition gte_real(const char *field, double real);

/* Equals one of them; an empty list matches nothing. Invalid ids are skipped. */
struct condition in_texts(const char *field, const struct strings *texts);
struct condition in_ids(const char *field, const struct strings *ids);
/* For another system's documents: each text also matches as an ObjectId or an integer, where it can be one. */
struct condition in_any_form(const char *field, const struct strings *texts);
/* in_texts(field, TEXTS("a", "b")) */
#define TEXTS(...)                                             \
	(&(const struct strings){ (const char *[]){ __VA_ARGS__ }, \
	                          (int)(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(const char *)) })

/* Missing or null. */
struct condition is_absent(const char *field);
struct condition is_present(const char *field);

/* Texts that start with (can use an index), end with or contain (cannot) `text`, taken literally. Compares code points;
 * fold both for a case-insensitive match. */
struct condition prefix_text(const char *field, const char *text);
struct condition suffix_text(const char *field, const char *text);
struct condition contains_text(const char *field, const char *text);
/* A regular expression written by the program, never text from outside. */
struct condition matches_pattern(const char *field, const char *pattern);

/* The filter as BSON, for $match in pipelines. Free with bson_destroy. */
bson_t *filter_to_bson(const struct filter *filter);

/* Sort order: SORT(desc("requested_at"), asc("_id")). NULL means unsorted. */
struct sort_term {
	const char *field;
	int direction; /* 1 or -1 */
};

struct sort {
	const struct sort_term *keys;
	int count;
	int64_t skip; /* rows to leave out at the beginning (store_list) */
};

struct sort_term asc(const char *field);
struct sort_term desc(const char *field);

#define SORT(...)                                                     \
	(&(const struct sort){ (const struct sort_term[]){ __VA_ARGS__ }, \
	                       (int)(sizeof((const struct sort_term[]){ __VA_ARGS__ }) / sizeof(struct sort_term)) })

void sort_append(bson_t *bson, const char *key, const struct sort *sort);

#endif
