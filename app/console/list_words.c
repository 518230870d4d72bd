/* Lists of one's own on pages. */
#include "console/list_words.h"

const char *const list_type_labels[LIST_TYPE_COUNT] = {
	[LIST_OBSERVED] = "EmailOctopus",
	[LIST_STATIC] = "Static",
	[LIST_DYNAMIC] = "Dynamic",
	[LIST_SEGMENTED] = "Segmented",
};
const char *const list_type_hints[LIST_TYPE_COUNT] = {
	[LIST_OBSERVED] = "Synced",
	[LIST_STATIC] = "You add and remove contacts",
	[LIST_DYNAMIC] = "All contacts that a rule matches, always up to date",
	[LIST_SEGMENTED] = "The contacts of another list that a rule matches",
};
const char *const list_tracking_labels[LIST_TRACKING_COUNT] = {
	[LIST_TRACKING_UNSET] = "As in the settings",
	[LIST_TRACKING_NAMED] = "For each contact",
	[LIST_TRACKING_COUNTED] = "Only as totals",
};

struct value *list_own_view(struct exchange *x, const struct list *list) {
	struct value *row = value_map(x->arena);
	value_put_text(row, "id", list->id);
	value_put_text(row, "name", list->name);
	value_put_text(row, "type", list_type_labels[list->list_type]);
	value_put_bool(row, "is_static", list->list_type == LIST_STATIC);
	value_put_bool(row, "is_active", list->is_active);
	value_put_bool(row, "double_opt_in", list->double_opt_in);
	value_put_text(row, "description", list->description);
	struct value *tags = value_put(row, "tags", value_list(x->arena));
	for (int i = 0; i < list->tags.count; i++)
		(void)value_push(tags, value_text(x->arena, list->tags.items[i]));
	return row;
}
