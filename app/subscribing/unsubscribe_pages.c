/* Unsubscribing. GET changes nothing, as scanners of mail follow every link; a POST does at once what the link says,
 * whatever stands in its body, because that is all that mail programs send. */
#include "subscribing/unsubscribe_pages.h"

#include "answering/link_keys.h"
#include "answering/recording.h"
#include "answering/tracking_pages.h"
#include "answering/unsubscribing.h"
#include "subscribing/confirmation.h"

/* How things stand: one of these is true. */
static void put_state(struct value *view, const struct leaver *leaver, bool asks_again, bool was_asked) {
	bool is_nobody = !leaver->contact_id;
	bool is_out = is_nobody || leaver->has_left_all;
	bool is_off = !is_out && leaver->list_id && leaver->has_left_list;
	bool has_left = !is_nobody && (is_out || is_off);
	bool is_asking = asks_again && has_left, is_asked = was_asked && has_left;
	value_put_bool(view, "is_asked", is_asked);
	value_put_bool(view, "asks_again", is_asking);
	value_put_bool(view, "is_nobody", is_nobody);
	value_put_bool(view, "has_left_all", !is_nobody && is_out && !is_asking && !is_asked);
	value_put_bool(view, "has_left_list", is_off && !is_asking && !is_asked);
	value_put_bool(view, "is_list_gone", !is_out && leaver->is_list_gone);
	value_put_bool(view, "asks_list", !is_out && leaver->list_id && !is_off);
	value_put_bool(view, "asks_all", !is_out && !leaver->list_id && !leaver->is_list_gone);
}

static bool reply_state(struct exchange *x, const struct leaver *leaver, const char *done, struct error *err) {
	struct value *view = value_map(x->arena);
	const char *organisation = x->settings->organisation;
	put_state(view, leaver, !done && params_get(&x->query, "again"), text_same(done, "asked"));
	value_put_text(view, "done", done);
	value_put_text(view, "list", leaver->list_name);
	value_put_text(view, "email", leaver->email);
	value_put_bool(view, "is_blocked", leaver->is_blocked);
	value_put_text(view, "organisation", text_is_empty(organisation) ? "us" : organisation);
	return reply_page(x, "subscribing/unsubscribe", done ? "Done" : "Unsubscribe", NULL, view, err);
}

static bool look(struct exchange *x, struct leaver *leaver, struct error *err) {
	struct token token;
	return link_token(x->settings, TOKEN_UNSUBSCRIBE, x->values[0], &token, err) &&
	       leaver_look(x->store, &token, x->arena, leaver, err);
}

static bool show(struct exchange *x, struct error *err) {
	struct leaver leaver;
	return look(x, &leaver, err) && reply_state(x, &leaver, NULL, err);
}

static void record(struct exchange *x, const struct leaver *leaver) {
	struct hit hit = { .id = store_new_id(x->arena),
		               .campaign_id = leaver->campaign_id,
		               .block = COUNT_NONE,
		               .index = COUNT_NONE,
		               .hour = COUNT_NONE,
		               .link = COUNT_NONE,
		               .contact_id = leaver->contact_id,
		               .kind = HIT_UNSUBSCRIBE,
		               .at = x->now,
		               .visitor = exchange_visitor(x),
		               .waits = true,
		               .judged_as = HIT_HUMAN };
	hit_record_it(x->store, &hit, x->settings, x->arena);
}

/* They want to be mailed again: whoever has the link need not be who has the address, so that is asked by mail. */
static bool ask_again(struct exchange *x, const struct leaver *leaver, struct error *err) {
	const struct acting acting = { x->store, x->settings, x->arena, NULL, x->now };
	const bool of_list = leaver->list_id && !leaver->has_left_all;
	struct confirmation confirmation = { .contact_id = leaver->contact_id,
		                                 .list_ids = { (const char **)&leaver->list_id, of_list ? 1 : 0 },
		                                 .what = of_list ? leaver->list_name : NULL,
		                                 .source = "Subscribed again by the link in an email",
		                                 .text = "You will get these emails (page of the link, version 1)" };
	struct contact contact;
	bool found, asked;
	if (!leaver->contact_id)
		return reply_state(x, leaver, NULL, err);
	if (!contact_find(x->store, leaver->contact_id, x->arena, &contact, &found, err))
		return false;
	confirmation.email = found ? contact_norm(x->arena, contact.email) : NULL;
	if (!confirmation.email)
		return reply_state(x, leaver, NULL, err);
	return confirmation_ask(&acting, &confirmation, &asked, err) && reply_state(x, leaver, "asked", err);
}

static bool act(struct exchange *x, struct error *err) {
	const char *action = params_get(&x->form, "action");
	struct leaver leaver;
	bool changed = false;
	if (!look(x, &leaver, err))
		return false;
	if (text_same(action, "again"))
		return ask_again(x, &leaver, err);
	bool left = text_same(action, "all") ? leaver_leave_all(x->store, &leaver, x->now, x->arena, &changed, err)
	                                     : leaver_leave_list(x->store, &leaver, x->now, x->arena, &changed, err);
	if (!left)
		return false;
	if (changed)
		record(x, &leaver);
	const char *list_id = leaver.has_left_all ? NULL : leaver.list_id;
	if ((leaver.has_left_all || list_id) && !confirmation_drop(x->store, leaver.contact_id, list_id, err))
		return false;
	return reply_state(x, &leaver, "left", err);
}

const struct route unsubscribe_routes[] = {
	{ "GET", "/unsubscribe/:token", GUARD_LINK, show, .lenient = true },
	{ "POST", "/unsubscribe/:token", GUARD_LINK, act, .lenient = true },
	{ 0 },
};
