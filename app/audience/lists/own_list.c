/* Lists of one's own: rules and storage. */
#include "audience/lists/own_list.h"

#include <string.h>

#include "core/base/collate.h"
#include "core/store/kept.h"

enum { LISTS_MAX = 10000 };

static const char LISTS[] = "lists";

static const struct field request_fields[] = {
	FIELD(struct list_request, name, .max = LIST_NAME_MAX),
	FIELD(struct list_request, description, .max = LIST_DESCRIPTION_MAX),
	FIELD(struct list_request, public_name, .max = LIST_PUBLIC_NAME_MAX,
	      .doc = "As its contacts are shown it, where they choose what they get; without it they are not"),
	FIELD(struct list_request, list_type, .choices = &list_types,
	      .doc = "static, dynamic or segmented; fixed once the list is there"),
	FIELD(struct list_request, tags, .max = LIST_TAGS_MAX, .doc = "Stored in lower case"),
	FIELD(struct list_request, is_active),
	FIELD(struct list_request, double_opt_in, .doc = "New members are pending until they confirm"),
	FIELD(struct list_request, tracking, .choices = &list_trackings),
	FIELD(struct list_request, rule, .flags = FIELD_OBJECT, .doc = "Whom a dynamic or segmented list has"),
	FIELD(struct list_request, base_list_id, .doc = "The list of which a segmented one is a part"),
	FIELD(struct list_request, rev, .doc = "Of the list as it was read; a stale one is refused"),
};
const struct record_type list_request_record = RECORD_TYPE("ListRequest", struct list_request, request_fields);

/* What people write. */
static const struct field own_fields[] = {
	FIELD(struct list, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct list, name),
	FIELD(struct list, double_opt_in),
	FIELD(struct list, tags),
	FIELD(struct list, created_at),
	FIELD(struct list, list_type, .choices = &list_types),
	FIELD(struct list, description),
	FIELD(struct list, public_name),
	FIELD(struct list, created_by),
	FIELD(struct list, is_active, .flags = FIELD_TRUE),
	FIELD(struct list, updated_at),
	FIELD(struct list, rule, .flags = FIELD_OBJECT),
	FIELD(struct list, base_list_id, .flags = FIELD_ID),
	FIELD(struct list, tracking, .choices = &list_trackings),
	FIELD(struct list, tracking_at),
	FIELD(struct list, tracking_by),
	FIELD(struct list, rev, .flags = FIELD_REVISION),
};
static const struct record_type own_record = RECORD_TYPE("OwnList", struct list, own_fields);

bool list_is_own(const struct list *list) {
	return list->list_type != LIST_OBSERVED;
}

const char *list_shown_name(const struct list *list) {
	return list->public_name ? list->public_name : list->name;
}

struct list list_fresh(const char *id, const struct list_saying *saying) {
	struct list list;
	record_clear(&list_record, &list);
	list.id = id;
	list.is_active = true;
	list.created_at = saying->now;
	list.created_by = saying->by;
	return list;
}

static bool say_type(const struct list *before, const struct list_request *request, const struct list_saying *saying,
                     struct list *after, struct error *err) {
	bool given = strings_have(&saying->given, "list_type");
	if (list_is_own(before))
		return !given || request->list_type == before->list_type ||
		       error_field(err, "list_type", "The type of a list cannot be changed: create another one");
	if (given && request->list_type == LIST_OBSERVED)
		return error_field(err, "list_type", "Observed lists come from a provider. Use static, dynamic or segmented");
	after->list_type = given ? request->list_type : LIST_STATIC;
	return true;
}

static bool check_parts(const struct list *list, struct error *err) {
	if (text_is_empty(list->name))
		return error_field(err, "name", "Give the list a name");
	if (list->list_type == LIST_STATIC && list->rule)
		return error_field(err, "rule", "A static list has no rule");
	if (list->list_type != LIST_STATIC && text_is_empty(list->rule))
		return error_field(err, "rule", "Say whom the list has");
	if (list->list_type != LIST_SEGMENTED && list->base_list_id)
		return error_field(err, "base_list_id", "Only a segmented list is a part of another one");
	if (list->list_type == LIST_SEGMENTED && text_is_empty(list->base_list_id))
		return error_field(err, "base_list_id", "Choose the list that this one is a part of");
	return !text_same(list->base_list_id, list->id) ||
	       error_field(err, "base_list_id", "A list cannot be a part of itself");
}

bool list_say(const struct list *before, const struct list_request *request, const struct list_saying *saying,
              struct list *after, struct error *err) {
	const struct strings *given = &saying->given;
	*after = *before;
	if (!say_type(before, request, saying, after, err))
		return false;
	if (strings_have(given, "name"))
		after->name = request->name;
	if (strings_have(given, "description"))
		after->description = request->description;
	if (strings_have(given, "public_name"))
		after->public_name = text_is_empty(request->public_name) ? NULL : request->public_name;
	if (strings_have(given, "tags"))
		after->tags = request->tags;
	if (strings_have(given, "is_active"))
		after->is_active = request->is_active;
	if (strings_have(given, "double_opt_in"))
		after->double_opt_in = request->double_opt_in;
	if (strings_have(given, "rule"))
		after->rule = request->rule;
	if (strings_have(given, "base_list_id"))
		after->base_list_id = request->base_list_id;
	if (strings_have(given, "tracking") && request->tracking != before->tracking) {
		after->tracking = request->tracking;
		after->tracking_at = saying->now;
		after->tracking_by = saying->by;
	}
	after->updated_at = saying->now;
	after->rev = request->rev;
	return check_parts(after, err);
}

bool list_create(struct store *store, const struct list *list, struct error *err) {
	bool was_there;
	return store_create(store, LISTS, &own_record, list, list->id, &was_there, err) &&
	       version_bump(store, REALM_PEOPLE, err);
}

bool list_save_own(struct store *store, const struct list *list, struct error *err) {
	bool found;
	return store_save(store, LISTS, FILTER(by_id(list->id), in_texts("list_type", OWN_TYPES), is_absent("deleted_at")),
	                  &own_record, list, EXCEPT("id", "created_at", "created_by"), &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no list %.60s", list->id)) &&
	       version_bump(store, REALM_PEOPLE | REALM_CAMPAIGNS, err); /* own campaigns name their lists */
}

bool list_decide_tracking(struct store *store, const char *id, enum list_tracking tracking,
                          const struct list_saying *saying, struct error *err) {
	bool matched;
	return store_update(store, LISTS, FILTER(by_id(id), NONE_OF(in_texts("list_type", OWN_TYPES))),
	                    UPDATE(set_choice("tracking", &list_trackings, tracking),
	                           set_moment("tracking_at", saying->now), set_text("tracking_by", saying->by)),
	                    &matched, err) &&
	       (matched || error_set(err, ERROR_MISSING, "no list %.60s", id)) &&
	       version_bump(store, REALM_FIGURES | REALM_PEOPLE, err); /* observed lists are kept by the figures */
}

static bool read_own(struct store *store, const char *of, struct arena *arena, struct rows *lists, struct error *err) {
	(void)of;
	if (!store_list(store, LISTS, FILTER(in_texts("list_type", OWN_TYPES), is_absent("deleted_at")),
	                SORT(asc("name"), asc("_id")), LISTS_MAX, &list_record, arena, &lists->items, &lists->count, err))
		return false;
	COLLATE(lists->items, lists->count, struct list, name);
	return true;
}

bool list_all_own_now(struct store *store, struct arena *arena, struct list **lists, int *count, struct error *err) {
	struct rows rows;
	if (!read_own(store, NULL, arena, &rows, err))
		return false;
	*lists = rows.items;
	*count = rows.count;
	return true;
}

bool list_all_own(struct store *store, struct arena *arena, struct list **lists, int *count, struct error *err) {
	static struct kept kept = { .realms = REALM_PEOPLE, .size = sizeof **lists, .read = read_own };
	return kept_rows(&kept, store, NULL, arena, (void **)lists, count, err);
}

bool list_all_kinds(struct store *store, struct arena *arena, struct list **lists, int *count, struct error *err) {
	struct list *observed, *own;
	int observed_count, own_count;
	if (!list_all(store, arena, &observed, &observed_count, err) || !list_all_own(store, arena, &own, &own_count, err))
		return false;
	*count = observed_count + own_count;
	*lists = arena_array(arena, struct list, *count + 1);
	for (int i = 0; i < *count; i++)
		(*lists)[i] = i < own_count ? own[i] : observed[i - own_count];
	COLLATE(*lists, *count, struct list, name);
	return true;
}

bool list_delete(struct store *store, const char *id, struct moment at, struct error *err) {
	bool matched;
	return store_update(store, LISTS, FILTER(by_id(id), in_texts("list_type", OWN_TYPES), is_absent("deleted_at")),
	                    UPDATE(set_moment("deleted_at", at)), &matched, err) &&
	       (matched || error_set(err, ERROR_MISSING, "no list %.60s", id)) &&
	       version_bump(store, REALM_PEOPLE | REALM_CAMPAIGNS, err);
}

bool list_deleted(struct store *store, struct arena *arena, struct strings *ids, struct error *err) {
	struct list *lists;
	int count;
	if (!store_list(store, LISTS, FILTER(is_present("deleted_at")), SORT(asc("_id")), LISTS_MAX, &own_record, arena,
	                (void **)&lists, &count, err))
		return false;
	*ids = (struct strings){ arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		ids->items[ids->count++] = lists[i].id;
	return true;
}

bool list_forget(struct store *store, const char *id, struct error *err) {
	int64_t deleted;
	return store_delete(store, LISTS, FILTER(by_id(id), is_present("deleted_at")), &deleted, err);
}
