/* Conditions to MongoDB filters. */
#include "core/store/filter.h"

#include <string.h>

const struct filter everything = { NULL, 0 };

/* U+10FFFF: appended to a prefix, it is greater than every text with that prefix. */
static const char LAST_CHARACTER[] = "\xF4\x8F\xBF\xBF";

struct condition anything(void) {
	return (struct condition){ .op = FILTER_ANYTHING };
}

struct condition by_id(const char *id) {
	return eq_id("_id", id);
}

struct condition by_id_or(const char *id, const char *field) {
	struct condition condition = by_id(id);
	return condition.value.kind == DATUM_NONE ? eq_text(field, id) : condition;
}

#define COMPARISON(name, its_op, suffix, type)                                              \
	struct condition name##_##suffix(const char *field, type value) {                       \
		return (struct condition){ .op = (its_op), field, .value = datum_##suffix(value) }; \
	}
COMPARISON(eq, FILTER_EQ, text, const char *)
COMPARISON(eq, FILTER_EQ, id, const char *)
COMPARISON(eq, FILTER_EQ, bool, bool)
COMPARISON(eq, FILTER_EQ, count, int64_t)
COMPARISON(eq, FILTER_EQ, moment, struct moment)
COMPARISON(ne, FILTER_NE, text, const char *)
COMPARISON(ne, FILTER_NE, id, const char *)
COMPARISON(ne, FILTER_NE, bool, bool)
COMPARISON(ne, FILTER_NE, count, int64_t)
COMPARISON(lt, FILTER_LT, text, const char *)
COMPARISON(lt, FILTER_LT, id, const char *)
COMPARISON(lt, FILTER_LT, count, int64_t)
COMPARISON(lt, FILTER_LT, moment, struct moment)
COMPARISON(lte, FILTER_LTE, text, const char *)
COMPARISON(lte, FILTER_LTE, id, const char *)
COMPARISON(lte, FILTER_LTE, count, int64_t)
COMPARISON(lte, FILTER_LTE, moment, struct moment)
COMPARISON(gt, FILTER_GT, text, const char *)
COMPARISON(gt, FILTER_GT, id, const char *)
COMPARISON(gt, FILTER_GT, count, int64_t)
COMPARISON(gt, FILTER_GT, moment, struct moment)
COMPARISON(gte, FILTER_GTE, text, const char *)
COMPARISON(gte, FILTER_GTE, id, const char *)
COMPARISON(gte, FILTER_GTE, count, int64_t)
COMPARISON(gte, FILTER_GTE, moment, struct moment)
COMPARISON(eq, FILTER_EQ, real, double)
COMPARISON(lt, FILTER_LT, real, double)
COMPARISON(lte, FILTER_LTE, real, double)
COMPARISON(gt, FILTER_GT, real, double)
COMPARISON(gte, FILTER_GTE, real, double)
#undef COMPARISON

struct condition eq_choice(const char *field, const struct choices *choices, unsigned value) {
	return eq_text(field, choice_name(choices, (int)value));
}

struct condition ne_choice(const char *field, const struct choices *choices, unsigned value) {
	return ne_text(field, choice_name(choices, (int)value));
}

struct condition in_texts(const char *field, const struct strings *texts) {
	return (struct condition){ .op = FILTER_IN_TEXTS, field, .value = datum_strings(texts) };
}

struct condition in_ids(const char *field, const struct strings *ids) {
	return (struct condition){ .op = FILTER_IN_IDS, field, .value = datum_strings(ids) };
}

struct condition in_any_form(const char *field, const struct strings *texts) {
	return (struct condition){ .op = FILTER_IN_FORMS, field, .value = datum_strings(texts) };
}

struct condition is_absent(const char *field) {
	return (struct condition){ .op = FILTER_ABSENT, field };
}

struct condition is_present(const char *field) {
	return (struct condition){ .op = FILTER_PRESENT, field };
}

struct condition prefix_text(const char *field, const char *text) {
	return (struct condition){ .op = FILTER_PREFIX, field, .value = datum_text(text) };
}

struct condition suffix_text(const char *field, const char *text) {
	return (struct condition){ .op = FILTER_SUFFIX, field, .value = datum_text(text) };
}

struct condition contains_text(const char *field, const char *text) {
	return (struct condition){ .op = FILTER_CONTAINS, field, .value = datum_text(text) };
}

struct condition matches_pattern(const char *field, const char *pattern) {
	return (struct condition){ .op = FILTER_MATCHES, field, .value = datum_text(pattern) };
}

struct sort_term asc(const char *field) {
	return (struct sort_term){ field, 1 };
}

struct sort_term desc(const char *field) {
	return (struct sort_term){ field, -1 };
}

/* Two conditions on one field share a MongoDB document unless both need the same operator. */
enum {
	USES_EQ = 1,
	USES_NE = 2,
	USES_LT = 4,
	USES_LTE = 8,
	USES_GT = 16,
	USES_GTE = 32,
	USES_IN = 64,
	USES_REGEX = 128,
	USES_ELEMENT = 256,
};

static const struct {
	const char *name;
	unsigned uses;
	bool takes_value; /* an absent value matches nothing */
} operators[] = {
	[FILTER_EQ] = { "$eq", USES_EQ, true },
	[FILTER_NE] = { "$ne", USES_NE, true },
	[FILTER_LT] = { "$lt", USES_LT, true },
	[FILTER_LTE] = { "$lte", USES_LTE, true },
	[FILTER_GT] = { "$gt", USES_GT, true },
	[FILTER_GTE] = { "$gte", USES_GTE, true },
	[FILTER_IN_TEXTS] = { "$in", USES_IN, true },
	[FILTER_IN_IDS] = { "$in", USES_IN, true },
	[FILTER_IN_FORMS] = { "$in", USES_IN, true },
	[FILTER_ABSENT] = { "$eq", USES_EQ, false },
	[FILTER_PRESENT] = { "$ne", USES_NE, false },
	[FILTER_PREFIX] = { "$gte", USES_GTE | USES_LT, true },
	[FILTER_SUFFIX] = { "$regex", USES_REGEX, true },
	[FILTER_CONTAINS] = { "$regex", USES_REGEX, true },
	[FILTER_MATCHES] = { "$regex", USES_REGEX, true },
	[FILTER_ELEMENT] = { "$elemMatch", USES_ELEMENT, false },
	[FILTER_ANY_OF] = { "$or", 0, false },
	[FILTER_NONE_OF] = { "$nor", 0, false },
};

static bool is_group(const struct condition *condition) {
	return condition->op >= FILTER_ANY_OF;
}

static bool meets_nothing(const struct condition *condition) {
	return operators[condition->op].takes_value && condition->value.kind == DATUM_NONE;
}

static unsigned uses(const struct condition *condition) {
	return meets_nothing(condition) ? USES_IN : operators[condition->op].uses;
}

static void append_filter(bson_t *bson, const struct filter *filter);

static void append_ids(bson_t *bson, const struct strings *ids) {
	bson_t list;
	char room[ARRAY_KEY];
	int count = 0;
	BSON_APPEND_ARRAY_BEGIN(bson, "$in", &list);
	for (int i = 0; i < ids->count; i++) {
		struct datum id = datum_id(ids->items[i]);
		if (id.kind == DATUM_ID)
			datum_append(&list, array_key(count++, room), &id);
	}
	bson_append_array_end(bson, &list);
}

static void append_forms(bson_t *bson, const struct strings *texts) {
	bson_t list;
	char room[ARRAY_KEY];
	int count = 0;
	BSON_APPEND_ARRAY_BEGIN(bson, "$in", &list);
	for (int i = 0; i < texts->count; i++) {
		const char *text = texts->items[i];
		int64_t number;
		bool whole = text_to_int(text, INT64_MIN + 1, INT64_MAX, &number);
		const struct datum forms[] = { datum_text(text), datum_id(text), datum_count(whole ? number : COUNT_NONE) };
		for (size_t form = 0; form < sizeof forms / sizeof *forms; form++)
			if (forms[form].kind != DATUM_NONE)
				datum_append(&list, array_key(count++, room), &forms[form]);
	}
	bson_append_array_end(bson, &list);
}

/* The text itself as a pattern, and what follows it. */
static void append_pattern(bson_t *bson, const char *text, const char *end) {
	BUF_AUTO pattern = { 0 };
	for (; *text; text++) {
		if (strchr("\\^$.|?*+()[]{}", *text))
			buf_char(&pattern, '\\');
		buf_char(&pattern, *text);
	}
	buf_text_add(&pattern, end);
	BSON_APPEND_REGEX(bson, "$regex", buf_text(&pattern), "");
}

static void append_prefix(bson_t *bson, const char *text) {
	BUF_AUTO end = { 0 };
	buf_print(&end, "%s%s", text, LAST_CHARACTER);
	BSON_APPEND_UTF8(bson, "$gte", text);
	BSON_APPEND_UTF8(bson, "$lt", buf_text(&end));
}

/* Appends the operators of a condition to its field's document. */
static void append_operators(bson_t *bson, const struct condition *condition) {
	static const struct strings none = { NULL, 0 };
	bson_t nested;
	switch (meets_nothing(condition) ? FILTER_IN_IDS : condition->op) {
	case FILTER_IN_IDS:
		append_ids(bson, condition->op == FILTER_IN_IDS && condition->value.strings ? condition->value.strings : &none);
		break;
	case FILTER_IN_FORMS:
		append_forms(bson, condition->value.strings);
		break;
	case FILTER_ABSENT:
	case FILTER_PRESENT:
		BSON_APPEND_NULL(bson, operators[condition->op].name);
		break;
	case FILTER_PREFIX:
		append_prefix(bson, condition->value.text);
		break;
	case FILTER_SUFFIX:
		append_pattern(bson, condition->value.text, "\\z"); /* "$" would also stand before a last line end */
		break;
	case FILTER_CONTAINS:
		append_pattern(bson, condition->value.text, "");
		break;
	case FILTER_MATCHES:
		BSON_APPEND_REGEX(bson, "$regex", condition->value.text, "");
		break;
	case FILTER_ELEMENT:
		BSON_APPEND_DOCUMENT_BEGIN(bson, "$elemMatch", &nested);
		append_filter(&nested, condition->nested);
		bson_append_document_end(bson, &nested);
		break;
	default:
		datum_append(bson, operators[condition->op].name, &condition->value);
		break;
	}
}

/* A single condition. */
static void append_single(bson_t *bson, const struct condition *condition) {
	append_filter(bson, &(struct filter){ condition, 1 });
}

static void append_group(bson_t *bson, const struct condition *group) {
	bson_t list, item;
	char room[ARRAY_KEY];
	BSON_APPEND_ARRAY_BEGIN(bson, operators[group->op].name, &list);
	for (int i = 0; i < group->nested->count; i++) {
		BSON_APPEND_DOCUMENT_BEGIN(&list, array_key(i, room), &item);
		append_single(&item, &group->nested->conditions[i]);
		bson_append_document_end(&list, &item);
	}
	bson_append_array_end(bson, &list);
}

static bool same_key(const struct condition *a, const struct condition *b) {
	return a->field && b->field ? strcmp(a->field, b->field) == 0 : a->op == b->op;
}

static int count_of_key(const struct filter *filter, int from, int to, const struct condition *condition) {
	int count = 0;
	for (int i = from; i < to; i++)
		count += same_key(&filter->conditions[i], condition);
	return count;
}

/* Writes all conditions on one field, starting with condition `first`. */
static void append_field(bson_t *bson, const struct filter *filter, int first, bool *left) {
	const struct condition *its = &filter->conditions[first];
	unsigned used = 0;
	bson_t field;
	if (its->op == FILTER_EQ && !meets_nothing(its) && count_of_key(filter, first, filter->count, its) == 1) {
		datum_append(bson, its->field, &its->value);
		left[first] = false;
		return;
	}
	BSON_APPEND_DOCUMENT_BEGIN(bson, its->field, &field);
	for (int i = first; i < filter->count; i++) {
		const struct condition *condition = &filter->conditions[i];
		if (!same_key(condition, its) || used & uses(condition))
			continue;
		append_operators(&field, condition);
		used |= uses(condition);
		left[i] = false;
	}
	bson_append_document_end(bson, &field);
}

static void append_rest(bson_t *bson, const struct filter *filter, const bool *left) {
	bson_t list, item;
	char room[ARRAY_KEY];
	int count = 0;
	BSON_APPEND_ARRAY_BEGIN(bson, "$and", &list);
	for (int i = 0; i < filter->count; i++) {
		if (!left[i])
			continue;
		const char *key = array_key(count++, room);
		BSON_APPEND_DOCUMENT_BEGIN(&list, key, &item);
		append_single(&item, &filter->conditions[i]);
		bson_append_document_end(&list, &item);
	}
	bson_append_array_end(bson, &list);
}

/* At least as many as flatten() makes. */
static int count_flat(const struct filter *filter) {
	int count = 0;
	for (int i = 0; i < filter->count; i++)
		count += filter->conditions[i].op == FILTER_ALL_OF ? count_flat(filter->conditions[i].nested) : 1;
	return count;
}

/* Flattens ALL_OF and drops empty conditions. */
static int flatten(const struct filter *filter, struct condition *flat, int count) {
	for (int i = 0; i < filter->count; i++) {
		const struct condition *condition = &filter->conditions[i];
		if (condition->op == FILTER_ALL_OF) {
			count = flatten(condition->nested, flat, count);
		} else if (condition->op != FILTER_ANYTHING) {
			flat[count++] = *condition;
		}
	}
	return count;
}

/* A key may occur only once in a document; further conditions on it go into $and. `left`: not written yet. */
static void append_flat(bson_t *bson, const struct filter *filter, bool *left) {
	bool rest = false;
	for (int i = 0; i < filter->count; i++) {
		const struct condition *condition = &filter->conditions[i];
		if (count_of_key(filter, 0, i, condition))
			continue;
		if (is_group(condition)) {
			append_group(bson, condition);
			left[i] = false;
		} else {
			append_field(bson, filter, i, left);
		}
	}
	for (int i = 0; i < filter->count; i++)
		rest = rest || left[i];
	if (rest)
		append_rest(bson, filter, left);
}

static void append_filter(bson_t *bson, const struct filter *nested) {
	int most = count_flat(nested);
	struct condition *flat = bson_malloc0(sizeof *flat * (size_t)(most + 1));
	bool *left = bson_malloc0((size_t)most + 1);
	const struct filter filter = { flat, flatten(nested, flat, 0) };
	memset(left, true, (size_t)filter.count);
	append_flat(bson, &filter, left);
	bson_free(left);
	bson_free(flat);
}

bson_t *filter_to_bson(const struct filter *filter) {
	bson_t *bson = bson_new();
	append_filter(bson, filter);
	return bson;
}

void sort_append(bson_t *bson, const char *key, const struct sort *sort) {
	bson_t keys;
	BSON_APPEND_DOCUMENT_BEGIN(bson, key, &keys);
	for (int i = 0; i < sort->count; i++)
		BSON_APPEND_INT32(&keys, sort->keys[i].field, sort->keys[i].direction);
	bson_append_document_end(bson, &keys);
}
