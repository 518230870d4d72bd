/* Saved views: an address of ours under a name, for one user. */
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

/* What is asked for a new one. */
struct view_request {
	const char *name, *address;
};
extern const struct record_type view_request_record;

/* Under an id that was used for nothing else; when the view is there already, a repeated request has made it. INVALID:
 * the address is none of our pages, or VIEWS_MAX others exist. CONFLICT: the name is taken. */
bool view_create(struct store *store, const char *user, const struct view_request *request, const char *id,
                 struct moment now, struct error *err) MUST_CHECK;

/* By name. */
bool view_list(struct store *store, const char *user, struct arena *arena, struct rows *views,
               struct error *err) MUST_CHECK;
bool view_drop(struct store *store, const char *user, const char *id, bool *found, struct error *err) MUST_CHECK;

#endif
