/* Saved views: one user's named local addresses. */
#ifndef CONSOLE_SAVED_VIEW_H
#define CONSOLE_SAVED_VIEW_H

#include "core/store/store.h"

enum { VIEWS_MAX = 100 };

struct saved_view {
	const char *id, *user, *name, *address;
	struct moment created_at;
	int64_t rev;
};
extern const struct record_type saved_view_record;

/* A request for a new view. */
struct view_request {
	const char *name, *address;
};
extern const struct record_type view_request_record;

/* A request for another name. */
struct view_rename {
	const char *id, *name;
};
extern const struct record_type view_rename_record;

/* Creates a view under an unused id; if it already exists, a repeated request has created it. INVALID:
 * VIEWS_MAX views exist. CONFLICT: the name is taken. */
bool view_create(struct store *store, const char *user, const struct view_request *request, const char *id,
                 struct moment now, struct error *err) MUST_CHECK;

/* Sorted by name. */
bool view_list(struct store *store, const char *user, struct arena *arena, struct rows *views,
               struct error *err) MUST_CHECK;

/* MISSING; CONFLICT: the name is taken. */
bool view_change_name(struct store *store, const char *user, const struct view_rename *request,
                      struct error *err) MUST_CHECK;

/* What was deleted is in *view; *found is false if there was nothing. */
bool view_drop(struct store *store, const char *user, const char *id, struct arena *arena, struct saved_view *view,
               bool *found, struct error *err) MUST_CHECK;

#endif
