/* What the pages of templates have in common. */
#include <string.h>

#include "templates/asking_pages.h"

struct strings json_given(const struct exchange *x) {
	struct strings given = { arena_array(x->arena, const char *, x->json ? x->json->count + 1 : 1), 0 };
	for (const struct value *one = x->json ? x->json->first : NULL; one; one = one->next)
		given.items[given.count++] = one->name;
	return given;
}

bool template_of_path(struct exchange *x, struct template *template, struct error *err) {
	return template_need(x->store, x->values[0], x->arena, template, err);
}

void put_remarks(struct value *view, const char *name, const struct problems *list) {
	struct value *rows = value_put(view, name, value_list(view->arena));
	for (int i = 0; i < list->count; i++) {
		struct value *row = value_push(rows, value_map(view->arena));
		value_put_text(row, "field", list->items[i].field);
		value_put_text(row, "text", list->items[i].text);
	}
}

const char *form_text(struct exchange *x, const char *name) {
	const char *typed = params_get(&x->form, name);
	if (!typed || !strchr(typed, '\r'))
		return typed;
	char *text = arena_copy(x->arena, typed), *to = text;
	for (const char *at = text; *at; at++)
		if (*at != '\r' || at[1] != '\n')
			*to++ = *at;
	*to = '\0';
	return text;
}
