/* Lists of one's own: written by people, by form and by API; a sync writes none of this. */
#ifndef AUDIENCE_LISTS_OWN_LIST_H
#define AUDIENCE_LISTS_OWN_LIST_H

#include "audience/lists/list.h"

/* For filters by list_type. */
#define OWN_TYPES TEXTS("static", "dynamic", "segmented")

enum { LIST_NAME_MAX = 200, LIST_PUBLIC_NAME_MAX = 100, LIST_DESCRIPTION_MAX = 1000, LIST_TAGS_MAX = 100 };

/* All members are optional but the name. */
struct list_request {
	const char *name, *description, *public_name;
	unsigned list_type; /* LIST_OBSERVED if it is not given: a static one */
	struct strings tags;
	bool is_active, double_opt_in;
	unsigned tracking;
	const char *rule, *base_list_id;
	int64_t rev;
};
extern const struct record_type list_request_record;

/* Who asks, and when. `given`: the members that the request has; the others stay as they are. */
struct list_saying {
	struct strings given;
	const char *by; /* user */
	struct moment now;
};

/* Pure. The list after the request, whose tags are normalised and whose rule is known to be one (segments/list_rule.h).
 * INVALID names the member. */
bool list_say(const struct list *before, const struct list_request *request, const struct list_saying *saying,
              struct list *after, struct error *err) MUST_CHECK;

/* An own list before anything was said of it. */
struct list list_fresh(const char *id, const struct list_saying *saying);

/* Creates the list; the same request again finds it there. */
bool list_create(struct store *store, const struct list *list, struct error *err) MUST_CHECK;

/* CONFLICT (store_is_stale): it was saved meanwhile, if list->rev is given. */
bool list_save_own(struct store *store, const struct list *list, struct error *err) MUST_CHECK;

/* Own lists, by name. */
bool list_all_own_now(struct store *store, struct arena *arena, struct list **lists, int *count,
                      struct error *err) MUST_CHECK; /* as they are stored at this moment, not as this request began */
bool list_all_own(struct store *store, struct arena *arena, struct list **lists, int *count,
                  struct error *err) MUST_CHECK;

/* Own lists and those that the provider has, by name: what rules and choices may name. */
bool list_all_kinds(struct store *store, struct arena *arena, struct list **lists, int *count,
                    struct error *err) MUST_CHECK;

/* What holds for members of an observed list whose answer on tracking is unknown: decided here, and no sync changes it.
 * MISSING: there is no such list of a provider. */
bool list_decide_tracking(struct store *store, const char *id, enum list_tracking tracking,
                          const struct list_saying *saying, struct error *err) MUST_CHECK;

/* From now on there is no such list. Its memberships and then the document are removed by a job
 * (contacts/list_removal.h). */
bool list_delete(struct store *store, const char *id, struct moment at, struct error *err) MUST_CHECK;

/* Deleted lists whose memberships may still be there. */
bool list_deleted(struct store *store, struct arena *arena, struct strings *ids, struct error *err) MUST_CHECK;
bool list_forget(struct store *store, const char *id, struct error *err) MUST_CHECK;

bool list_is_own(const struct list *list);

/* What its people are shown: its public name, else its name. */
const char *list_shown_name(const struct list *list);

#endif
