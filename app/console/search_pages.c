/* The search over everything, as page and JSON. */
#include "console/search_pages.h"

#include "console/search.h"
#include "core/http/parts.h"
#include "core/store/version.h"

static const struct {
	const char *key, *label, *all; /* all: the list where the others are, which takes q=; NULL if there is none */
} kinds[SEARCH_KINDS] = {
	[SEARCH_CAMPAIGNS] = { "campaigns", "Campaigns", "/campaigns" },
	[SEARCH_CONTACTS] = { "contacts", "Contacts", "/contacts" },
	[SEARCH_LISTS] = { "lists", "Lists", NULL },
	[SEARCH_PARTNERS] = { "partners", "Partners", NULL },
	[SEARCH_REPORTS_KIND] = { "reports", "Reports", NULL },
};

/* *text is never NULL. INVALID names q. */
static bool read_text(struct exchange *x, const char **text, struct error *err) {
	const char *asked = params_get(&x->query, "q");
	*text = text_is_empty(asked) ? "" : asked;
	return text_length(*text) <= SEARCH_TEXT_MAX ||
	       error_field(err, "q", "Search for at most %d characters.", SEARCH_TEXT_MAX);
}

static const char *found_text(struct arena *arena, const struct search_group *group) {
	if (group->total == COUNT_NONE)
		return arena_print(arena, "The first %d", group->count);
	return group->total > group->count
	           ? arena_print(arena, "The first %d of %s", group->count, text_of_count(arena, group->total))
	           : arena_print(arena, "%d found", group->count);
}

static const char *address_of_all(struct exchange *x, enum search_kind kind, const char *text) {
	BUF_AUTO out = { 0 };
	if (!kinds[kind].all)
		return NULL;
	buf_print(&out, "%s?q=", kinds[kind].all);
	url_encode(&out, text);
	return arena_copy(x->arena, buf_text(&out));
}

static void put_group(struct exchange *x, struct value *list, enum search_kind kind, const char *text,
                      const struct search_group *group) {
	struct value *one = value_push(list, value_map(x->arena));
	bool more = group->total == COUNT_NONE || group->total > group->count;
	value_put_text(one, "label", kinds[kind].label);
	value_put_text(one, "key", kinds[kind].key);
	value_put_text(one, "words", found_text(x->arena, group));
	value_put_text(one, "all", more ? address_of_all(x, kind, text) : NULL);
	struct value *items = value_put(one, "items", value_list(x->arena));
	for (int i = 0; i < group->count; i++) {
		struct value *item = value_push(items, value_map(x->arena));
		value_put_text(item, "name", group->items[i].name);
		value_put_text(item, "detail", group->items[i].detail);
		value_put_text(item, "address", group->items[i].address);
	}
}

static bool search_page(struct exchange *x, struct error *err) {
	struct search_group *groups = arena_array(x->arena, struct search_group, SEARCH_KINDS);
	struct value *view = value_map(x->arena), *list = value_put(view, "groups", value_list(x->arena));
	struct error problem;
	const char *text;
	bool fine = read_text(x, &text, &problem);
	if (!fine && !exchange_show_problem(x, &problem, err))
		return false;
	if (!search_everything(x, fine ? text : "", groups, err))
		return false;
	const char *asked = text_trim(x->arena, text);
	for (int i = 0; i < SEARCH_KINDS; i++)
		if (groups[i].count)
			put_group(x, list, (enum search_kind)i, asked, &groups[i]);
	part_field(x, view, "q", text);
	value_put_text(view, "asked", fine && *asked ? asked : NULL);
	value_put_bool(view, "none", fine && *asked && list->count == 0);
	value_put_text(view, "inside", fine && *asked ? address_of_all(x, SEARCH_CONTACTS, asked) : NULL);
	value_put_int(view, "reports_searched", SEARCH_REPORTS);
	return reply_page(x, "console/search", *asked ? "Search results" : "Search", NULL, view, err);
}

static bool search_api(struct exchange *x, struct error *err) {
	struct search_group *groups = arena_array(x->arena, struct search_group, SEARCH_KINDS);
	struct value *answer = value_map(x->arena);
	const char *text;
	if (!read_text(x, &text, err) || !search_everything(x, text, groups, err))
		return false;
	for (int i = 0; i < SEARCH_KINDS; i++) {
		struct value *group = value_put(answer, kinds[i].key, value_map(x->arena));
		if (groups[i].total == COUNT_NONE)
			(void)value_put(group, "total", value_null(x->arena));
		else
			value_put_int(group, "total", groups[i].total);
		struct value *items = value_put(group, "items", value_list(x->arena));
		for (int k = 0; k < groups[i].count; k++) {
			struct value *item = value_push(items, value_map(x->arena));
			value_put_text(item, "id", groups[i].items[k].id);
			value_put_text(item, "name", groups[i].items[k].name);
			value_put_text(item, "detail", groups[i].items[k].detail);
		}
	}
	return reply_json(x, answer);
}

enum { SEARCHED = REALM_FIGURES | REALM_PEOPLE | REALM_PARTNERS | REALM_REPORTS | REALM_CAMPAIGNS };
#define FOUND "{total:count items[]{id:text name:text detail:text}}"

const struct route search_routes[] = {
	{ "GET", "/search", GUARD_SIGNED_IN, search_page, .realms = SEARCHED },
	{ "GET", "/api/search", GUARD_SIGNED_IN, search_api,
	  .summary = "Campaigns, people, lists, partners and reports with these words; the first eight of each, and how "
	             "many "
	             "there are (people: null if more than eight)",
	  .parameters = "q", .realms = SEARCHED,
	  .shape = "campaigns" FOUND " contacts" FOUND " lists" FOUND " partners" FOUND " reports" FOUND },
	{ 0 },
};
