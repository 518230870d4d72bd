/* Opening the sign-up form of a list, and what it asks. */
#include "audience/lists/list_lookup_pages.h"
#include "audience/lists/own_list.h"
#include "core/http/parts.h"
#include "subscribing/confirmation.h"
#include "subscribing/signup.h"
#include "subscribing/signup_pages.h"

static bool need_list(struct exchange *x, struct list *list, struct error *err) {
	return list_need_static(x, list, "Only lists to which contacts are added one by one have a sign-up form", err);
}

/* A form without one is closed, and asks nothing yet. */
static bool read_form(struct exchange *x, const struct list *list, struct signup_form *form, struct error *err) {
	bool found;
	if (!signup_of_list(x->store, list->id, x->arena, form, &found, err))
		return false;
	if (!found) {
		record_clear(&signup_record, form);
		form->id = list->id;
	}
	return true;
}

/* Without a sender, nobody who signs up would hear anything. */
static bool can_send(struct exchange *x, bool *can, struct error *err) {
	return confirmation_can_send(x->store, x->settings, x->arena, can, err);
}

static bool put_fields(struct exchange *x, struct value *view, const struct signup_form *form, struct error *err) {
	struct value *rows = value_put(view, "fields", value_list(x->arena));
	const struct strings chosen = x->problem ? params_all(&x->form, "fields", x->arena) : form->fields;
	struct rows definitions;
	if (!definition_list(x->store, x->arena, &definitions, err))
		return false;
	const struct rows all = signup_fields(&definitions, x->arena);
	const struct signup_field *fields = all.items;
	for (int i = 0; i < all.count; i++)
		put_choice(rows, fields[i].name, fields[i].label, strings_have(&chosen, fields[i].name));
	return true;
}

/* What somebody pastes into a page of theirs. */
static const char *snippet(struct exchange *x, const struct signup_form *form, const char *address) {
	BUF_AUTO words = { 0 };
	html_escape(&words, signup_words(form)->text);
	return arena_print(x->arena,
	                   "<form method=\"post\" action=\"%s\">\n"
	                   "  <label>Email <input type=\"email\" name=\"email\" required maxlength=\"254\"></label>\n"
	                   "  <label><input type=\"checkbox\" name=\"agree\" value=\"1\" required> %s</label>\n"
	                   "  <input name=\"website\" tabindex=\"-1\" autocomplete=\"off\" hidden aria-hidden=\"true\">\n"
	                   "  <button>Subscribe</button>\n"
	                   "</form>",
	                   address, buf_text(&words));
}

static void put_address(struct exchange *x, struct value *view, const struct signup_form *form) {
	bool is_there = form->is_open && form->key && signup_words(form);
	const char *address = is_there ? arena_print(x->arena, "%s/s/%s", x->settings->public_url, form->key) : NULL;
	value_put_text(view, "address", address);
	value_put_text(view, "path", is_there ? arena_print(x->arena, "/s/%s", form->key) : NULL);
	value_put_text(view, "snippet", is_there ? snippet(x, form, address) : NULL);
}

static void put_texts(struct exchange *x, struct value *view, const struct signup_form *form) {
	struct value *rows = value_put(view, "texts", value_list(x->arena));
	const struct signup_text *texts = form->texts.items;
	for (int i = form->texts.count - 1; i >= 0; i--) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_int(row, "version", texts[i].version);
		value_put_text(row, "text", texts[i].text);
		value_put_text(row, "by", text_of_author(x->arena, texts[i].by));
		value_put_text(row, "day", text_of_day_near(x->arena, texts[i].at, x->now));
	}
	value_put_bool(view, "has_texts", form->texts.count > 0);
}

/* What people could agree to, until somebody has written it. */
static const char *proposed_consent(const struct exchange *x, const struct list *list) {
	const char *name = text_is_empty(list->public_name) ? list->name : list->public_name;
	const char *from = x->settings->organisation;
	return arena_print(x->arena,
	                   "I want to get “%s”%s%s by email. I can unsubscribe at any time with the link in each email.",
	                   name, text_is_empty(from) ? "" : " from ", text_is_empty(from) ? "" : from);
}

static const char *const done_words[][2] = { { "saved", "Form saved" },
	                                         { "open", "Form saved: it is open" },
	                                         { NULL } };

static bool show(struct exchange *x, struct error *err) {
	struct list list;
	struct signup_form form;
	struct value *view = value_map(x->arena);
	bool can;
	if (!need_list(x, &list, err) || !read_form(x, &list, &form, err) || !can_send(x, &can, err))
		return false;
	const struct signup_text *words = signup_words(&form);
	struct value *late = put_late(x, view);
	value_put_text(view, "list_id", list.id);
	value_put_text(view, "list_name", list.name);
	value_put_bool(view, "is_open", x->problem ? params_get(&x->form, "is_open") != NULL : form.is_open);
	value_put_bool(view, "was_open", form.is_open);
	value_put_bool(view, "can_send", can);
	part_control(x, view, late, "intro", "Introduction", form.intro);
	part_control(x, view, late, "consent", "What people agree to", words ? words->text : proposed_consent(x, &list));
	value_put_text(view, "done", exchange_done(x, done_words));
	value_put_text(view, "rev", form.rev == COUNT_NONE ? "" : exchange_revision(x, form.rev));
	put_address(x, view, &form);
	put_texts(x, view, &form);
	return put_fields(x, view, &form, err) &&
	       reply_page(x, "subscribing/signup_edit", arena_print(x->arena, "Sign-up form of %s", list.name), "lists",
	                  view, err);
}

static bool save(struct exchange *x, struct error *err) {
	const struct signup_request *request = x->input;
	struct list list;
	struct signup_form before, after;
	struct rows definitions;
	bool can;
	if (!need_list(x, &list, err) || !read_form(x, &list, &before, err) || !can_send(x, &can, err) ||
	    !definition_list(x->store, x->arena, &definitions, err))
		return false;
	const struct rows all = signup_fields(&definitions, x->arena);
	if (!signup_say(&before, request, &all, x->identity.user, x->now, x->arena, &after, err))
		return false;
	if (after.is_open && !can)
		return error_field(err, "is_open", "Nothing can be sent yet: connect a mail server with a sender first");
	if (signup_save(x->store, &after, x->arena, err))
		return reply_redirect(x, arena_print(x->arena, "/lists/%s/form?done=%s", list.id,
		                                     after.is_open ? "open" : "saved"));
	return store_is_stale(err) && exchange_stale(x, &signup_record, &before, err);
}

const struct route signup_edit_routes[] = {
	{ "GET", "/lists/:list_id/form", GUARD_SIGNED_IN, show },
	{ "POST", "/lists/:list_id/form", GUARD_SIGNED_IN, save, .input = &signup_request_record, .form = show },
	{ 0 },
};
