/* The emails of a campaign that was sent, and one of them, as pages; and sending again those of which nobody knows. */
#include <string.h>

#include "campaigns/campaign.h"
#include "console/campaign_address.h"
#include "console/message_listing.h"
#include "console/message_pages.h"
#include "console/single_mail_view_pages.h"
#include "core/http/parts.h"
#include "dispatch/again.h"
#include "dispatch/message_words.h"
#include "dispatch/progress.h"
#include "dispatch/returned.h"

enum { ROWS = 50 };

static const char *when_text(const struct exchange *x, const struct sent_message *message) {
	struct moment at = moment_is_set(message->sent_at)      ? message->sent_at
	                   : moment_is_set(message->settled_at) ? message->settled_at
	                                                        : message->handed_at;
	return moment_is_set(at) ? text_of_moment_near(x->arena, at, x->now) : NULL;
}

static const char *status_class(unsigned state) {
	static const char *const classes[MESSAGE_STATE_COUNT] = {
		[MESSAGE_PENDING] = "draft",   [MESSAGE_HANDING] = "sending", [MESSAGE_DEFERRED] = "draft",
		[MESSAGE_ACCEPTED] = "sent",   [MESSAGE_FAILED] = "error",    [MESSAGE_SUPPRESSED] = "draft",
		[MESSAGE_CANCELLED] = "draft", [MESSAGE_UNCERTAIN] = "error",
	};
	return classes[state];
}

/* How one that was sent came back; NULL: it did not. */
static const char *back_label(const struct came_back *back) {
	return moment_is_set(back->complained_at) ? "Complaint"
	       : !moment_is_set(back->bounced_at) ? NULL
	       : back->is_hard                    ? "Hard bounce"
	                                          : "Soft bounce";
}

/* What is the same on both pages. */
static void put_message(const struct exchange *x, struct value *view, const struct sent_message *message,
                        const struct came_back *back) {
	char name[MESSAGE_NAME];
	const char *came_back = back_label(back);
	struct moment back_at = moment_is_set(back->complained_at) ? back->complained_at : back->bounced_at;
	const char *error = message_error(message, x->arena);
	message_name(message->campaign_id, message->block, message->index, name);
	value_put_text(view, "name", arena_copy(x->arena, name));
	value_put_text(view, "to", message->to_email);
	value_put_text(view, "contact", message->contact_id);
	value_put_text(view, "state_label", came_back ? came_back : message_state_labels[message->status]);
	value_put_text(view, "class", came_back ? "error" : status_class(message->status));
	value_put_text(view, "back",
	               came_back
	                   ? arena_print(x->arena, "%s %s", moment_is_set(back->complained_at) ? "Complained" : "Came back",
	                                 text_of_moment_near(x->arena, back_at, x->now))
	                   : NULL);
	value_put_text(view, "when", when_text(x, message));
	value_put_text(view, "said", error ? text_straight(x->arena, text_clean(x->arena, error)) : NULL);
	value_put_text(view, "next",
	               moment_is_set(message->due_at) ? text_of_moment_near(x->arena, message->due_at, x->now) : NULL);
	value_put_text(view, "attempts", text_of_count(x->arena, message->attempts));
	value_put_bool(view, "is_uncertain", message->status == MESSAGE_UNCERTAIN);
	value_put_bool(view, "can_retry",
	               message->status == MESSAGE_FAILED && again_is_possible(MESSAGE_FAILED, message->reason));
}

#define TAB(state) choice_name(&message_states, state), message_state_labels[state]

static void put_tabs(struct exchange *x, struct value *view, const struct progress *progress,
                     const struct returned_counts *returns, const char *path) {
	const struct {
		const char *word, *label;
		int64_t count;
	} tabs[] = {
		{ TAB(MESSAGE_ACCEPTED), progress->accepted },
		{ "bounced", "Bounced", returns->of[RETURNED_HARD] + returns->of[RETURNED_SOFT] },
		{ "complained", "Complaints", returns->of[RETURNED_COMPLAINED] },
		{ TAB(MESSAGE_PENDING), progress->pending },
		{ TAB(MESSAGE_DEFERRED), progress->deferred },
		{ TAB(MESSAGE_FAILED), progress->failed },
		{ TAB(MESSAGE_UNCERTAIN), progress->uncertain },
		{ TAB(MESSAGE_SUPPRESSED), progress->suppressed },
		{ TAB(MESSAGE_CANCELLED), progress->cancelled },
	};
	const char *asked = params_get(&x->query, "state");
	part_tab(view, "All", path, text_of_count(x->arena, progress_total(progress)), text_is_empty(asked));
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++)
		if (tabs[i].count > 0 || text_same(tabs[i].word, asked))
			part_tab(view, tabs[i].label, arena_print(x->arena, "%s?state=%s", path, tabs[i].word),
			         text_of_count(x->arena, tabs[i].count), text_same(tabs[i].word, asked));
}

static void put_campaign(struct value *view, const struct campaign *campaign) {
	value_put_text(view, "campaign", campaign->id);
	value_put_text(view, "campaign_name", campaign_name(campaign));
}

/* Whose message is asked for; *nobody: no contact has this address. */
static bool read_address(struct exchange *x, struct value *view, struct messages_query *query, bool *nobody,
                         struct error *err) {
	const char *to = params_get(&x->query, "to");
	struct contact *contacts;
	int count = 0;
	*nobody = false;
	value_put_text(view, "asked", text_is_empty(to) ? NULL : to);
	if (text_is_empty(to))
		return true;
	const char *norm = contact_norm(x->arena, text_trim(x->arena, to));
	if (!contact_find_by_addresses(x->store, &(struct strings){ &norm, 1 }, x->arena, &contacts, &count, err))
		return false;
	*nobody = count == 0;
	query->contact_id = count ? contacts[0].id : NULL;
	return true;
}

static bool show_list(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena), *rows = value_put(view, "emails", value_list(x->arena));
	struct campaign campaign;
	struct progress progress;
	struct messages_page page = { 0 };
	struct messages_query query = { .cursor = params_get(&x->query, "cursor"), .limit = ROWS };
	struct returned_counts returns;
	struct came_back *back;
	bool nobody;
	if (!campaign_of_path(x, &campaign, err) || !message_listing_asked(x, err) ||
	    !progress_read(x->store, campaign.id, x->arena, &progress, err) || !read_address(x, view, &query, &nobody, err))
		return false;
	query.campaign_id = campaign.id;
	if ((!nobody && !message_listing(x, &query, &page, err)) ||
	    !returned_of(x->store, page.rows, page.count, x->arena, &back, err) ||
	    !returned_count(x->store, campaign.id, &returns, err))
		return false;
	for (int i = 0; i < page.count; i++)
		put_message(x, value_push(rows, value_map(x->arena)), &page.rows[i], &back[i]);
	const char *path = arena_print(x->arena, "/campaigns/%s/messages", campaign.id),
			   *state = params_get(&x->query, "state");
	put_campaign(view, &campaign);
	put_tabs(x, view, &progress, &returns, path);
	value_put_bool(view, "none", page.count == 0);
	value_put_text(view, "state", text_is_empty(state) ? NULL : state);
	value_put_text(view, "uncertain",
	               progress.uncertain > 0 ? text_of_counted(x->arena, progress.uncertain, "email", "emails") : NULL);
	value_put_bool(view, "failed",
	               progress.failed > 0 && text_same(state, choice_name(&message_states, MESSAGE_FAILED)));
	value_put_text(view, "next",
	               page.next ? arena_print(x->arena, "%s?%s%s%scursor=%s", path,
	                                       text_is_empty(state) ? "" : "state=", text_is_empty(state) ? "" : state,
	                                       text_is_empty(state) ? "" : "&", page.next)
	                         : NULL);
	value_put_bool(view, "has_pages", page.next || !text_is_empty(query.cursor));
	value_put_text(view, "first", text_is_empty(query.cursor) ? NULL : exchange_address(x, path, "cursor", NULL));
	value_put_text(view, "csv",
	               arena_print(x->arena, "%s.csv%s%s", path,
	                           text_is_empty(state) ? "" : "?state=", text_is_empty(state) ? "" : state));
	return reply_page(x, "console/messages", arena_print(x->arena, "%s: emails", campaign_name(&campaign)), "outbox",
	                  view, err);
}

/* --- one of them --- */

static bool find_message(struct exchange *x, struct message_found *found, struct copier *copier,
                         const struct recipient **person, struct error *err) {
	if (!message_find(x->store, x->values[0], x->arena, found, err) ||
	    !message_copier(x->settings, x->store, found->message.campaign_id, x->arena, copier, err))
		return false;
	*person = &((const struct recipient *)found->block.people.items)[found->message.index];
	return true;
}

static void put_history(const struct exchange *x, struct value *view, const struct message_found *found) {
	struct value *rows = value_put(view, "history", value_list(x->arena));
	for (int i = 0; i < found->line_count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		const char *words = message_line_words(&found->lines[i], x->arena);
		value_put_text(row, "at", text_of_moment(x->arena, found->lines[i].at));
		value_put_text(row, "words", text_straight(x->arena, text_clean(x->arena, words)));
	}
	value_put_bool(view, "has_history", rows->count > 0);
}

static bool put_one(struct exchange *x, struct value *view, const char **title, struct error *err) {
	struct message_found found;
	struct campaign campaign;
	struct copier copier;
	struct mail_copy copy;
	const struct recipient *person;
	bool is_there;
	struct came_back *back;
	if (!find_message(x, &found, &copier, &person, err) ||
	    !returned_of(x->store, &found.message, 1, x->arena, &back, err) ||
	    !copy_read(&copier, person, &found.message, COPY_INERT, x->arena, &copy, err) ||
	    !campaign_find(x->store, found.message.campaign_id, x->arena, &campaign, &is_there, err))
		return false;
	put_message(x, view, &found.message, back);
	put_history(x, view, &found);
	value_put_text(view, "campaign", is_there ? campaign.id : NULL);
	value_put_text(view, "campaign_name", is_there ? campaign_name(&campaign) : NULL);
	value_put_text(view, "from", copy.from_email);
	value_put_bool(view, "has_html", copy.html != NULL);
	value_put_text(view, "text", copy.text ? text_drawable(x->arena, copy.text) : NULL);
	value_put_bool(view, "is_erased", !person->contact_id);
	*title = text_is_empty(copy.subject) ? "Email" : text_clean(x->arena, copy.subject);
	value_put_text(view, "subject", *title);
	return true;
}

static bool show_one(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct single_mail single;
	const char *title;
	bool is_single;
	if (!single_mail_find(x->store, x->values[0], x->arena, &single, &is_single, err))
		return false;
	return is_single ? single_mail_show(x, &single, err)
	                 : put_one(x, view, &title, err) && reply_page(x, "console/message", title, "outbox", view, err);
}

/* In a frame, in which nothing of it runs (deploy/nginx.conf.in). Looking at it counts as no open, and nothing in it
 * leads to what would be counted. */
static bool show_frame(struct exchange *x, struct error *err) {
	struct message_found found;
	struct copier copier;
	struct mail_copy copy;
	const struct recipient *person;
	if (!find_message(x, &found, &copier, &person, err) ||
	    !copy_read(&copier, person, &found.message, COPY_INERT, x->arena, &copy, err))
		return false;
	const char *html = arena_print(x->arena, "<base target=\"_blank\">%s",
	                               copy.html ? copy.html : "This email has no HTML.");
	return reply_bytes(x, "text/html; charset=utf-8", html, strlen(html));
}

static bool show_source(struct exchange *x, struct error *err) {
	struct message_found found;
	struct copier copier;
	const struct recipient *person;
	return find_message(x, &found, &copier, &person, err) &&
	       copy_source(x->store, &copier, person, &found.message, x->arena, &x->body, err) &&
	       reply_bytes(x, "text/plain; charset=utf-8", arena_copy_bytes(x->arena, buf_text(&x->body), x->body.size),
	                   x->body.size);
}

/* --- sending again --- */

static struct again again_of(const struct exchange *x) {
	return (struct again){ x->store, x->arena, x->identity.user, x->now };
}

static bool reply_again(struct exchange *x, const char *page, int64_t count, const char *message) {
	struct value *answer = value_map(x->arena);
	value_put_int(answer, "count", count);
	value_put_text(answer, "message", message);
	return reply_done(x, page, answer);
}

static bool send_again(struct exchange *x, struct error *err) {
	const struct again again = again_of(x);
	return again_one(&again, x->values[0], err) &&
	       reply_again(x, arena_print(x->arena, "/emails/%s", x->values[0]), 1, "The email is sent again");
}

static bool send_all(struct exchange *x, enum again_what what, const char *state, struct error *err) {
	const struct again again = again_of(x);
	struct campaign campaign;
	int64_t count;
	bool more;
	if (!campaign_of_path(x, &campaign, err) || !again_all(&again, campaign.id, what, &count, &more, err))
		return false;
	const char *are = text_of_counted(x->arena, count, "email is", "emails are");
	return reply_again(x, arena_print(x->arena, "/campaigns/%s/messages?state=%s", campaign.id, state), count,
	                   arena_print(x->arena, more ? "%s sent again; there are more: ask again" : "%s sent again", are));
}

static bool send_all_again(struct exchange *x, struct error *err) {
	return send_all(x, AGAIN_UNCERTAIN, "uncertain", err);
}

static bool retry_failed(struct exchange *x, struct error *err) {
	return send_all(x, AGAIN_FAILED, "failed", err);
}

/* What a page asks before sending again. */
struct again_question {
	enum again_what what;
	const char *state, *first, *second;
};

static bool confirm_again(struct exchange *x, const struct again_question *asked, struct error *err) {
	struct campaign campaign;
	struct progress progress;
	if (!campaign_of_path(x, &campaign, err) || !progress_read(x->store, campaign.id, x->arena, &progress, err))
		return false;
	const char *uncertain = text_of_counted(x->arena, progress.uncertain, "uncertain email", "uncertain emails");
	bool failed = asked->what == AGAIN_FAILED;
	if ((failed ? progress.failed : progress.uncertain) == 0)
		return reply_redirect(x, arena_print(x->arena, "/campaigns/%s/messages?state=%s", campaign.id, asked->state));
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Send %s of “%s” again?", failed ? "the failed emails" : uncertain,
		                        campaign_name(&campaign)),
		.lines = { asked->first, asked->second },
		.button = "Send again",
		.back = arena_print(x->arena, "/campaigns/%s/messages", campaign.id),
		.place = "Emails",
		.active = "outbox",
	};
	return reply_confirm(x, &confirm, err);
}

static bool confirm_all(struct exchange *x, struct error *err) {
	static const struct again_question asked = { AGAIN_UNCERTAIN, "uncertain",
		                                         "They were handed over, and no answer came: each may have arrived.",
		                                         "Whoever got theirs gets it a second time." };
	return confirm_again(x, &asked, err);
}

static bool confirm_retry(struct exchange *x, struct error *err) {
	static const struct again_question asked = { AGAIN_FAILED, "failed",
		                                         "They have up to four tries each, as at first.",
		                                         "Those whose address does not exist or is not valid are left out." };
	return confirm_again(x, &asked, err);
}

#define AGAIN_SHAPE "count:count message:text"

const struct route message_view_routes[] = {
	{ "GET", "/campaigns/:campaign_id/messages", GUARD_SIGNED_IN, show_list },
	{ "GET", "/campaigns/:campaign_id/messages/again", GUARD_SIGNED_IN, confirm_all },
	{ "POST", "/campaigns/:campaign_id/messages/again", GUARD_SIGNED_IN, send_all_again, .creates = true },
	{ "POST", "/api/campaigns/:campaign_id/emails/again", GUARD_SIGNED_IN, send_all_again,
	  .summary = "Send again all emails that were handed over without an answer: up to 1,000 at a time",
	  .shape = AGAIN_SHAPE, .creates = true },
	{ "GET", "/campaigns/:campaign_id/messages/retry", GUARD_SIGNED_IN, confirm_retry },
	{ "POST", "/campaigns/:campaign_id/messages/retry", GUARD_SIGNED_IN, retry_failed, .creates = true },
	{ "POST", "/api/campaigns/:campaign_id/emails/retry", GUARD_SIGNED_IN, retry_failed,
	  .summary = "Send again all emails that failed for another reason than their address: up to 1,000 at a time",
	  .shape = AGAIN_SHAPE, .creates = true },
	{ "GET", "/emails/:email_id", GUARD_SIGNED_IN, show_one },
	{ "GET", "/emails/:email_id/frame", GUARD_SIGNED_IN, show_frame, .download = true },
	{ "GET", "/emails/:email_id/source", GUARD_SIGNED_IN, show_source, .download = true },
	{ "POST", "/emails/:email_id/again", GUARD_SIGNED_IN, send_again, .creates = true },
	{ "POST", "/api/emails/:email_id/again", GUARD_SIGNED_IN, send_again,
	  .summary = "Send an email again that was handed over without an answer, or failed for another reason than its "
	             "address",
	  .shape = AGAIN_SHAPE, .creates = true },
	{ 0 },
};
