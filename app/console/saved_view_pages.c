/* Saved views as page and JSON. */
#include "console/saved_view_pages.h"

#include <string.h>

#include "console/saved_view.h"
#include "core/http/parts.h"

/* "Campaigns": the page of the menu that a view is of; NULL if it is none. */
static const char *place_of(const struct exchange *x, const char *address) {
	size_t size = strcspn(address, "?#");
	for (const struct menu_item *item = x->service->menu; item && item->key; item++)
		if (strlen(item->address) == size && strncmp(item->address, address, size) == 0)
			return item->label;
	return NULL;
}

/* What has just been done, or went wrong. */
static void put_state(struct exchange *x, struct value *page) {
	const char *address = params_get(&x->query, "address"), *id = params_get(&x->form, "id");
	bool dropped = params_get(&x->query, "deleted") != NULL;
	value_put_bool(page, "again", x->problem && !id);
	value_put_bool(page, "rename_again", x->problem && id);
	part_field(x, page, "id", id);
	part_field(x, page, "name", exchange_typed(x, "name", NULL));
	part_field(x, page, "address", exchange_typed(x, "address", NULL));
	value_put_bool(page, "saved", params_get(&x->query, "saved") != NULL);
	value_put_bool(page, "renamed", params_get(&x->query, "renamed") != NULL);
	value_put_bool(page, "dropped", dropped);
	value_put_text(page, "dropped_name", dropped ? params_get(&x->query, "name") : NULL);
	value_put_text(page, "dropped_address", dropped && exchange_can_show(x, address) ? address : NULL);
}

static bool show_views(struct exchange *x, struct error *err) {
	struct rows views;
	struct value *page = value_map(x->arena);
	if (!view_list(x->store, x->identity.user, x->arena, &views, err))
		return false;
	struct value *rows = value_put(page, "views", value_list(x->arena));
	const struct saved_view *items = views.items;
	for (int i = 0; i < views.count; i++) {
		struct value *row = value_push(rows, record_to_value(&saved_view_record, &items[i], x->arena));
		value_put_text(row, "made", text_of_moment_near(x->arena, items[i].created_at, x->now));
		value_put_text(row, "place", place_of(x, items[i].address));
	}
	put_state(x, page);
	value_put_bool(page, "has_views", views.count > 0);
	return reply_page(x, "console/saved_views", "Saved views", "views", page, err);
}

static bool save(struct exchange *x, struct error *err) {
	const struct view_request *request = x->input;
	if (!exchange_can_show(x, request->address))
		return error_field(err, "address", "Only pages of this console can be saved as a view");
	return view_create(x->store, x->identity.user, x->input, exchange_new_id(x), x->now, err) &&
	       reply_redirect(x, "/views?saved=1");
}

static bool rename_view(struct exchange *x, struct error *err) {
	return view_change_name(x->store, x->identity.user, x->input, err) && reply_redirect(x, "/views?renamed=1");
}

/* The page offers to undo it: the address says what it was. */
static bool drop(struct exchange *x, struct error *err) {
	const char *id = params_get(&x->form, "id");
	struct saved_view view;
	bool found;
	if (!view_drop(x->store, x->identity.user, id ? id : "", x->arena, &view, &found, err))
		return false;
	return reply_redirect(x, found ? arena_print(x->arena, "/views?name=%s&address=%s&deleted=1",
	                                             url_encoded(x->arena, view.name), url_encoded(x->arena, view.address))
	                               : "/views?deleted=1");
}

static bool views_api(struct exchange *x, struct error *err) {
	struct rows views;
	return view_list(x->store, x->identity.user, x->arena, &views, err) && reply_rows(x, &saved_view_record, views);
}

const struct route view_routes[] = {
	{ "GET", "/views", GUARD_SIGNED_IN, show_views },
	{ "POST", "/views", GUARD_SIGNED_IN, save, .input = &view_request_record, .form = show_views, .creates = true },
	{ "POST", "/views/rename", GUARD_SIGNED_IN, rename_view, .input = &view_rename_record, .form = show_views },
	{ "POST", "/views/delete", GUARD_SIGNED_IN, drop },
	{ "GET", "/api/views", GUARD_SIGNED_IN, views_api, .summary = "Saved views of the user",
	  .output = &saved_view_record, .list = true },
	{ 0 },
};
