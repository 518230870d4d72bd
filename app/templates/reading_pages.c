/* What people have written, as somebody reads it: pages, frames and JSON. */
#include "templates/reading_pages.h"

#include <string.h>

#include "content/weighing.h"
#include "core/http/parts.h"

enum { FOUND_MAX = 8 };

/* Whom as= names: a contact's id or a word of reader_kinds; without it a sample. INVALID, MISSING. */
static bool reader_asked(struct exchange *x, const struct names *names, struct reader *reader, struct error *err) {
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

bool reading_render(struct exchange *x, const struct template *template, struct reading *reading, struct error *err) {
	struct names names;
	struct parts *parts = arena_new_of(x->arena, struct parts);
	if (!template_names(x->store, x->arena, &names, err) || !reader_asked(x, &names, &reading->reader, err))
		return false;
	parts_compile(template, &names, x->arena, parts);
	reading->has_html = parts->items[PART_HTML].text != NULL;
	return preview_render(parts, &reading->reader, x->now, x->arena, &reading->preview, err);
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

bool reading_reply_frame(struct exchange *x, const struct template *template, struct error *err) {
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

/* Links to this page as somebody else, in another width or theme. */
static void put_links(struct exchange *x, struct value *view, const char *base, const char *param,
                      const char *const (*choices)[2], const char *usual) {
	struct value *list = value_put(view, text_same(param, "theme") ? "theme_links" : param, value_list(x->arena));
	const char *chosen = params_get(&x->query, param);
	for (int i = 0; choices[i][0]; i++) {
		struct value *one = value_push(list, value_map(x->arena));
		value_put_text(one, "label", choices[i][1]);
		value_put_text(one, "address", exchange_address(x, base, param, choices[i][0]));
		value_put_bool(one, "current", text_same(text_is_empty(chosen) ? usual : chosen, choices[i][0]));
	}
}

static bool put_people(struct exchange *x, struct value *view, const char *base, struct error *err) {
	const char *who = params_get(&x->query, "who");
	struct contact *found = NULL;
	int count = 0;
	if (!text_is_empty(who) && !contact_find_beginning(x->store, who, FOUND_MAX, x->arena, &found, &count, err))
		return false;
	struct value *people = value_put(view, "people", value_list(x->arena));
	for (int i = 0; i < count; i++) {
		struct value *one = value_push(people, value_map(x->arena));
		value_put_text(one, "email", found[i].email);
		value_put_text(one, "address", exchange_address(x, base, "as", found[i].id));
	}
	value_put_text(view, "who", who);
	value_put_bool(view, "nobody", !text_is_empty(who) && count == 0);
	return true;
}

static void put_sms(struct exchange *x, struct value *view, const struct preview *preview) {
	struct value *sms = value_put(view, "sms", preview->parts[PART_SMS] ? value_map(x->arena) : value_null(x->arena));
	if (!preview->parts[PART_SMS])
		return;
	value_put_int(sms, "segments", preview->sms.segments);
	value_put_int(sms, "units", preview->sms.units);
	value_put_int(sms, "left", preview->sms.left);
	value_put_bool(sms, "is_ucs2", preview->sms.encoding == SMS_UCS2);
	struct value *texts = value_put(sms, "texts", value_list(x->arena));
	for (int i = 0; i < preview->sms_texts.count; i++)
		(void)value_push(texts, value_text(x->arena, preview->sms_texts.items[i]));
}

static void put_parts(struct exchange *x, struct value *view, const struct preview *preview) {
	value_put_text(view, "subject", preview->parts[PART_SUBJECT]);
	value_put_text(view, "preheader", preview->parts[PART_PREHEADER]);
	value_put_text(view, "text", preview->parts[PART_TEXT]);
	value_put_bool(view, "has_size", preview->parts[PART_HTML] != NULL);
	value_put_int(view, "kilobytes", (int64_t)(preview->html_bytes + 999) / 1000);
	value_put_bool(view, "is_clipped", preview->html_bytes > HTML_BYTES_WARN);
	struct value *missing = value_put(view, "missing", value_list(x->arena));
	for (int i = 0; i < preview->missing.count; i++)
		(void)value_push(missing, value_text(x->arena, preview->missing.items[i]));
	value_put_bool(view, "has_missing", preview->missing.count > 0);
}

bool reading_put(struct exchange *x, struct value *view, const struct reading *reading, const struct reading_page *page,
                 struct error *err) {
	static const char *const readers[][2] = {
		{ "sample", "Sample" }, { "longest", "Longest" }, { "emptiest", "Emptiest" }, { NULL, NULL }
	};
	static const char *const widths[][2] = { { "600", "Desktop" }, { "375", "Phone" }, { NULL, NULL } };
	static const char *const themes[][2] = { { "light", "Light" }, { "dark", "Dark" }, { NULL, NULL } };
	bool is_phone = text_same(params_get(&x->query, "width"), "375");
	put_links(x, view, page->address, "as", readers, "sample");
	put_links(x, view, page->address, "width", widths, "600");
	put_links(x, view, page->address, "theme", themes, "light");
	put_parts(x, view, &reading->preview);
	put_sms(x, view, &reading->preview);
	value_put_text(view, "reader", reading->reader.name);
	value_put_bool(view, "has_html", reading->has_html);
	value_put_bool(view, "is_phone", is_phone);
	value_put_text(view, "chosen_theme", text_same(params_get(&x->query, "theme"), "dark") ? "dark" : "light");
	value_put_text(view, "chosen_width", is_phone ? "375" : "600");
	value_put_text(view, "chosen_as", params_get(&x->query, "as"));
	value_put_text(view, "reading_address", page->address);
	value_put_text(view, "sender", page->sender);
	value_put_text(view, "frame", exchange_address(x, page->frame, "who", NULL));
	return put_people(x, view, page->address, err);
}

struct value *reading_json(struct exchange *x, const struct reading *reading) {
	struct value *answer = value_map(x->arena);
	const struct preview *preview = &reading->preview;
	value_put_text(answer, "as", reading->reader.name);
	value_put_text(answer, "subject", preview->parts[PART_SUBJECT]);
	value_put_text(answer, "preheader", preview->parts[PART_PREHEADER]);
	value_put_text(answer, "html", preview->parts[PART_HTML]);
	value_put_text(answer, "text", preview->parts[PART_TEXT]);
	value_put_text(answer, "sms", preview->parts[PART_SMS]);
	value_put_int(answer, "sms_segments", preview->sms.segments);
	value_put_int(answer, "html_bytes", (int64_t)preview->html_bytes);
	struct value *missing = value_put(answer, "missing", value_list(x->arena));
	for (int i = 0; i < preview->missing.count; i++)
		(void)value_push(missing, value_text(x->arena, preview->missing.items[i]));
	return answer;
}
