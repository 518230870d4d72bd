/* What a composition may name. */
#include "composing/known.h"

#include <string.h>
#include <strings.h>

bool known_read(struct store *store, struct arena *arena, struct composing_known *known, struct error *err) {
	known->template = NULL;
	return names_read(store, arena, &known->names, err) &&
	       list_all_kinds(store, arena, &known->lists, &known->list_count, err) &&
	       connection_list(store, arena, &known->connections, err);
}

bool known_read_template(struct store *store, const char *template_id, struct arena *arena,
                         struct composing_known *known, struct error *err) {
	struct template *template = arena_new_of(arena, struct template);
	struct error none = ERROR_INIT;
	known->template = NULL;
	if (!store_is_id(text_after(template_id ? template_id : "", "template_")))
		return true;
	if (template_need(store, template_id, arena, template, &none)) {
		known->template = template;
		return true;
	}
	if (none.kind == ERROR_MISSING)
		return true;
	*err = none;
	return false;
}

bool known_keeps_templates(const struct composing_known *known, const char *account_id) {
	const struct connection *connection = text_is_empty(account_id) ? NULL : known_connection(known, account_id);
	return connection && (connection->provider == PROVIDER_ZOHO || connection->provider == PROVIDER_SENDGRID);
}

const struct list *known_list(const struct composing_known *known, const char *id_or_name) {
	const char *id = text_after(id_or_name, "list_");
	for (int i = 0; i < known->list_count; i++)
		if (text_same(known->lists[i].id, id))
			return &known->lists[i];
	for (int i = 0; i < known->list_count; i++)
		if (known->lists[i].name && strcasecmp(known->lists[i].name, id_or_name) == 0)
			return &known->lists[i];
	return NULL;
}

const struct connection *known_connection(const struct composing_known *known, const char *id_or_name) {
	const struct connection *connections = known->connections.items;
	const char *id = text_after(text_after(id_or_name, "connection_"), "account_");
	for (int i = 0; i < known->connections.count; i++)
		if (text_same(connections[i].id, id) || text_same(connections[i].name, id_or_name))
			return &connections[i];
	return NULL;
}

const char *known_lists_text(const struct composing_known *known, const struct strings *ids, struct arena *arena) {
	struct strings names = { arena_array(arena, const char *, ids->count + 1), 0 };
	for (int i = 0; i < ids->count; i++) {
		const struct list *list = known_list(known, ids->items[i]);
		names.items[names.count++] = list && !text_is_empty(list->name) ? list->name : ids->items[i];
	}
	return strings_join(arena, &names, ", ");
}

enum { NAME_PARTS_MAX = 20 }; /* of a name with commas */

struct strings known_lists_split(const struct composing_known *known, const struct strings *parts,
                                 struct arena *arena) {
	struct strings out = { arena_array(arena, const char *, parts->count + 1), 0 };
	for (int from = 0, to; from < parts->count; from = to) {
		const char *name = NULL;
		for (to = parts->count - from > NAME_PARTS_MAX ? from + NAME_PARTS_MAX : parts->count; to > from && !name;
		     to--) {
			const struct strings some = { parts->items + from, to - from };
			const char *text = strings_join(arena, &some, ", ");
			name = known_list(known, text) ? text : NULL;
			if (name)
				break;
		}
		out.items[out.count++] = name ? name : parts->items[from];
		to = name ? to : from + 1;
	}
	return out;
}
