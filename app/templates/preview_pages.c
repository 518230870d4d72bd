/* Templates as somebody reads them: a page, frames, and JSON. */
#include "templates/asking_pages.h"
#include "templates/reading_pages.h"
#include "templates/starters.h"
#include "templates/template_pages.h"

static bool show_frame(struct exchange *x, struct error *err) {
	struct template template;
	return template_of_path(x, &template, err) && reading_reply_frame(x, &template, err);
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
	       reading_reply_frame(x, &drawn, err);
}

static bool show_preview(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct template template;
	struct reading reading;
	if (!template_of_path(x, &template, err) || !reading_render(x, &template, &reading, err))
		return false;
	const struct reading_page page = { arena_print(x->arena, "/templates/%s/preview", template.id),
		                               arena_print(x->arena, "/templates/%s/frame", template.id), NULL };
	template_tabs(x, view, &template, "preview");
	return reading_put(x, view, &reading, &page, err) &&
	       reply_page(x, "templates/preview", template.name, "templates", view, err);
}

static bool preview_api(struct exchange *x, struct error *err) {
	struct template template;
	struct reading reading;
	return template_of_path(x, &template, err) && reading_render(x, &template, &reading, err) &&
	       reply_json(x, reading_json(x, &reading));
}

const struct route template_preview_routes[] = {
	{ "GET", "/templates/:template_id/preview", GUARD_SIGNED_IN, show_preview },
	{ "GET", "/templates/:template_id/frame", GUARD_SIGNED_IN, show_frame, .download = true },
	{ "GET", "/templates/starters/:starter/frame", GUARD_SIGNED_IN, show_starter, .download = true },
	{ "GET", "/api/templates/:template_id/preview", GUARD_SIGNED_IN, preview_api,
	  .summary = "A template as a contact would read it, or one who was made up: as=sample, longest or emptiest",
	  .parameters = "as", .shape = READING_SHAPE },
	{ 0 },
};
