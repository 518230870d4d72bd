/* Saved views: rules and storage. */
#include "console/saved_view.h"

#include "core/base/collate.h"
#include "core/store/kept.h"

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

static const struct field rename_fields[] = {
	FIELD(struct view_rename, id, .flags = FIELD_REQUIRED),
	FIELD(struct view_rename, name, .flags = FIELD_REQUIRED, .max = NAME_CHARACTERS),
};
const struct record_type view_rename_record = RECORD_TYPE("ViewRename", struct view_rename, rename_fields);

/* The database refused a second view of that name: says so. */
static bool name_is_taken(const char *name, struct error *err) {
	if (err->kind == ERROR_CONFLICT) {
		(void)error_field(err, "name", "A view named “%.80s” exists already. Choose another name", name);
		err->kind = ERROR_CONFLICT;
	}
	return false;
}

bool view_create(struct store *store, const char *user, const struct view_request *request, const char *id,
                 struct moment now, struct error *err) {
	const struct saved_view view = {
		.id = id, .user = user, .name = request->name, .address = request->address, .created_at = now
	};
	bool was_there;
	int64_t others;
	if (!store_count(store, SAVED_VIEWS, FILTER(eq_text("user", user), ne_id("_id", id)), &others, err))
		return false;
	if (others >= VIEWS_MAX)
		return error_set(err, ERROR_INVALID, "You have %d saved views, the most there can be. Delete one first",
		                 VIEWS_MAX);
	return (store_create(store, SAVED_VIEWS, &saved_view_record, &view, id, &was_there, err) ||
	        name_is_taken(request->name, err)) &&
	       version_bump(store, REALM_VIEWS, err);
}

bool view_change_name(struct store *store, const char *user, const struct view_rename *request, struct error *err) {
	bool matched;
	if (!store_update(store, SAVED_VIEWS, FILTER(by_id(request->id), eq_text("user", user)),
	                  UPDATE(set_text("name", request->name), add_count("rev", 1)), &matched, err))
		return name_is_taken(request->name, err);
	return matched ? version_bump(store, REALM_VIEWS, err)
	               : error_set(err, ERROR_MISSING, "This view was deleted meanwhile");
}

static bool read_by_name(struct store *store, const char *user, struct arena *arena, struct rows *views,
                         struct error *err) {
	if (!store_list(store, SAVED_VIEWS, FILTER(eq_text("user", user)), SORT(asc("name")), VIEWS_MAX, &saved_view_record,
	                arena, &views->items, &views->count, err))
		return false;
	COLLATE(views->items, views->count, struct saved_view, name);
	return true;
}

/* The menu on every page has them. */
bool view_list(struct store *store, const char *user, struct arena *arena, struct rows *views, struct error *err) {
	static struct kept kept = { .realms = REALM_VIEWS, .size = sizeof(struct saved_view), .read = read_by_name };
	return kept_rows(&kept, store, user, arena, &views->items, &views->count, err);
}

bool view_drop(struct store *store, const char *user, const char *id, struct arena *arena, struct saved_view *view,
               bool *found, struct error *err) {
	const struct filter *it = FILTER(by_id(id), eq_text("user", user));
	int64_t deleted;
	if (!store_find(store, SAVED_VIEWS, it, NULL, &saved_view_record, arena, view, found, err))
		return false;
	return !*found || (store_delete(store, SAVED_VIEWS, it, &deleted, err) && version_bump(store, REALM_VIEWS, err));
}
