/* All lists, observed and own ones, as page and JSON. Own lists have no history: a past moment shows observed ones. */
#include "console/list_overview_pages.h"

#include "audience/lists/list_lookup_pages.h"
#include "audience/lists/list_pages.h"
#include "console/list_answer.h"
#include "console/list_members.h"
#include "console/list_words.h"
#include "core/base/collate.h"
#include "core/http/parts.h"
#include "core/store/version.h"
#include "segments/people.h"

enum {
	API_USUAL = 50,
	API_MAX = 500,
	OVERVIEW_MS = 40, /* for the counts of all lists; the others are fetched beside the page */
};

/* Counts that a list with a rule does not have are a dash. */
static bool put_counts(struct exchange *x, struct value *row, const struct list *list, int64_t contacts,
                       struct error *err) {
	bool is_static = list->list_type == LIST_STATIC;
	const struct {
		const char *name, *op;
		int64_t count;
		bool has;
	} counts[] = {
		{ "contacts", "on", contacts, true },
		{ "subscribed", "subscribed", list->counts.subscribed, is_static },
		{ "unsubscribed", "unsubscribed", list->counts.unsubscribed, is_static },
	};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		const char *more = NULL;
		if (counts[i].has && !list_count_more(x, list, counts[i].op, counts[i].count, &more, err))
			return false;
		part_count(row, counts[i].name, counts[i].has ? counts[i].count : COUNT_NONE, more);
	}
	return true;
}

static bool put_own(struct exchange *x, struct value *view, struct error *err) {
	struct list *own;
	int64_t patience = OVERVIEW_MS, contacts;
	int count;
	struct value *rows = value_put(view, "own_lists", value_list(x->arena));
	if (!list_all_own(x->store, x->arena, &own, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		if (!list_count_now(x, &own[i], &patience, &contacts, err))
			return false;
		struct value *row = value_push(rows, list_own_view(x, &own[i]));
		if (!put_counts(x, row, &own[i], contacts, err))
			return false;
		value_put_text(row, "updated_near", text_of_day_near(x->arena, own[i].updated_at, x->now));
	}
	value_put_bool(view, "has_own_lists", count > 0);
	return true;
}

static bool show_page(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct moment as_of;
	if (!list_put_overview(x, view, &as_of, err))
		return false;
	bool is_past = moment_is_set(as_of);
	value_put_bool(view, "has_own", !is_past);
	if (!is_past && !put_own(x, view, err))
		return false;
	return reply_page(x, "audience/lists", "Lists", "lists", view, err);
}

struct query {
	const char *created_by, *active, *cursor;
	int type; /* -1: all */
	int limit;
};

static bool read_query(struct exchange *x, struct query *query, struct error *err) {
	const char *type = params_get(&x->query, "list_type");
	*query = (struct query){ .created_by = params_get(&x->query, "created_by"),
		                     .active = params_get(&x->query, "is_active"),
		                     .cursor = params_get(&x->query, "cursor"),
		                     .type = -1 };
	if (!text_is_empty(type) && !choice_find(&list_types, type, &query->type))
		return error_field(err, "list_type", "“%.40s” is not a type", type) ||
		       error_codes(err, ". Use observed, static, dynamic or segmented");
	if (!text_is_empty(query->active) && !text_same(query->active, "true") && !text_same(query->active, "false"))
		return error_field(err, "is_active", "“%.40s” is not true or false", query->active);
	return exchange_limit(x, API_USUAL, API_MAX, &query->limit, err);
}

static bool is_asked(const struct query *query, const struct list *list) {
	return (query->type < 0 || list->list_type == (unsigned)query->type) &&
	       (text_is_empty(query->created_by) || text_same(list->created_by, query->created_by)) &&
	       (text_is_empty(query->active) || list->is_active == text_same(query->active, "true"));
}

/* All that match, by name. */
static bool find_asked(struct exchange *x, const struct query *query, struct list **lists, int *count,
                       struct error *err) {
	struct list *observed, *own;
	int observed_count, own_count = 0, kept = 0;
	if (!list_find_recorded(x, &observed, &observed_count, err) ||
	    (!exchange_shows_past(x) && !list_all_own(x->store, x->arena, &own, &own_count, err)))
		return false;
	*lists = arena_array(x->arena, struct list, observed_count + own_count + 1);
	for (int i = 0; i < observed_count; i++)
		if (is_asked(query, &observed[i]))
			(*lists)[kept++] = observed[i];
	for (int i = 0; i < own_count; i++)
		if (is_asked(query, &own[i]))
			(*lists)[kept++] = own[i];
	COLLATE(*lists, kept, struct list, name);
	*count = kept;
	return true;
}

/* After the list that the cursor names. */
static bool find_first(const struct query *query, const struct list *lists, int count, int *first, struct error *err) {
	*first = 0;
	for (int i = 0; i < count && !text_is_empty(query->cursor); i++)
		if (text_same(lists[i].id, query->cursor))
			*first = i + 1;
	return *first || text_is_empty(query->cursor) ||
	       error_field(err, "cursor", "This page link is not valid. Start from the first page");
}

static bool lists_api(struct exchange *x, struct error *err) {
	struct query query;
	struct list *lists;
	int count, first;
	if (!read_query(x, &query, err) || !find_asked(x, &query, &lists, &count, err) ||
	    !find_first(&query, lists, count, &first, err))
		return false;
	struct value *rows = value_list(x->arena);
	int64_t patience = PEOPLE_COUNT_MS;
	for (int i = first; i < count && i < first + query.limit; i++) {
		struct value *answer;
		if (!list_answer(x, &lists[i], &patience, &answer, err))
			return false;
		(void)value_push(rows, answer);
	}
	if (first + query.limit < count)
		reply_header(x, "X-Next-Cursor", lists[first + query.limit - 1].id);
	return reply_json(x, rows);
}

static bool list_api(struct exchange *x, struct error *err) {
	struct list list;
	struct moment as_of;
	struct value *answer;
	int64_t patience = PEOPLE_COUNT_MS;
	return list_of_address(x, &list, &as_of, err) && list_answer(x, &list, &patience, &answer, err) &&
	       reply_json(x, answer);
}

const struct route list_overview_routes[] = {
	{ "GET", "/lists", GUARD_SIGNED_IN, show_page, .realms = REALM_FIGURES | REALM_PEOPLE, .goes_back = true },
	{ "GET", "/api/lists", GUARD_SIGNED_IN, lists_api, .summary = "Lists with their counts, by name",
	  .output = &list_record, .list = true, .realms = REALM_FIGURES | REALM_PEOPLE, .goes_back = true,
	  .parameters = "list_type,created_by,is_active,limit,cursor", .shape = LIST_ANSWER_SHAPE },
	{ "GET", "/api/lists/:list_id", GUARD_SIGNED_IN, list_api, .summary = "One list", .output = &list_record,
	  .realms = REALM_FIGURES | REALM_PEOPLE, .goes_back = true, .shape = LIST_ANSWER_SHAPE },
	{ 0 },
};
