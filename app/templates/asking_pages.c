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

bool reader_asked(struct exchange *x, const struct names *names, struct reader *reader, struct error *err) {
	const char *as = params_get(&x->query, "as");
	struct contact contact;
	int kind = READER_SAMPLE;
	if (text_is_empty(as) || (choice_find(&reader_kinds, as, &kind) && kind != READER_CONTACT)) {
		*reader = reader_made_up((enum reader_kind)kind, names, x->now, x->arena);
		return true;
	}
	return contact_need(x->store, as, x->arena, &contact, err) &&
	       reader_of_contact(x->store, &contact, x->now, x->arena, reader, err);
}

/* Says in the frame itself why there is nothing to be seen. */
static const char *frame_words(const struct parts *parts, struct arena *arena) {
	const struct part_source *html = &parts->items[PART_HTML];
	BUF_AUTO out = { 0 };
	buf_text_add(&out, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Preview</title></head>"
	                   "<body style=\"font:14px/20px sans-serif;color:#57606a;background:#fff;padding:16px\"><p>");
	if (!html->text)
		buf_text_add(&out, "No HTML yet.");
	for (int i = 0; i < html->flaws.count; i++)
		if (html->flaws.items[i].is_error) {
			buf_print(&out, "Line %d: ", html->flaws.items[i].line);
			html_escape(&out, html->flaws.items[i].text);
			buf_text_add(&out, "<br>");
		}
	buf_text_add(&out, "</p></body></html>");
	return arena_copy(arena, buf_text(&out));
}

bool reply_frame(struct exchange *x, const struct template *template, struct error *err) {
	struct names names;
	struct parts parts;
	struct reader reader;
	struct preview preview;
	if (!template_names(x->store, x->arena, &names, err) || !reader_asked(x, &names, &reader, err))
		return false;
	parts_compile(template, &names, x->arena, &parts);
	if (!preview_render(&parts, &reader, x->now, x->arena, &preview, err))
		return false;
	bool dark = text_same(params_get(&x->query, "theme"), "dark");
	const char *html = preview.parts[PART_HTML]
	                       ? preview_frame(preview.parts[PART_HTML], dark, "/static/sample-qr.png", x->arena)
	                       : frame_words(&parts, x->arena);
	return reply_bytes(x, "text/html; charset=utf-8", html, strlen(html));
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
