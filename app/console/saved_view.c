/* Saved views: rules, storage and pages. */
#include "console/saved_view.h"

#include <string.h>

enum { NAME_CHARACTERS = 80, ADDRESS_MAX = 1000 };

static const struct field view_fields[] = {
	FIELD(struct saved_view, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct saved_view, user),
	FIELD(struct saved_view, name),
	FIELD(struct saved_view, address),
	FIELD(struct saved_view, created_at),
};
const struct record_type saved_view_record = RECORD_TYPE("SavedView", struct saved_view, view_fields);

static const struct field request_fields[] = {
	FIELD(struct view_request, name, .flags = FIELD_REQUIRED, .max = NAME_CHARACTERS),
	FIELD(struct view_request, address, .flags = FIELD_REQUIRED, .max = ADDRESS_MAX),
};
const struct record_type view_request_record = RECORD_TYPE("ViewRequest", struct view_request, request_fields);

/* One slash, then no other: an address of ours, and one that shows something. */
static bool is_our_page(const char *address) {
	return address[0] == '/' && address[1] != '/' && address[1] != '\0' && !strpbrk(address, "\\\r\n") &&
	       !text_starts(address, "/api/") && !text_starts(address, "/login");
}

bool view_save(struct store *store, const char *user, const struct view_request *request, struct arena *arena,
               struct error *err) {
	struct saved_view view = { store_new_id(arena), user, request->name, request->address, moment_now() };
	bson_t document = BSON_INITIALIZER;
	int64_t existing;
	if (!is_our_page(request->address))
		return error_field(err, "address", "only pages of this console can be saved as a view");
	bson_t *mine = BCON_NEW("user", BCON_UTF8(user));
	bool fine = store_count(store, "saved_views", mine, &existing, err);
	bson_destroy(mine);
	if (!fine)
		return false;
	if (existing >= VIEWS_MAX)
		return error_set(err, ERROR_INVALID, "%d views are saved, no more fit: delete one first", VIEWS_MAX);
	record_to_bson(&saved_view_record, &view, &document);
	fine = store_insert(store, "saved_views", &document, err);
	bson_destroy(&document);
	if (!fine && err->kind == ERROR_CONFLICT)
		return error_set(err, ERROR_CONFLICT, "a view called '%.80s' exists already: choose another name",
		                 request->name);
	return fine;
}

bool view_list(struct store *store, const char *user, struct arena *arena, struct rows *views, struct error *err) {
	bson_t *filter = BCON_NEW("user", BCON_UTF8(user));
	bson_t *sort = BCON_NEW("name", BCON_INT32(1));
	bool fine = store_list(store, "saved_views", filter, sort, VIEWS_MAX, &saved_view_record, arena, &views->items,
	                       &views->count, err);
	bson_destroy(filter);
	bson_destroy(sort);
	return fine;
}

bool view_drop(struct store *store, const char *user, const char *id, bool *found, struct error *err) {
	int64_t deleted;
	bson_t *filter = store_filter_id(id, NULL);
	BSON_APPEND_UTF8(filter, "user", user);
	bool fine = store_delete(store, "saved_views", filter, &deleted, err);
	bson_destroy(filter);
	*found = fine && deleted > 0;
	return fine;
}
