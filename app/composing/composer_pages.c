/* The composer: a draft as a form in steps, saved at every step. */
#include "composing/composing_pages.h"

#include <stdio.h>

#include "composing/composer_view_pages.h"
#include "composing/request_pages.h"
#include "core/formats/url.h"

/* The next page: a step of the form, the review, or the form as it is. */
static const char *next_page(const struct exchange *x, const char *id) {
	const struct composer_form *form = x->input;
	int step;
	const char *words = params_get(&x->form, "find_template");
	if (text_same(form->next, "attachments") || text_same(form->next, "test"))
		return arena_print(x->arena, "/campaigns/%s/%s", id, form->next);
	if (text_same(form->next, "design")) /* and back again */
		return arena_print(x->arena, "/templates/%s?campaign=%s",
		                   store_is_id(form->template_id) ? form->template_id : "new", id);
	if (text_is_empty(form->next) || !choice_find(&steps, form->next, &step))
		return arena_print(x->arena, "/campaigns/%s/edit?step=%s%s%s", id,
		                   text_is_empty(form->step) ? choice_name(&steps, STEP_CONTENT) : form->step,
		                   text_is_empty(words) ? "" : "&find_template=",
		                   text_is_empty(words) ? "" : url_encoded(x->arena, words));
	return step == STEP_REVIEW ? arena_print(x->arena, "/campaigns/%s/review", id)
	                           : arena_print(x->arena, "/campaigns/%s/edit?step=%s", id, form->next);
}

/* The control of each member whose name it does not have: the ids are those of other systems' clients. */
static const char *const controls[][2] = {
	{ "name", "campaign-name" },           { "subject", "campaign-subject" },
	{ "subjects", "more_subjects" },       { "froms", "more_froms" },
	{ "from_name", "campaign-from-name" }, { "from_email", "campaign-from-email" },
	{ "reply_to", "campaign-reply-to" },   { "template_id", "campaign-template" },
	{ "list_ids", "campaign-lists" },
};

static const char *control_of(struct exchange *x, const char *field) {
	for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
		if (text_same(controls[i][0], field))
			return controls[i][1];
	char *name = arena_copy(x->arena, field);
	for (char *at = name; *at && !text_starts(name, "rule"); at++)
		if (*at == '.')
			*at = '_';
	return name;
}

/* Problems stand beside their controls, also the one that `err` has. */
static bool as_controls(struct exchange *x, bool fine, struct error *err) {
	for (int i = 0; i < x->problems.count; i++)
		x->problems.items[i].field = control_of(x, x->problems.items[i].field);
	if (!fine && err->field[0])
		(void)snprintf(err->field, sizeof err->field, "%s", control_of(x, err->field));
	return fine;
}

/* What the form says. If some of it cannot be read, the other problems are told, too. */
static bool read_form(struct exchange *x, const struct composition *before, struct composition *request,
                      struct error *err) {
	struct composition after;
	struct error other;
	if (composer_read(x, request, err))
		return true;
	if (err->kind == ERROR_INVALID)
		(void)as_controls(x, composing_say(x, before, request, &composer_given, &after, &other), &other);
	return false;
}

static bool create(struct exchange *x, struct error *err) {
	struct composition fresh = composing_fresh(x, exchange_new_id(x)), request, composition;
	if (!read_form(x, &fresh, &request, err) ||
	    !as_controls(x, composing_say(x, &fresh, &request, &composer_given, &composition, err), err))
		return false;
	composition.rev = 0;
	return draft_create(x->store, &composition, x->identity.user, x->now, err) &&
	       reply_redirect(x, next_page(x, composition.id));
}

static bool change(struct exchange *x, struct error *err) {
	struct composition request;
	struct draft before;
	return composing_need(x, &before, err) && read_form(x, &before.composition, &request, err) &&
	       as_controls(x, composing_change(x, &request, &composer_given, &before, err), err) &&
	       reply_redirect(x, next_page(x, before.campaign.id));
}

/* Begun from a template, a campaign is called like it until somebody calls it otherwise. */
static bool show_new(struct exchange *x, struct error *err) {
	struct draft draft = { .composition = composing_fresh(x, NULL) };
	struct composing_known known;
	const char *template = params_get(&x->query, "template");
	if (template && store_is_id(template)) {
		if (!known_read_template(x->store, template, x->arena, &known, err))
			return false;
		draft.composition.template_id = template;
		draft.composition.name = known.template ? known.template->name : NULL;
	}
	return composer_show(x, &draft, err);
}

static bool show_edit(struct exchange *x, struct error *err) {
	struct draft draft;
	if (!composing_need(x, &draft, err))
		return false;
	return campaign_is_editable((enum campaign_status)draft.campaign.status)
	           ? composer_show(x, &draft, err)
	           : reply_redirect(x, arena_print(x->arena, "/campaigns/%s/review", draft.campaign.id));
}

struct designed {
	const char *template_id;
};
static const struct field designed_fields[] = { FIELD(struct designed, template_id, .flags = FIELD_REQUIRED,
	                                                  .max = 50) };
static const struct record_type designed_record = RECORD_TYPE("DesignedTemplate", struct designed, designed_fields);

/* A template that was designed for it. */
static bool use_template(struct exchange *x, struct error *err) {
	const struct designed *use = x->input;
	const char *names[] = { "template_id" };
	const struct strings given = { names, 1 };
	struct composition request;
	struct draft before;
	record_clear(&composition_record, &request);
	request.template_id = use->template_id;
	return composing_change(x, &request, &given, &before, err) &&
	       reply_redirect(x, arena_print(x->arena, "/campaigns/%s/edit", before.campaign.id));
}

/* The form as it would be after a button of its builder, or with its people counted. */
static bool preview(struct exchange *x, struct error *err) {
	const char *id = params_get(&x->form, "campaign_id");
	struct draft draft;
	if (text_is_empty(id))
		return show_new(x, err);
	return draft_find(x->store, id, x->arena, &draft, err) && composer_show(x, &draft, err);
}

static bool ask_drop(struct exchange *x, struct error *err) {
	struct draft draft;
	if (!composing_need(x, &draft, err) || !campaign_check_deletable(&draft.campaign, err))
		return false;
	const char *name = campaign_name(&draft.campaign);
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Delete the draft “%s”?", name),
		.lines = { "Its content, audience and settings are gone for good. Nothing was sent." },
		.button = "Delete draft",
		.back = arena_print(x->arena, "/campaigns/%s/edit", draft.campaign.id),
		.place = name,
		.active = "outbox",
	};
	return reply_confirm(x, &confirm, err);
}

static bool drop(struct exchange *x, struct error *err) {
	struct draft draft;
	return composing_need(x, &draft, err) && draft_delete(x->store, draft.campaign.id, err) &&
	       reply_deleted(x, "/campaigns?origin=own");
}

static bool duplicate(struct exchange *x, struct error *err) {
	const char *id;
	return composing_duplicate(x, &id, err) && reply_redirect(x, arena_print(x->arena, "/campaigns/%s/edit", id));
}

/* Long texts, which a form writes at up to three times their size. */
enum { COMPOSER_BODY = 8 * 1024 * 1024 };

const struct route composer_routes[] = {
	{ "GET", "/campaigns/new", GUARD_SIGNED_IN, show_new },
	{ "POST", "/campaigns/new", GUARD_SIGNED_IN, create, .input = &composer_form_record, .form = show_new,
	  .creates = true, .body_limit = COMPOSER_BODY },
	{ "POST", COMPOSER_PREVIEW, GUARD_SIGNED_IN, preview, .body_limit = COMPOSER_BODY },
	{ "GET", "/campaigns/:campaign_id/edit", GUARD_SIGNED_IN, show_edit },
	{ "POST", "/campaigns/:campaign_id/edit", GUARD_SIGNED_IN, change, .input = &composer_form_record,
	  .form = show_edit, .body_limit = COMPOSER_BODY },
	{ "POST", "/campaigns/:campaign_id/template", GUARD_SIGNED_IN, use_template, .input = &designed_record,
	  .form = show_edit },
	{ "GET", "/campaigns/:campaign_id/delete", GUARD_SIGNED_IN, ask_drop },
	{ "POST", "/campaigns/:campaign_id/delete", GUARD_SIGNED_IN, drop, .form = ask_drop },
	{ "POST", "/campaigns/:campaign_id/duplicate", GUARD_SIGNED_IN, duplicate, .creates = true },
	{ 0 },
};
