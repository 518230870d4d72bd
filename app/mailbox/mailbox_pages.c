/* The demo mailbox as pages: what arrived, and one email. */
#include "mailbox/mailbox_pages.h"

#include <string.h>

#include "core/http/parts.h"
#include "mailbox/mailbox.h"

static char *size_text(struct arena *arena, int64_t bytes) {
	return bytes < 1000 * 1000 ? arena_print(arena, "%lld\u00a0kB", (long long)(bytes + 999) / 1000)
	                           : arena_print(arena, "%.1f\u00a0MB", (double)bytes / 1e6);
}

/* What senders wrote is shown as it reads, without turning the direction of what follows. */
static void put_straight(struct value *view, const char *name, const char *text) {
	value_put_text(view, name, text_straight(view->arena, text_clean(view->arena, text)));
}

static void put_mail(const struct exchange *x, struct value *view, const struct mailbox_mail *mail) {
	value_put_int(view, "id", mail->id);
	value_put_text(view, "when", text_of_moment(x->arena, mail->at));
	value_put_text(view, "near", text_of_moment_near(x->arena, mail->at, x->now));
	put_straight(view, "from", mail->from);
	put_straight(view, "to", mail->to);
	put_straight(view, "subject", mail->subject);
	put_straight(view, "sender", mail->sender);
	value_put_text(view, "size", size_text(x->arena, mail->size));
	value_put_bool(view, "answered", mail->answered);
	value_put_bool(view, "kept", mail->kept);
}

static bool show_list(struct exchange *x, struct error *err) {
	const char *to = params_get(&x->query, "to");
	struct value *view = value_map(x->arena), *rows = value_put(view, "mails", value_list(x->arena));
	struct mailbox_page found;
	int page;
	if (!part_page(x, &page, err) || !mailbox_list(x->settings, to, page, x->arena, &found, err))
		return false;
	for (int i = 0; i < found.count; i++)
		put_mail(x, value_push(rows, value_map(x->arena)), &found.items[i]);
	value_put_text(view, "asked", text_is_empty(to) ? NULL : to);
	value_put_bool(view, "none", found.count == 0);
	part_pager(x, view,
	           &(struct part_pages){
				   .page = page, .rows = MAILBOX_ROWS, .matched = found.matched, .one = "email", .many = "emails" });
	return reply_page(x, "mailbox/mailbox", "Demo mailbox", "mailbox", view, err);
}

static void put_headers(struct value *view, const struct value *headers) {
	struct value *rows = value_put(view, "headers", value_list(view->arena));
	for (const struct value *one = headers->first; one; one = one->next) {
		if (one->kind != VALUE_LIST || one->count != 2 || one->first->kind != VALUE_TEXT ||
		    one->last->kind != VALUE_TEXT)
			continue;
		struct value *row = value_push(rows, value_map(view->arena));
		put_straight(row, "name", one->first->text);
		put_straight(row, "value", one->last->text);
	}
	value_put_bool(view, "has_headers", rows->count > 0);
}

static void put_attachments(struct value *view, const struct value *attachments) {
	struct value *rows = value_put(view, "attachments", value_list(view->arena));
	for (const struct value *one = attachments->first; one; one = one->next) {
		const char *name = value_get_text(one, "name"), *type = value_get_text(one, "type");
		struct value *row = value_push(rows, value_map(view->arena));
		put_straight(row, "name", text_is_empty(name) ? "without a name" : name);
		put_straight(row, "type", type ? type : "");
		value_put_text(row, "size", size_text(view->arena, value_get_int(one, "size", 0)));
	}
	value_put_bool(view, "has_attachments", rows->count > 0);
}

static bool show_mail(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct mailbox_mail mail;
	if (!mailbox_find(x->settings, x->values[0], x->arena, &mail, err))
		return false;
	put_mail(x, view, &mail);
	put_headers(view, mail.headers);
	put_attachments(view, mail.attachments);
	value_put_bool(view, "has_html", !text_is_empty(mail.html));
	value_put_text(view, "text", text_is_empty(mail.text) ? NULL : text_drawable(x->arena, mail.text));
	const char *subject = text_is_empty(mail.subject) ? "Without a subject" : mail.subject;
	return reply_page(x, "mailbox/mail", text_clean(x->arena, subject), "mailbox", view, err);
}

/* Shown in a frame, in which nothing of it runs (deploy/nginx.conf.in). Links open elsewhere. */
static bool show_frame(struct exchange *x, struct error *err) {
	struct mailbox_mail mail;
	if (!mailbox_find(x->settings, x->values[0], x->arena, &mail, err))
		return false;
	const char *html = text_is_empty(mail.html) ? "This email has no HTML." : mail.html;
	html = arena_print(x->arena, "<base target=\"_blank\">%s", html);
	return reply_bytes(x, "text/html; charset=utf-8", html, strlen(html));
}

static bool show_source(struct exchange *x, struct error *err) {
	struct bytes source;
	return mailbox_source(x->settings, x->values[0], x->arena, &source, err) &&
	       reply_bytes(x, "text/plain; charset=utf-8", source.data, source.size);
}

const struct route mailbox_routes[] = {
	{ "GET", "/mailbox", GUARD_SIGNED_IN, show_list },
	{ "GET", "/mailbox/:mail_id", GUARD_SIGNED_IN, show_mail },
	{ "GET", "/mailbox/:mail_id/frame", GUARD_SIGNED_IN, show_frame, .download = true },
	{ "GET", "/mailbox/:mail_id/source", GUARD_SIGNED_IN, show_source, .download = true },
	{ 0 },
};
