/* Single emails as pages: whether each was sent. What they say is not shown, as it may be a password or a code. */
#include "console/single_mail_view_pages.h"

#include "connections/connection.h"
#include "core/http/parts.h"
#include "dispatch/single_mail_pages.h"

enum { ROWS = 50, COUNTED_MAX = 10000 };

/* The colours of the states of a campaign's emails. */
static const char *const classes[SINGLE_MAIL_STATES] = { "draft", "sent", "error", "draft" };

static void put_mail(const struct exchange *x, struct value *view, const struct single_mail *mail) {
	value_put_text(view, "id", mail->id);
	value_put_text(view, "to", mail->to);
	value_put_text(view, "contact", mail->contact_id);
	value_put_text(view, "state_label", single_mail_state_labels[mail->status]);
	value_put_text(view, "class", classes[mail->status]);
	value_put_text(view, "said", mail->error ? text_straight(x->arena, text_clean(x->arena, mail->error)) : NULL);
	value_put_text(view, "asked_at", text_of_moment_near(x->arena, mail->created_at, x->now));
	value_put_text(view, "sent_at",
	               moment_is_set(mail->sent_at) ? text_of_moment_near(x->arena, mail->sent_at, x->now) : NULL);
	value_put_text(view, "asked_by", mail->created_by);
}

/* NULL: none, or of those that were sent, which nobody looks for by their number. */
static bool state_count(const struct exchange *x, enum single_mail_state state, const char **text, struct error *err) {
	int64_t count = 0;
	*text = NULL;
	if (state == SINGLE_MAIL_SENT)
		return true;
	if (!single_mails_count(x->store, state, COUNTED_MAX, &count, err))
		return false;
	const char *number = text_of_count(x->arena, count);
	*text = count == 0 ? NULL : count < COUNTED_MAX ? number : arena_print(x->arena, "%s+", number);
	return true;
}

static bool put_tabs(const struct exchange *x, struct value *view, struct error *err) {
	const char *asked = params_get(&x->query, "status"), *count;
	part_tab(view, "All", exchange_address(x, "/emails", "status", NULL), NULL, text_is_empty(asked));
	for (int state = 0; state < SINGLE_MAIL_STATES; state++) {
		const char *word = choice_name(&single_mail_states, state);
		if (!state_count(x, (enum single_mail_state)state, &count, err))
			return false;
		part_tab(view, single_mail_state_labels[state], exchange_address(x, "/emails", "status", word), count,
		         text_same(word, asked));
	}
	return true;
}

static bool show_list(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena), *rows = value_put(view, "emails", value_list(x->arena));
	struct page page;
	if (!single_mails_asked(x, ROWS, &page, err) || !put_tabs(x, view, err))
		return false;
	const struct single_mail *mails = page.rows.items;
	for (int i = 0; i < page.rows.count; i++)
		put_mail(x, value_push(rows, value_map(x->arena)), &mails[i]);
	const char *status = params_get(&x->query, "status"), *to = params_get(&x->query, "to"),
			   *cursor = params_get(&x->query, "cursor");
	value_put_text(view, "status", text_is_empty(status) ? NULL : status);
	value_put_text(view, "asked", text_is_empty(to) ? NULL : to);
	value_put_bool(view, "none", page.rows.count == 0);
	value_put_bool(view, "filtered", !text_is_empty(status) || !text_is_empty(to));
	value_put_bool(view, "has_pages", page.next || !text_is_empty(cursor));
	value_put_text(view, "first", text_is_empty(cursor) ? NULL : exchange_address(x, "/emails", "cursor", NULL));
	value_put_text(view, "next", page.next ? exchange_address(x, "/emails", "cursor", page.next) : NULL);
	return reply_page(x, "console/single_mails", "Single emails", "outbox", view, err);
}

static bool put_connection(struct exchange *x, struct value *view, const struct single_mail *mail, struct error *err) {
	struct connection connection;
	bool found = false;
	if (mail->account_id && !connection_find(x->store, mail->account_id, x->arena, &connection, &found, err))
		return false;
	value_put_text(view, "connection", !mail->account_id ? "default" : found ? connection.name : "deleted since");
	return true;
}

bool single_mail_show(struct exchange *x, const struct single_mail *mail, struct error *err) {
	struct value *view = value_map(x->arena);
	if (!mail->to)
		return error_set(err, ERROR_MISSING, "There is no such email");
	put_mail(x, view, mail);
	value_put_text(view, "from", mail->from);
	value_put_text(view, "attempts", text_of_count(x->arena, mail->attempts));
	value_put_text(view, "kept", text_of_moment(x->arena, mail->expires_at));
	value_put_bool(view, "failed", mail->status == SINGLE_MAIL_FAILED);
	value_put_bool(view, "suppressed", mail->status == SINGLE_MAIL_SUPPRESSED);
	return put_connection(x, view, mail, err) &&
	       reply_page(x, "console/single_mail", "Single email", "outbox", view, err);
}

const struct route single_mail_view_routes[] = {
	{ "GET", "/emails", GUARD_SIGNED_IN, show_list },
	{ 0 },
};
