/* Templates as JSON, their list, and what is done with one as a whole. */
#include "templates/template_pages.h"

#include "core/http/parts.h"
#include "templates/asking_pages.h"
#include "templates/values.h"

enum { PAGE = 50, LIMIT_MAX = 100 };

/* What was asked: by parameters of the API, and of the page. */
static bool read_query(struct exchange *x, struct template_query *query, struct error *err) {
	const char *type = params_get(&x->query, "template_type"), *active = params_get(&x->query, "is_active");
	int found = 0;
	*query = (struct template_query){ .active = -1, .cursor = params_get(&x->query, "cursor") };
	if (!exchange_limit(x, PAGE, LIMIT_MAX, &query->limit, err))
		return false;
	if (!text_is_empty(type) && !choice_find(&template_types, type, &found))
		return error_field(err, "template_type", "“%.40s” is not a type of template", type) ||
		       error_codes(err, ". Use marketing or transactional");
	if (!text_is_empty(active) && !text_same(active, "true") && !text_same(active, "false"))
		return error_field(err, "is_active", "“%.40s” is not true or false", active);
	query->types = text_is_empty(type) ? NULL : &template_types;
	query->type = (unsigned)found;
	query->active = text_is_empty(active) ? -1 : text_same(active, "true");
	const char *category = params_get(&x->query, "category");
	query->category = text_is_empty(category) ? NULL : category;
	query->words = params_get(&x->query, "q");
	return true;
}

static bool list_api(struct exchange *x, struct error *err) {
	struct template_query query;
	struct page page;
	if (!read_query(x, &query, err) || !template_page(x->store, &query, x->arena, &page, err))
		return false;
	if (page.next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, page.next));
	return reply_rows(x, &template_record, page.rows);
}

static bool reply_template(struct exchange *x, const char *id, struct error *err) {
	struct template template;
	return template_need(x->store, id, x->arena, &template, err) &&
	       reply_saved(x, arena_print(x->arena, "/templates/%s", template.id), &template_record, &template);
}

static bool show_api(struct exchange *x, struct error *err) {
	return reply_template(x, x->values[0], err);
}

static bool check_two_kinds(const struct template_request *request, struct error *err) {
	return text_is_empty(request->design) || text_is_empty(request->html_content) ||
	       error_field(err, "html_content", "The HTML of a design is made from it: send one of the two");
}

static bool create_api(struct exchange *x, struct error *err) {
	const struct template_saying saying = { json_given(x), x->identity.user, x->now };
	struct template fresh = template_fresh(exchange_new_id(x), &saying), after;
	struct problems warnings = { 0 };
	struct names names;
	return check_two_kinds(x->input, err) && template_names(x->store, x->arena, &names, err) &&
	       template_say(&fresh, x->input, &saying, &names, x->arena, &after, &x->problems, &warnings, err) &&
	       template_create(x->store, &after, x->arena, err) && reply_template(x, after.id, err);
}

static bool change_api(struct exchange *x, struct error *err) {
	const struct template_saying saying = { json_given(x), x->identity.user, x->now };
	struct template before, after;
	struct problems warnings = { 0 };
	struct names names;
	if (!template_of_path(x, &before, err) || !check_two_kinds(x->input, err) ||
	    !template_names(x->store, x->arena, &names, err) ||
	    !template_say(&before, x->input, &saying, &names, x->arena, &after, &x->problems, &warnings, err))
		return false;
	if (template_save(x->store, &before, &after, x->arena, err))
		return reply_template(x, before.id, err);
	return store_is_stale(err) && template_of_path(x, &before, err) &&
	       exchange_stale(x, &template_record, &before, err);
}

/* The same under another name. */
static bool duplicate(struct exchange *x, struct error *err) {
	const struct template_saying saying = { { 0 }, x->identity.user, x->now };
	struct template from;
	if (!template_of_path(x, &from, err))
		return false;
	struct template copy = from, fresh = template_fresh(exchange_new_id(x), &saying);
	copy.id = fresh.id;
	copy.name = arena_print(x->arena, "Copy of %.180s", from.name);
	copy.created_by = copy.updated_by = x->identity.user;
	copy.created_at = copy.updated_at = x->now;
	copy.is_listed = true;
	return template_create(x->store, &copy, x->arena, err) && reply_template(x, copy.id, err);
}

static bool ask_drop(struct exchange *x, struct error *err) {
	struct template template;
	if (!template_of_path(x, &template, err))
		return false;
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Delete the template “%s”?", template.name),
		.lines = { "Its versions are deleted with it. Campaigns that were sent keep what they sent." },
		.button = "Delete template",
		.back = arena_print(x->arena, "/templates/%s", template.id),
		.place = template.name,
		.active = "templates",
	};
	return reply_confirm(x, &confirm, err);
}

static bool drop(struct exchange *x, struct error *err) {
	struct template template;
	return template_of_path(x, &template, err) && template_drop(x->store, &template, x->arena, err) &&
	       reply_deleted(x, "/templates");
}

/* Versions. */

struct restore_request {
	int64_t number;
};
static const struct field restore_fields[] = {
	FIELD(struct restore_request, number, .flags = FIELD_REQUIRED, .doc = "Of the version"),
};
static const struct record_type restore_record = RECORD_TYPE("TemplateRestore", struct restore_request, restore_fields);

/* The content of an older version becomes the newest one: what is there now stays a version. */
static bool restore(struct exchange *x, struct error *err) {
	const struct restore_request *request = x->input;
	const struct template_saying saying = { { 0 }, x->identity.user, x->now };
	const struct template_request nothing = { .rev = COUNT_NONE };
	struct template before, then, after;
	struct problems ignored = { 0 }, warnings = { 0 };
	struct names names;
	struct error problem = ERROR_INIT;
	if (!template_of_path(x, &before, err) || !template_at(x->store, &before, request->number, x->arena, &then, err) ||
	    !template_names(x->store, x->arena, &names, err))
		return false;
	/* What was once saved comes back, even if it would be refused today. */
	(void)!template_say(&then, &nothing, &saying, &names, x->arena, &after, &ignored, &warnings, &problem);
	return template_save(x->store, &before, &after, x->arena, err) && reply_template(x, before.id, err);
}

static bool list_revisions(struct exchange *x, struct error *err) {
	struct template template;
	struct rows rows;
	return template_of_path(x, &template, err) && template_revisions(x->store, template.id, x->arena, &rows, err) &&
	       reply_rows(x, &template_revision_record, rows);
}

static void put_version(struct exchange *x, struct value *rows, int64_t number, const char *subject, const char *by,
                        struct moment at, bool current) {
	struct value *row = value_push(rows, value_map(x->arena));
	value_put_int(row, "number", number);
	value_put_text(row, "subject", subject);
	value_put_text(row, "by", text_of_author(x->arena, by));
	value_put_text(row, "at", text_of_moment_near(x->arena, at, x->now));
	value_put_bool(row, "current", current);
}

void template_tabs(struct exchange *x, struct value *view, const struct template *template, const char *current) {
	const char *base = arena_print(x->arena, "/templates/%s", template->id);
	part_tab(view, "Edit", base, NULL, text_same(current, "edit"));
	part_tab(view, "Preview", arena_print(x->arena, "%s/preview", base), NULL, text_same(current, "preview"));
	part_tab(view, "Versions", arena_print(x->arena, "%s/versions", base),
	         arena_print(x->arena, "%lld", (long long)template->rev), text_same(current, "versions"));
	value_put_text(view, "id", template->id);
	value_put_text(view, "name", template->name);
	value_put_text(view, "type", template_type_labels[template->template_type]);
	value_put_bool(view, "is_active", template->is_active);
	value_put_text(view, "saved_at", text_of_moment_near(x->arena, template->updated_at, x->now));
	value_put_text(view, "saved_by", text_of_author(x->arena, template->updated_by));
	value_put_int(view, "version", template->rev);
}

static bool show_versions(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct template template;
	struct rows rows;
	if (!template_of_path(x, &template, err) || !template_revisions(x->store, template.id, x->arena, &rows, err))
		return false;
	template_tabs(x, view, &template, "versions");
	struct value *list = value_put(view, "versions", value_list(x->arena));
	put_version(x, list, template.rev, template.subject, template.updated_by, template.updated_at, true);
	const struct template_revision *items = rows.items;
	for (int i = 0; i < rows.count; i++)
		if (items[i].number != template.rev)
			put_version(x, list, items[i].number, items[i].subject, items[i].saved_by, items[i].saved_at, false);
	return reply_page(x, "templates/versions", template.name, "templates", view, err);
}

/* The list. */

static void put_rows(struct exchange *x, struct value *view, const struct page *page) {
	const struct template *items = page->rows.items;
	struct value *rows = value_put(view, "templates", value_list(x->arena));
	for (int i = 0; i < page->rows.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "id", items[i].id);
		value_put_text(row, "name", items[i].name);
		value_put_text(row, "subject", items[i].subject);
		value_put_text(row, "type", template_type_labels[items[i].template_type]);
		value_put_text(row, "category", items[i].category);
		value_put_text(row, "kind",
		               items[i].design         ? "Blocks"
		               : items[i].html_content ? "HTML"
		               : items[i].sms_content  ? "SMS"
		               : items[i].text_content ? "Text"
		                                       : "At a provider");
		value_put_bool(row, "is_active", items[i].is_active);
		value_put_text(row, "changed", text_of_day_cell(x->arena, items[i].updated_at, x->now));
	}
	value_put_bool(view, "none", page->rows.count == 0);
	value_put_int(view, "count", page->rows.count);
	value_put_int(view, "total", page->total);
	value_put_text(view, "next_page", page->next ? exchange_address(x, "/templates", "cursor", page->next) : NULL);
}

static bool put_filters(struct exchange *x, struct value *view, const struct template_query *query, struct error *err) {
	struct strings categories;
	if (!template_categories(x->store, x->arena, &categories, err))
		return false;
	part_query_fields(x, view, (const char *const[]){ "q", NULL });
	struct value *types = part_select(x, view, "template_type"), *chosen = part_select(x, view, "category");
	struct value *active = part_select(x, view, "is_active");
	for (int i = 0; i < TEMPLATE_TYPE_COUNT; i++)
		put_choice(types, template_types.names[i], template_type_labels[i], query->types && query->type == (unsigned)i);
	for (int i = 0; i < categories.count; i++)
		put_choice(chosen, categories.items[i], categories.items[i], text_same(query->category, categories.items[i]));
	put_choice(active, "true", "Active", query->active == 1);
	put_choice(active, "false", "Not active", query->active == 0);
	part_chips(view, "/templates");
	part_chip(x, view, "q", "Search", query->words);
	part_chip(x, view, "template_type", "Type", query->types ? template_type_labels[query->type] : NULL);
	part_chip(x, view, "category", "Category", query->category);
	part_chip(x, view, "is_active", "State", query->active < 0 ? NULL : query->active ? "Active" : "Not active");
	return true;
}

static bool show_all(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct template_query query;
	struct page page;
	struct error problem = ERROR_INIT;
	if (!read_query(x, &query, &problem) && !exchange_show_problem(x, &problem, err))
		return false;
	if (x->problem)
		query = (struct template_query){ .active = -1, .limit = PAGE };
	if (!template_page(x->store, &query, x->arena, &page, err) || !put_filters(x, view, &query, err))
		return false;
	put_rows(x, view, &page);
	return reply_page(x, "templates/templates", "Templates", "templates", view, err);
}

const struct route template_routes[] = {
	{ "GET", "/templates", GUARD_SIGNED_IN, show_all },
	{ "GET", "/templates/:template_id/versions", GUARD_SIGNED_IN, show_versions },
	{ "POST", "/templates/:template_id/restore", GUARD_SIGNED_IN, restore, .input = &restore_record },
	{ "POST", "/templates/:template_id/duplicate", GUARD_SIGNED_IN, duplicate, .creates = true },
	{ "GET", "/templates/:template_id/delete", GUARD_SIGNED_IN, ask_drop },
	{ "POST", "/templates/:template_id/delete", GUARD_SIGNED_IN, drop, .form = ask_drop },
	{ "GET", "/api/templates", GUARD_SIGNED_IN, list_api, .summary = "Templates, those changed last first",
	  .output = &template_record, .list = true, .parameters = "template_type,category,is_active,q,limit,cursor" },
	{ "POST", "/api/templates", GUARD_SIGNED_IN, create_api, .summary = "Create a template", .output = &template_record,
	  .input = &template_request_record, .creates = true, .body_limit = TEMPLATE_BODY },
	{ "GET", "/api/templates/:template_id", GUARD_SIGNED_IN, show_api, .summary = "One template",
	  .output = &template_record },
	{ "PUT", "/api/templates/:template_id", GUARD_SIGNED_IN, change_api,
	  .summary = "Change a template: members that are not given stay as they are", .output = &template_record,
	  .input = &template_request_record, .body_limit = TEMPLATE_BODY },
	{ "DELETE", "/api/templates/:template_id", GUARD_SIGNED_IN, drop,
	  .summary = "Delete a template; refused while a campaign that is not sent uses it", .shape = "deleted:bool" },
	{ "POST", "/api/templates/:template_id/duplicate", GUARD_SIGNED_IN, duplicate, .summary = "Copy a template",
	  .output = &template_record, .creates = true },
	{ "GET", "/api/templates/:template_id/revisions", GUARD_SIGNED_IN, list_revisions,
	  .summary = "Its older versions, newest first, without their content", .output = &template_revision_record,
	  .list = true },
	{ "POST", "/api/templates/:template_id/restore", GUARD_SIGNED_IN, restore,
	  .summary = "Make an older version the newest one", .input = &restore_record, .output = &template_record },
	{ 0 },
};
