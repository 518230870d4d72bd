/* Saved views: rules and storage. */
#include "console/saved_view.h"

#include "core/base/collate.h"
#include "core/formats/url.h"

enum { NAME_CHARACTERS = 80, ADDRESS_MAX = 1000 };

static const char SAVED_VIEWS[] = "saved_views";

static const struct field view_fields[] = {
	FIELD(struct saved_view, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct saved_view, user),
	FIELD(struct saved_view, name),
	FIELD(struct saved_view, address),
	FIELD(struct saved_view, created_at),
	FIELD(struct saved_view, rev, .flags = FIELD_REVISION),
};
const struct record_type saved_view_record = RECORD_TYPE("SavedView", struct saved_view, view_fields);

static const struct field request_fields[] = {
	FIELD(struct view_request, name, .flags = FIELD_REQUIRED, .max = NAME_CHARACTERS),
	FIELD(struct view_request, address, .flags = FIELD_REQUIRED, .max = ADDRESS_MAX),
};
const struct record_type view_request_record = RECORD_TYPE("ViewRequest", struct view_request, request_fields);

static bool is_our_page(const char *address) {
	return url_is_ours(address) && address[1] != '\0' && !text_starts(address, "/api/") &&
	       !text_starts(address, "/login");
}

bool view_create(struct store *store, const char *user, const struct view_request *request, const char *id,
                 struct moment now, struct error *err) {
	const struct saved_view view = {
		.id = id, .user = user, .name = request->name, .address = request->address, .created_at = now
	};
	bool was_there;
	int64_t others;
	if (!is_our_page(request->address))
		return error_field(err, "address", "Only pages of this console can be saved as a view");
	if (!store_count(store, SAVED_VIEWS, FILTER(eq_text("user", user), ne_id("_id", id)), &others, err))
		return false;
	if (others >= VIEWS_MAX)
		return error_set(err, ERROR_INVALID, "You have %d saved views, the most there can be. Delete one first",
		                 VIEWS_MAX);
	if (store_create(store, SAVED_VIEWS, &saved_view_record, &view, id, &was_there, err))
		return true;
	if (err->kind == ERROR_CONFLICT) {
		(void)error_field(err, "name", "A view named “%.80s” exists already. Choose another name", request->name);
		err->kind = ERROR_CONFLICT;
	}
	return false;
}

bool view_list(struct store *store, const char *user, struct arena *arena, struct rows *views, struct error *err) {
	if (!store_list(store, SAVED_VIEWS, FILTER(eq_text("user", user)), SORT(asc("name")), VIEWS_MAX, &saved_view_record,
	                arena, &views->items, &views->count, err))
		return false;
	COLLATE(views->items, views->count, struct saved_view, name);
	return true;
}

bool view_drop(struct store *store, const char *user, const char *id, bool *found, struct error *err) {
	int64_t deleted;
	bool fine = store_delete(store, SAVED_VIEWS, FILTER(by_id(id), eq_text("user", user)), &deleted, err);
	*found = fine && deleted > 0;
	return fine;
}
