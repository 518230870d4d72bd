/* Meters of limits. */
#include "connections/used_view_pages.h"

#include "core/http/parts.h"

bool limits_used_put(struct exchange *x, struct value *view, const struct connection *connection, struct error *err) {
	struct value *rows = value_put(view, "quota", value_list(x->arena));
	struct limits_used used;
	if (!connection_read_used(x->store, connection, x->now, x->arena, &used, err))
		return false;
	for (int i = 0; i < used.count; i++) {
		const struct limit_used *one = &used.items[i];
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "label", one->label);
		value_put_text(row, "used", text_of_count(x->arena, one->used));
		value_put_text(row, "limit", text_of_count(x->arena, one->limit));
		value_put_text(row, "width", part_width(x->arena, (double)one->used, (double)one->limit));
		value_put_bool(row, "full", one->used >= one->limit);
	}
	value_put_bool(view, "has_quota", used.count > 0);
	return true;
}
