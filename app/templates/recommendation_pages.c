/* Recommendations as pages and JSON. */
#include "templates/recommendation_pages.h"

#include "core/http/parts.h"
#include "templates/recommendation.h"

static bool show_all(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct rows all;
	if (!recommendation_list(x->store, x->arena, &all, err))
		return false;
	const struct recommendation *items = all.items;
	struct value *rows = value_put(view, "recommendations", value_list(x->arena));
	for (int i = 0; i < all.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "id", items[i].id);
		value_put_text(row, "title", items[i].title);
		value_put_text(row, "url", items[i].url);
		value_put_text(row, "interests", strings_join(x->arena, &items[i].interests, ", "));
		value_put_bool(row, "is_paused", items[i].is_paused);
	}
	value_put_bool(view, "none", all.count == 0);
	value_put_text(view, "example", "{{recommendations}}");
	return reply_page(x, "templates/recommendations", "Recommendations", "templates", view, err);
}

/* The form; `one` is NULL for a new one. */
static bool show_form(struct exchange *x, const struct recommendation *one, struct error *err) {
	struct value *view = value_map(x->arena), *late = put_late(x, view);
	late = one ? late : NULL;
	part_control(x, view, late, "title", "Title", one ? one->title : NULL);
	part_control(x, view, late, "url", "Link", one ? one->url : NULL);
	part_control(x, view, late, "text", "Text", one ? one->text : NULL);
	part_control(x, view, late, "interests_text", "Interests",
	             one ? strings_join(x->arena, &one->interests, ", ") : NULL);
	value_put_bool(view, "is_paused",
	               x->form.count ? params_get(&x->form, "is_paused") != NULL : one && one->is_paused);
	value_put_text(view, "rev", one ? exchange_revision(x, one->rev) : NULL);
	value_put_text(view, "id", one ? one->id : NULL);
	value_put_text(view, "title", one ? one->title : NULL);
	return reply_page(x, "templates/recommendation", one ? one->title : "New recommendation", "templates", view, err);
}

static bool show_new(struct exchange *x, struct error *err) {
	return show_form(x, NULL, err);
}

static bool show_edit(struct exchange *x, struct error *err) {
	struct recommendation one;
	return recommendation_need(x->store, x->values[0], x->arena, &one, err) && show_form(x, &one, err);
}

static bool reply_one(struct exchange *x, const char *id, struct error *err) {
	struct recommendation one;
	return recommendation_need(x->store, id, x->arena, &one, err) &&
	       reply_saved(x, "/recommendations", &recommendation_record, &one);
}

static bool create(struct exchange *x, struct error *err) {
	const char *id = exchange_new_id(x);
	return recommendation_create(x->store, x->input, id, x->identity.user, x->now, x->arena, err) &&
	       reply_one(x, id, err);
}

static bool change(struct exchange *x, struct error *err) {
	struct recommendation one;
	if (recommendation_change(x->store, x->input, x->values[0], x->now, x->arena, err))
		return reply_one(x, x->values[0], err);
	return store_is_stale(err) && recommendation_need(x->store, x->values[0], x->arena, &one, err) &&
	       exchange_stale(x, &recommendation_record, &one, err);
}

static bool ask_drop(struct exchange *x, struct error *err) {
	struct recommendation one;
	if (!recommendation_need(x->store, x->values[0], x->arena, &one, err))
		return false;
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Delete the recommendation “%s”?", one.title),
		.lines = { "Campaigns that have been started go on showing it." },
		.button = "Delete recommendation",
		.back = arena_print(x->arena, "/recommendations/%s", one.id),
		.place = one.title,
		.active = "templates",
	};
	return reply_confirm(x, &confirm, err);
}

static bool drop(struct exchange *x, struct error *err) {
	return recommendation_drop(x->store, x->values[0], err) && reply_deleted(x, "/recommendations");
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows all;
	return recommendation_list(x->store, x->arena, &all, err) && reply_rows(x, &recommendation_record, all);
}

static bool show_api(struct exchange *x, struct error *err) {
	return reply_one(x, x->values[0], err);
}

const struct route recommendation_routes[] = {
	{ "GET", "/recommendations", GUARD_SIGNED_IN, show_all },
	{ "GET", "/recommendations/new", GUARD_SIGNED_IN, show_new },
	{ "GET", "/recommendations/:recommendation_id", GUARD_SIGNED_IN, show_edit },
	{ "POST", "/recommendations", GUARD_SIGNED_IN, create, .input = &recommendation_request_record, .form = show_new,
	  .creates = true },
	{ "POST", "/recommendations/:recommendation_id", GUARD_SIGNED_IN, change, .input = &recommendation_request_record,
	  .form = show_edit },
	{ "GET", "/recommendations/:recommendation_id/delete", GUARD_SIGNED_IN, ask_drop },
	{ "POST", "/recommendations/:recommendation_id/delete", GUARD_SIGNED_IN, drop },
	{ "GET", "/api/recommendations", GUARD_SIGNED_IN, list_api,
	  .summary = "What {{recommendations}} proposes, by interest", .output = &recommendation_record, .list = true },
	{ "POST", "/api/recommendations", GUARD_SIGNED_IN, create, .summary = "Create a recommendation",
	  .output = &recommendation_record, .input = &recommendation_request_record, .creates = true },
	{ "GET", "/api/recommendations/:recommendation_id", GUARD_SIGNED_IN, show_api, .summary = "One recommendation",
	  .output = &recommendation_record },
	{ "PUT", "/api/recommendations/:recommendation_id", GUARD_SIGNED_IN, change, .summary = "Change a recommendation",
	  .output = &recommendation_record, .input = &recommendation_request_record },
	{ "DELETE", "/api/recommendations/:recommendation_id", GUARD_SIGNED_IN, drop,
	  .summary = "Delete a recommendation; campaigns that have been started go on showing it",
	  .shape = "deleted:bool" },
	{ 0 },
};
