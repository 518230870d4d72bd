/* Everything about a person. */
#include "console/person_export_pages.h"

#include "console/erasing.h"
#include "console/person_export.h"
#include "core/formats/json.h"

static bool find_all(struct exchange *x, struct contact *contact, struct value **all, struct error *err) {
	return contact_need(x->store, x->values[0], x->arena, contact, err) &&
	       person_export(x->store, contact, x->now, x->arena, all, err);
}

static const char *text_of(const struct value *value, struct arena *arena) {
	BUF_AUTO out = { 0 };
	if (value->kind == VALUE_TEXT)
		return value->text;
	json_write(&out, value);
	return arena_copy(arena, buf_text(&out));
}

/* Rows of name and value; what is inside of something has its name in front. Nothing is left out but what is empty. */
static void put_rows(struct value *rows, const char *path, const struct value *value) {
	struct arena *arena = rows->arena;
	int number = 0;
	if (value->kind != VALUE_MAP && value->kind != VALUE_LIST) {
		if (value->kind == VALUE_NULL || (value->kind == VALUE_TEXT && !*value->text))
			return;
		struct value *row = value_push(rows, value_map(arena));
		value_put_text(row, "name", path);
		value_put_text(row, "value", text_of(value, arena));
		return;
	}
	for (const struct value *one = value->first; one; one = one->next) {
		const char *name = value->kind == VALUE_MAP ? one->name : arena_print(arena, "%d", ++number);
		put_rows(rows, *path ? arena_print(arena, "%s %s", path, name) : name, one);
	}
}

static bool show_page(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena), *all;
	struct contact contact;
	if (!find_all(x, &contact, &all, err))
		return false;
	const char *who = contact.email ? contact.email : contact.profile.phone;
	value_put_text(view, "id", contact.id);
	value_put_text(view, "title", who);
	struct value *sections = value_put(view, "sections", value_list(x->arena));
	for (int i = 0; i < exporter_count; i++) {
		struct value *section = value_push(sections, value_map(x->arena));
		value_put_text(section, "label", exporters[i].label);
		struct value *rows = value_put(section, "rows", value_list(x->arena));
		put_rows(rows, "", value_get(all, exporters[i].name));
		value_put_bool(section, "has_rows", rows->count > 0);
	}
	return reply_page(x, "console/person_export", arena_print(x->arena, "Everything about %s", who), "contacts", view,
	                  err);
}

static bool show_api(struct exchange *x, struct error *err) {
	struct value *all;
	struct contact contact;
	return find_all(x, &contact, &all, err) && reply_json(x, all);
}

static bool download(struct exchange *x, struct error *err) {
	struct value *all;
	struct contact contact;
	BUF_AUTO out = { 0 };
	if (!find_all(x, &contact, &all, err))
		return false;
	json_write(&out, all);
	reply_header(x, "Content-Disposition", "attachment; filename=\"contact.json\"");
	return reply_bytes(x, "application/json; charset=utf-8", buf_text(&out), out.size);
}

const struct confirm_deeds person_deeds = { person_export, person_erase };

const struct route person_export_routes[] = {
	{ "GET", "/contacts/:contact_id/export", GUARD_SIGNED_IN, show_page },
	{ "GET", "/contacts/:contact_id/export.json", GUARD_SIGNED_IN, download, .download = true },
	{ "GET", "/api/contacts/:contact_id/gdpr-export", GUARD_SIGNED_IN, show_api,
	  .summary = "Everything that is stored about a contact",
	  .shape = "exported_at:time contact{*:any} own{*:any} memberships[]{*:any} suppressions[]{*:any} "
	           "events[]{*:any} hits[]{*:any} imports[]{*:any} confirmations[]{*:any} "
	           "returned[]{*:any} single_emails[]{*:any} codes[]{*:any} webhooks[]{*:any}" },
	{ 0 },
};
