/* Saved views as page and JSON. */
#include "console/saved_view_pages.h"

#include "console/saved_view.h"
#include "core/http/parts.h"

static bool show_views(struct exchange *x, struct error *err) {
	struct rows views;
	struct value *page = value_map(x->arena);
	if (!view_list(x->store, x->identity.user, x->arena, &views, err))
		return false;
	struct value *rows = value_put(page, "views", value_list(x->arena));
	const struct saved_view *items = views.items;
	for (int i = 0; i < views.count; i++) {
		struct value *row = value_push(rows, record_to_value(&saved_view_record, &items[i], x->arena));
		value_put_text(row, "made", text_of_moment(x->arena, items[i].created_at));
	}
	value_put_bool(page, "again", x->problem != NULL);
	value_put_bool(page, "has_views", views.count > 0);
	part_field(x, page, "name", exchange_typed(x, "name", NULL));
	part_field(x, page, "address", exchange_typed(x, "address", NULL));
	value_put_bool(page, "saved", params_get(&x->query, "saved") != NULL);
	value_put_bool(page, "dropped", params_get(&x->query, "deleted") != NULL);
	return reply_page(x, "console/saved_views", "Saved views", "views", page, err);
}

static bool save(struct exchange *x, struct error *err) {
	return view_create(x->store, x->identity.user, x->input, exchange_new_id(x), x->now, err) &&
	       reply_redirect(x, "/views?saved=1");
}

static bool drop(struct exchange *x, struct error *err) {
	const char *id = params_get(&x->form, "id");
	bool found;
	return view_drop(x->store, x->identity.user, id ? id : "", &found, err) && reply_redirect(x, "/views?deleted=1");
}

static bool views_api(struct exchange *x, struct error *err) {
	struct rows views;
	return view_list(x->store, x->identity.user, x->arena, &views, err) && reply_rows(x, &saved_view_record, views);
}

const struct route view_routes[] = {
	{ "GET", "/views", GUARD_SIGNED_IN, show_views },
	{ "POST", "/views", GUARD_SIGNED_IN, save, .input = &view_request_record, .form = show_views, .creates = true },
	{ "POST", "/views/delete", GUARD_SIGNED_IN, drop },
	{ "GET", "/api/views", GUARD_SIGNED_IN, views_api, .summary = "Saved views of the user",
	  .output = &saved_view_record, .list = true },
	{ 0 },
};
