/* Templates as somebody reads them: a page, frames, and JSON. */
#include <string.h>

#include "core/http/parts.h"
#include "templates/asking_pages.h"
#include "templates/starters.h"
#include "templates/template_pages.h"

enum { FOUND_MAX = 8 };

static bool show_frame(struct exchange *x, struct error *err) {
	struct template template;
	return template_of_path(x, &template, err) && reply_frame(x, &template, err);
}

static bool show_starter(struct exchange *x, struct error *err) {
	const struct starter *starter = starter_find(x->values[0]);
	const struct template_saying saying = { { 0 }, x->identity.user, x->now };
	const struct template_request nothing = { .rev = COUNT_NONE };
	struct problems problems = { 0 }, warnings = { 0 };
	struct names names;
	if (!starter)
		return error_set(err, ERROR_MISSING, "no design %.80s", x->values[0]);
	struct template template = starter_template(starter, x->arena), drawn;
	return template_names(x->store, x->arena, &names, err) &&
	       template_say(&template, &nothing, &saying, &names, x->arena, &drawn, &problems, &warnings, err) &&
	       reply_frame(x, &drawn, err);
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
	value_put_bool(view, "has_html", preview->parts[PART_HTML] != NULL);
	value_put_int(view, "kilobytes", (int64_t)(preview->html_bytes + 999) / 1000);
	value_put_bool(view, "is_clipped", preview->html_bytes > CLIP_WARN_BYTES);
	struct value *missing = value_put(view, "missing", value_list(x->arena));
	for (int i = 0; i < preview->missing.count; i++)
		(void)value_push(missing, value_text(x->arena, preview->missing.items[i]));
	value_put_bool(view, "has_missing", preview->missing.count > 0);
}

static bool render_for(struct exchange *x, const struct template *template, struct reader *reader,
                       struct preview *preview, struct error *err) {
	struct names names;
	struct parts *parts = arena_new_of(x->arena, struct parts);
	if (!template_names(x->store, x->arena, &names, err) || !reader_asked(x, &names, reader, err))
		return false;
	parts_compile(template, &names, x->arena, parts);
	return preview_render(parts, reader, x->now, x->arena, preview, err);
}

static bool show_preview(struct exchange *x, struct error *err) {
	static const char *const readers[][2] = {
		{ "sample", "Sample" }, { "longest", "Longest" }, { "emptiest", "Emptiest" }, { NULL, NULL }
	};
	static const char *const widths[][2] = { { "600", "Desktop" }, { "375", "Phone" }, { NULL, NULL } };
	static const char *const themes[][2] = { { "light", "Light" }, { "dark", "Dark" }, { NULL, NULL } };
	struct value *view = value_map(x->arena);
	struct template template;
	struct reader reader;
	struct preview preview;
	if (!template_of_path(x, &template, err) || !render_for(x, &template, &reader, &preview, err))
		return false;
	const char *base = arena_print(x->arena, "/templates/%s/preview", template.id);
	template_tabs(x, view, &template, "preview");
	put_links(x, view, base, "as", readers, "sample");
	put_links(x, view, base, "width", widths, "600");
	put_links(x, view, base, "theme", themes, "light");
	put_parts(x, view, &preview);
	put_sms(x, view, &preview);
	value_put_text(view, "reader", reader.name);
	value_put_bool(view, "is_contact", reader.kind == READER_CONTACT);
	value_put_bool(view, "is_phone", text_same(params_get(&x->query, "width"), "375"));
	value_put_text(view, "chosen_theme", text_same(params_get(&x->query, "theme"), "dark") ? "dark" : "light");
	value_put_text(view, "chosen_width", text_same(params_get(&x->query, "width"), "375") ? "375" : "600");
	value_put_text(view, "chosen_as", params_get(&x->query, "as"));
	value_put_text(view, "frame",
	               exchange_address(x, arena_print(x->arena, "/templates/%s/frame", template.id), "who", NULL));
	return put_people(x, view, base, err) && reply_page(x, "templates/preview", template.name, "templates", view, err);
}

static bool preview_api(struct exchange *x, struct error *err) {
	struct value *answer = value_map(x->arena);
	struct template template;
	struct reader reader;
	struct preview preview;
	if (!template_of_path(x, &template, err) || !render_for(x, &template, &reader, &preview, err))
		return false;
	value_put_text(answer, "as", reader.name);
	value_put_text(answer, "subject", preview.parts[PART_SUBJECT]);
	value_put_text(answer, "preheader", preview.parts[PART_PREHEADER]);
	value_put_text(answer, "html", preview.parts[PART_HTML]);
	value_put_text(answer, "text", preview.parts[PART_TEXT]);
	value_put_text(answer, "sms", preview.parts[PART_SMS]);
	value_put_int(answer, "sms_segments", preview.sms.segments);
	value_put_int(answer, "html_bytes", (int64_t)preview.html_bytes);
	struct value *missing = value_put(answer, "missing", value_list(x->arena));
	for (int i = 0; i < preview.missing.count; i++)
		(void)value_push(missing, value_text(x->arena, preview.missing.items[i]));
	return reply_json(x, answer);
}

const struct route template_preview_routes[] = {
	{ "GET", "/templates/:template_id/preview", GUARD_SIGNED_IN, show_preview },
	{ "GET", "/templates/:template_id/frame", GUARD_SIGNED_IN, show_frame, .download = true },
	{ "GET", "/templates/starters/:starter/frame", GUARD_SIGNED_IN, show_starter, .download = true },
	{ "GET", "/api/templates/:template_id/preview", GUARD_SIGNED_IN, preview_api,
	  .summary = "A template as a contact would read it, or one who was made up: as=sample, longest or emptiest",
	  .parameters = "as",
	  .shape = "as:text subject:text preheader:text html:text text:text sms:text sms_segments:count html_bytes:count "
	           "missing[]:text" },
	{ 0 },
};
