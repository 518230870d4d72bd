/* Creating and editing templates, with and without scripts. */
#include <string.h>

#include "audience/contacts/tag.h"
#include "content/weighing.h"
#include "core/http/parts.h"
#include "templates/asking_pages.h"
#include "templates/block_pages.h"
#include "templates/picture_pages.h"
#include "templates/reading_pages.h"
#include "templates/starters.h"
#include "templates/template_pages.h"

struct template_form {
	const char *name, *subject, *preheader, *category, *tags, *mode;
	const char *html_content, *text_content, *sms_content;
	unsigned template_type;
	bool is_active;
	int64_t rev;
};
static const struct field form_fields[] = {
	FIELD(struct template_form, name, .max = TEMPLATE_NAME_MAX),
	FIELD(struct template_form, subject, .max = TEMPLATE_SUBJECT_MAX),
	FIELD(struct template_form, preheader, .max = TEMPLATE_PREHEADER_MAX),
	FIELD(struct template_form, category, .max = TEMPLATE_CATEGORY_MAX),
	FIELD(struct template_form, tags, .max = TEMPLATE_TAGS_MAX * 66),
	FIELD(struct template_form, mode),
	FIELD(struct template_form, html_content, .max = TEMPLATE_HTML_MAX),
	FIELD(struct template_form, text_content, .max = TEMPLATE_TEXT_MAX),
	FIELD(struct template_form, sms_content, .max = TEMPLATE_SMS_MAX),
	FIELD(struct template_form, template_type, .choices = &template_types),
	FIELD(struct template_form, is_active),
	FIELD(struct template_form, rev),
};
static const struct record_type form_record = RECORD_TYPE("TemplateForm", struct template_form, form_fields);

/* What the form says, as a request; `given`: what it has. */
static struct template_request request_of(struct exchange *x, const struct editor *editor, struct strings *given) {
	static const char *designed[] = { "name",         "subject",     "preheader",     "category",  "tags",
		                              "text_content", "sms_content", "template_type", "is_active", "design" };
	static const char *written[] = { "name",         "subject",     "preheader",     "category",  "tags",
		                             "text_content", "sms_content", "template_type", "is_active", "html_content" };
	bool is_html = text_same(params_get(&x->form, "mode"), "html");
	const char *tags = params_get(&x->form, "tags"), *type = params_get(&x->form, "template_type");
	struct template_request request = { .name = params_get(&x->form, "name"),
		                                .subject = params_get(&x->form, "subject"),
		                                .preheader = params_get(&x->form, "preheader"),
		                                .category = params_get(&x->form, "category"),
		                                .tags = tag_split(x->arena, tags ? tags : ""),
		                                .text_content = form_text(x, "text_content"),
		                                .sms_content = form_text(x, "sms_content"),
		                                .is_active = params_get(&x->form, "is_active") != NULL,
		                                .rev = COUNT_NONE };
	int found = 0;
	if (type && choice_find(&template_types, type, &found))
		request.template_type = (unsigned)found;
	*given = is_html ? (struct strings){ written, sizeof written / sizeof *written }
	                 : (struct strings){ designed, sizeof designed / sizeof *designed };
	if (is_html) {
		request.html_content = form_text(x, "html_content");
		request.html_content = request.html_content ? request.html_content : "";
		return request;
	}
	BUF_AUTO json = { 0 };
	design_write(&editor->design, &json);
	request.design = arena_copy_bytes(x->arena, buf_text(&json), json.size);
	return request;
}

/* The state of the editor: from the form if one was sent, else from the template. */
static void read_editor(struct exchange *x, const struct template *template, struct editor *editor) {
	struct problems ignored = { 0 };
	struct error err = ERROR_INIT;
	*editor = (struct editor){ .selected = EDITOR_NOTHING };
	if (x->form.count) {
		editor_read(&x->form, x->arena, editor);
		return;
	}
	const char *design = template->design ? template->design : "{\"blocks\":[]}";
	(void)!design_read(design, strlen(design), x->arena, &editor->design, &ignored, &err);
	editor->selected = editor->design.count ? 0 : EDITOR_NOTHING;
}

static struct template_saying saying_of(struct exchange *x, struct strings given) {
	return (struct template_saying){ given, x->identity.user, x->now };
}

/* As it would be saved now. */
static bool typed_template(struct exchange *x, const struct template *before, const struct editor *editor,
                           struct template *after, struct problems *problems, struct problems *warnings,
                           struct error *err) {
	struct names names;
	struct strings given = { 0 };
	struct error problem = ERROR_INIT;
	struct template_request request = { .rev = COUNT_NONE };
	if (x->form.count)
		request = request_of(x, editor, &given);
	const struct template_saying saying = saying_of(x, given);
	if (!template_names(x->store, x->arena, &names, err))
		return false;
	(void)!template_say(before, &request, &saying, &names, x->arena, after, problems, warnings, &problem);
	return true;
}

static void put_fields(struct exchange *x, struct value *view, const struct template *shown) {
	part_field(x, view, "name", shown->name);
	part_field(x, view, "subject", shown->subject);
	part_field(x, view, "preheader", shown->preheader);
	part_field(x, view, "category", shown->category);
	part_field(x, view, "tags", strings_join(x->arena, &shown->tags, ", "));
	part_field(x, view, "html_content", shown->html_content);
	part_field(x, view, "text_content", shown->text_content);
	part_field(x, view, "sms_content", shown->sms_content);
	struct value *types = part_select(x, view, "template_type");
	for (int i = 0; i < TEMPLATE_TYPE_COUNT; i++)
		put_choice(types, template_types.names[i], template_type_labels[i], shown->template_type == (unsigned)i);
	value_put_bool(view, "is_active", shown->is_active);
}

static void put_size(struct value *view, const struct template *shown) {
	size_t bytes = shown->html_content ? strlen(shown->html_content) : 0;
	value_put_int(view, "kilobytes", (int64_t)(bytes + 999) / 1000);
	value_put_bool(view, "is_large", bytes > HTML_BYTES_WARN);
	value_put_bool(view, "has_html", bytes > 0);
}

static bool put_names(struct exchange *x, struct value *view, struct error *err) {
	struct names names;
	if (!template_names(x->store, x->arena, &names, err))
		return false;
	struct value *list = value_put(view, "names", value_list(x->arena));
	for (int i = 0; i < names.count; i++) {
		struct value *one = value_push(list, value_map(x->arena));
		value_put_text(one, "tag", arena_print(x->arena, "{{%s}}", names.items[i].name));
		value_put_text(one, "label", names.items[i].label);
	}
	return true;
}

static void put_differences(struct exchange *x, struct value *view, const struct template *stored,
                            const struct template *typed) {
	struct value *late = put_late(x, view);
	if (!stored->id)
		return;
	put_saved(late, "Name", stored->name, typed->name);
	put_saved(late, "Subject", stored->subject, typed->subject);
	put_saved(late, "Preheader", stored->preheader, typed->preheader);
	put_saved(late, "Category", stored->category, typed->category);
	put_saved(late, "Plain text", stored->text_content, typed->text_content);
	put_saved(late, "SMS", stored->sms_content, typed->sms_content);
	if (!text_same(stored->html_content, typed->html_content))
		put_saved(late, stored->design ? "Design" : "HTML",
		          arena_print(x->arena, "Version %lld", (long long)stored->rev), "What you see below");
}

/* `template`: stored, or a fresh one without an id. The problems are those that a refused save left in x->problems. */
/* The campaign for which it is designed, and to which its editor leads back; NULL: none. */
static const char *campaign_of(const struct exchange *x) {
	const char *typed = params_get(&x->form, "campaign"), *id = typed ? typed : params_get(&x->query, "campaign");
	return id && store_is_id(id) ? id : NULL;
}

static bool show_form(struct exchange *x, const struct template *template, struct editor *editor, struct error *err) {
	struct value *view = value_map(x->arena);
	struct template shown;
	struct problems problems = { 0 }, warnings = { 0 };
	const char *mode = params_get(&x->form, "mode");
	bool is_html = mode ? text_same(mode, "html") : !template->design;
	if (!typed_template(x, template, editor, &shown, &problems, &warnings, err) || !put_names(x, view, err) ||
	    !pictures_put(x, view, err))
		return false;
	for (int i = 0; i < x->problems.count && editor->selected != EDITOR_THEME; i++) {
		int block = editor_block_of(x->problems.items[i].field);
		if (block == EDITOR_NOTHING || block >= editor->design.count)
			continue;
		editor->selected = block;
		break;
	}
	value_put_bool(view, "is_new", !template->id);
	if (!template->id && !x->form.count) /* nothing was typed that could be wrong */
		problems.count = 0;
	if (template->id) {
		template_tabs(x, view, template, "edit");
		value_put_text(view, "rev",
		               x->problem                    ? exchange_revision(x, template->rev)
		               : params_get(&x->form, "rev") ? params_get(&x->form, "rev")
		                                             : arena_print(x->arena, "%lld", (long long)template->rev));
	}
	put_fields(x, view, &shown);
	put_size(view, &shown);
	put_differences(x, view, template, &shown);
	put_remarks(view, "errors", &problems);
	put_remarks(view, "warnings", &warnings);
	value_put_bool(view, "is_fine", problems.count == 0 && warnings.count == 0);
	value_put_bool(view, "is_html", is_html);
	const char *starter = x->form.count ? NULL : params_get(&x->query, "from");
	value_put_text(view, "stored_frame",
	               x->form.count           ? NULL
	               : template->id          ? arena_print(x->arena, "/templates/%s/frame", template->id)
	               : starter_find(starter) ? arena_print(x->arena, "/templates/starters/%s/frame", starter)
	                                       : NULL);
	value_put_bool(view, "more_open", problems_of(&x->problems, "category") || problems_of(&x->problems, "tags"));
	value_put_bool(view, "was_saved", template->id && !x->form.count && params_get(&x->query, "saved"));
	value_put_text(view, "campaign", campaign_of(x));
	editor_put(x, view, editor);
	return reply_page(x, "templates/editor", template->id ? template->name : "New template", "templates", view, err);
}

static bool need_starter(struct exchange *x, struct template *template, struct error *err) {
	const char *from = params_get(&x->query, "from");
	const struct template_saying saying = saying_of(x, (struct strings){ 0 });
	*template = template_fresh(NULL, &saying);
	if (text_is_empty(from) || text_same(from, "html"))
		return true;
	if (text_same(from, "blank")) {
		template->design = "{\"blocks\":[]}";
		return true;
	}
	const struct starter *starter = starter_find(from);
	if (!starter)
		return error_set(err, ERROR_MISSING, "no design %.80s", from);
	*template = starter_template(starter, x->arena);
	return true;
}

static bool show_new(struct exchange *x, struct error *err) {
	struct template template;
	struct editor editor;
	if (!x->form.count && text_is_empty(params_get(&x->query, "from"))) {
		struct value *view = value_map(x->arena);
		struct value *list = value_put(view, "starters", value_list(x->arena));
		value_put_text(view, "campaign", campaign_of(x));
		for (int i = 0; i < starter_count; i++) {
			struct value *one = value_push(list, value_map(x->arena));
			value_put_text(one, "key", starters[i].key);
			value_put_text(one, "name", starters[i].name);
			value_put_text(one, "description", starters[i].description);
		}
		return reply_page(x, "templates/starters", "New template", "templates", view, err);
	}
	if (!need_starter(x, &template, err))
		return false;
	read_editor(x, &template, &editor);
	return show_form(x, &template, &editor, err);
}

static bool show_edit(struct exchange *x, struct error *err) {
	struct template template;
	struct editor editor;
	if (!template_of_path(x, &template, err))
		return false;
	read_editor(x, &template, &editor);
	return show_form(x, &template, &editor, err);
}

/* The template that the form is about, or a fresh one. */
static bool template_of_form(struct exchange *x, struct template *template, struct error *err) {
	const char *id = params_get(&x->form, "template_id");
	const struct template_saying saying = saying_of(x, (struct strings){ 0 });
	*template = template_fresh(NULL, &saying);
	return text_is_empty(id) || template_need(x->store, id, x->arena, template, err);
}

/* The form after one of its buttons. */
static bool edit(struct exchange *x, struct error *err) {
	struct template template, shown;
	struct editor editor;
	struct problems problems = { 0 }, warnings = { 0 };
	const char *what = params_get(&x->form, "do");
	if (!template_of_form(x, &template, err) || !picture_use(x, what, err))
		return false;
	editor_read(&x->form, x->arena, &editor);
	if (text_same(what, "to-html")) {
		if (!typed_template(x, &template, &editor, &shown, &problems, &warnings, err))
			return false;
		for (int i = 0; i < x->form.count; i++) {
			struct param *param = &x->form.items[i];
			if (text_same(param->name, "mode"))
				param->value = "html";
			if (text_same(param->name, "html_content") && shown.html_content)
				param->value = shown.html_content;
		}
	}
	editor_do(&editor, what);
	return show_form(x, &template, &editor, err);
}

/* What is typed, in a frame. */
static bool show_typed(struct exchange *x, struct error *err) {
	struct template template, shown;
	struct editor editor;
	struct problems problems = { 0 }, warnings = { 0 };
	if (!template_of_form(x, &template, err))
		return false;
	editor_read(&x->form, x->arena, &editor);
	return typed_template(x, &template, &editor, &shown, &problems, &warnings, err) &&
	       reading_reply_frame(x, &shown, err);
}

static bool save(struct exchange *x, const struct template *before, const char *id, struct error *err) {
	const struct template_form *form = x->input;
	struct template after;
	struct editor editor;
	struct problems warnings = { 0 };
	struct names names;
	struct strings given;
	editor_read(&x->form, x->arena, &editor);
	struct template_request request = request_of(x, &editor, &given);
	const struct template_saying saying = saying_of(x, given);
	request.rev = form->rev;
	if (!template_names(x->store, x->arena, &names, err) ||
	    !template_say(before, &request, &saying, &names, x->arena, &after, &x->problems, &warnings, err))
		return false;
	after.id = id;
	bool fine = before->id ? template_save(x->store, before, &after, x->arena, err)
	                       : template_create(x->store, &after, x->arena, err);
	const char *campaign = campaign_of(x);
	return fine && reply_redirect(x, arena_print(x->arena, "/templates/%s?saved=1%s%s", id,
	                                             campaign ? "&campaign=" : "", campaign ? campaign : ""));
}

static bool create(struct exchange *x, struct error *err) {
	const struct template_saying saying = saying_of(x, (struct strings){ 0 });
	const struct template fresh = template_fresh(NULL, &saying);
	return save(x, &fresh, exchange_new_id(x), err);
}

static bool change(struct exchange *x, struct error *err) {
	struct template before;
	if (!template_of_path(x, &before, err))
		return false;
	if (save(x, &before, before.id, err))
		return true;
	return store_is_stale(err) && template_of_path(x, &before, err) &&
	       exchange_stale(x, &template_record, &before, err);
}

const struct route template_editor_routes[] = {
	{ "GET", "/templates/new", GUARD_SIGNED_IN, show_new },
	{ "GET", "/templates/:template_id", GUARD_SIGNED_IN, show_edit },
	{ "POST", "/templates/editor", GUARD_SIGNED_IN, edit, .body_limit = TEMPLATE_BODY },
	{ "POST", "/templates/frame", GUARD_SIGNED_IN, show_typed, .body_limit = TEMPLATE_BODY, .download = true },
	{ "POST", "/templates", GUARD_SIGNED_IN, create, .input = &form_record, .form = show_new, .creates = true,
	  .body_limit = TEMPLATE_BODY },
	{ "POST", "/templates/:template_id", GUARD_SIGNED_IN, change, .input = &form_record, .form = show_edit,
	  .body_limit = TEMPLATE_BODY },
	{ 0 },
};
