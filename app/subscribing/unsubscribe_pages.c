/* Unsubscribing, and choosing what one gets. GET changes nothing, as scanners of mail follow every link; a POST does at
 * once what the link says, whatever stands in its body, because that is all that mail programs send. */
#include "subscribing/unsubscribe_pages.h"

#include <string.h>

#include "answering/link_keys.h"
#include "answering/tracking_pages.h"
#include "answering/unsubscribing.h"
#include "audience/contacts/fewer.h"
#include "core/base/secret.h"
#include "core/store/rate_limit.h"
#include "dispatch/acting_pages.h"
#include "subscribing/confirmation_mail.h"
#include "subscribing/own_data_pages.h"
#include "subscribing/preferences.h"

enum { TURNS_AN_HOUR = 10 };

/* What was just done. */
enum did { DID_NOTHING, DID_LEAVE, DID_ASK, DID_SAVE, DID_FEWER, DID_USUAL };

/* How things stand: one of these is true. */
static void put_state(struct value *view, const struct leaver *leaver, bool asks_again, enum did did) {
	bool is_nobody = !leaver->contact_id;
	bool is_out = is_nobody || leaver->has_left_all;
	bool is_off = !is_out && leaver->list_id && leaver->has_left_list;
	bool has_left = !is_nobody && (is_out || is_off);
	bool is_saved = did == DID_SAVE && !is_out, is_asked = did == DID_ASK && has_left;
	bool is_asking = asks_again && has_left;
	bool is_fewer_now = did == DID_FEWER && !is_out, is_usual_now = did == DID_USUAL && !is_out;
	bool is_open = !is_saved && !is_asking && !is_asked && !is_fewer_now && !is_usual_now;
	value_put_bool(view, "is_fewer_now", is_fewer_now);
	value_put_bool(view, "is_usual_now", is_usual_now);
	value_put_bool(view, "can_fewer", !is_out && !leaver->has_fewer);
	value_put_bool(view, "has_fewer", !is_out && leaver->has_fewer);
	value_put_int(view, "days", FEWER_DAYS);
	value_put_bool(view, "is_saved", is_saved);
	value_put_bool(view, "is_asked", is_asked);
	value_put_bool(view, "asks_again", is_asking);
	value_put_bool(view, "is_nobody", is_nobody);
	value_put_bool(view, "has_left_all", !is_nobody && is_out && is_open);
	value_put_bool(view, "has_left_list", is_off && is_open);
	value_put_bool(view, "is_list_gone", !is_out && leaver->is_list_gone && is_open);
	value_put_bool(view, "asks_list", !is_out && leaver->list_id && !is_off && is_open);
	value_put_bool(view, "asks_all", !is_out && !leaver->list_id && !leaver->is_list_gone && is_open);
}

/* Of whoever has unsubscribed from everything, nothing is chosen before they have subscribed again. */
static bool read_choices(struct exchange *x, const struct leaver *leaver, struct preferences *preferences,
                         struct error *err) {
	*preferences = (struct preferences){ 0 };
	return !leaver->contact_id || leaver->has_left_all ||
	       preferences_read(x->store, leaver->contact_id, x->arena, preferences, err);
}

static void put_choices(struct value *view, const struct preferences *preferences) {
	struct value *rows = value_put(view, "choices", value_list(view->arena));
	value_put_bool(view, "has_choices", preferences->count > 0);
	for (int i = 0; i < preferences->count; i++)
		put_choice(rows, preferences->items[i].list_id, preferences->items[i].name,
		           preferences->items[i].is_subscribed);
}

/* `wanted`: the names of lists that are now to be confirmed; NULL: none. */
static bool reply_state(struct exchange *x, const struct leaver *leaver, enum did did, const char *wanted,
                        struct error *err) {
	struct value *view = value_map(x->arena);
	struct preferences preferences;
	if (!read_choices(x, leaver, &preferences, err))
		return false;
	put_state(view, leaver, did == DID_NOTHING && params_get(&x->query, "again"), did);
	put_choices(view, &preferences);
	value_put_bool(view, "done", did != DID_NOTHING);
	value_put_text(view, "list", leaver->list_name);
	value_put_text(view, "email", leaver->email);
	value_put_text(view, "wanted", wanted);
	value_put_bool(view, "is_blocked", leaver->is_blocked);
	value_put_text(view, "organisation", confirmation_us(x->settings));
	return reply_page(x, "subscribing/unsubscribe", did == DID_NOTHING ? "Unsubscribe" : "Done", NULL, view, err);
}

static bool look(struct exchange *x, struct leaver *leaver, struct error *err) {
	struct token token;
	return link_token(x->settings, TOKEN_UNSUBSCRIBE, x->values[0], &token, err) &&
	       leaver_look(x->store, &token, x->arena, leaver, err);
}

static bool show(struct exchange *x, struct error *err) {
	struct leaver leaver;
	return look(x, &leaver, err) &&
	       (own_data_is_asked(x) ? own_data_show(x, &leaver, err) : reply_state(x, &leaver, DID_NOTHING, NULL, err));
}

/* First, so that nobody has left and is not counted. */
static bool note(struct exchange *x, const struct leaver *leaver, struct error *err) {
	const struct visitor visitor = exchange_visitor(x);
	return leaver_note(x->store, leaver, &visitor, x->settings->secret_key, x->now, x->arena, err);
}

/* Whoever has the link need not be who has the address, so what is wanted is asked there. `what`: the lists' names. */
static bool ask(struct exchange *x, const struct leaver *leaver, const struct strings *list_ids, const char *what,
                struct error *err) {
	const struct acting acting = acting_of(x);
	struct confirmation confirmation = { .contact_id = leaver->contact_id,
		                                 .list_ids = *list_ids,
		                                 .what = what,
		                                 .source = "Subscribed again by the link in an email",
		                                 .text = "You will get these emails (page of the link, version 2)" };
	struct contact contact;
	bool found, asked;
	if (!contact_find(x->store, leaver->contact_id, x->arena, &contact, &found, err))
		return false;
	confirmation.email = found ? contact_norm(x->arena, contact.email) : NULL;
	return !confirmation.email || confirmation_ask(&acting, &confirmation, &asked, err);
}

static bool ask_again(struct exchange *x, const struct leaver *leaver, struct error *err) {
	const bool of_list = leaver->list_id && !leaver->has_left_all;
	const char *list_id = leaver->list_id;
	const struct strings lists = { &list_id, of_list ? 1 : 0 };
	if (!leaver->contact_id || !(leaver->has_left_all || (of_list && leaver->has_left_list)))
		return reply_state(x, leaver, DID_NOTHING, NULL, err);
	return ask(x, leaver, &lists, of_list ? leaver->list_name : NULL, err) &&
	       reply_state(x, leaver, DID_ASK, NULL, err);
}

/* What they were asked about what they leave is no longer to be confirmed. */
static bool leave(struct exchange *x, struct leaver *leaver, bool all, struct error *err) {
	bool changed;
	if (leaver_is_to_leave(leaver, all) && !note(x, leaver, err))
		return false;
	bool left = all ? leaver_leave_all(x->store, leaver, x->now, x->arena, &changed, err)
	                : leaver_leave_list(x->store, leaver, x->now, x->arena, &changed, err);
	const char *list_id = leaver->has_left_all ? NULL : leaver->list_id;
	return left && (!leaver->contact_id || !(leaver->has_left_all || list_id) ||
	                confirmation_drop(x->store, leaver->contact, list_id, err));
}

static bool leave_these(struct exchange *x, const struct leaver *leaver, const struct strings *ids, struct error *err) {
	for (int i = 0; i < ids->count; i++) {
		struct leaver one = *leaver;
		one.list_id = ids->items[i];
		one.has_left_list = one.is_list_gone = false;
		if (!leave(x, &one, false, err))
			return false;
	}
	return true;
}

/* What they leave is left at once; what they want is asked. */
static bool save(struct exchange *x, struct leaver *leaver, struct error *err) {
	const struct strings chosen = params_all(&x->form, "list", x->arena);
	struct preferences preferences;
	struct strings left, wanted;
	if (!read_choices(x, leaver, &preferences, err))
		return false;
	preferences_compare(&preferences, &chosen, x->arena, &left, &wanted);
	const char *what = wanted.count ? preferences_names(&preferences, &wanted, x->arena) : NULL;
	return leave_these(x, leaver, &left, err) && (!what || ask(x, leaver, &wanted, what, err)) &&
	       look(x, leaver, err) && reply_state(x, leaver, DID_SAVE, what, err);
}

/* Each time all pages and senders read anew what is known of people: whoever has the link has a few an hour. */
static bool take_turn(struct exchange *x, const struct leaver *leaver, struct error *err) {
	char digest[SECRET_HEX];
	secret_mac(x->settings->secret_key, arena_print(x->arena, "fewer %s", leaver->contact_id), digest);
	const struct rate_limit limit = { .name = arena_print(x->arena, "fewer:%s", digest),
		                              .capacity = TURNS_AN_HOUR,
		                              .per_second = (double)TURNS_AN_HOUR / 3600 };
	int64_t wait_ms;
	int taken;
	return rate_limit_take(x->store, &limit, 1, &taken, &wait_ms, err) &&
	       (taken > 0 || error_limited(err, wait_ms, "This was chosen too often just now. It stays as it is."));
}

/* How often is not whether: whoever has the link may choose it, either way, and it holds at once. */
static bool say_fewer(struct exchange *x, struct leaver *leaver, bool fewer, struct error *err) {
	const struct fewer_said said = { fewer, "By the link in an email", "How often (page of the link, version 1)", NULL,
		                             x->now };
	if (!leaver->contact_id || leaver->has_left_all)
		return reply_state(x, leaver, DID_NOTHING, NULL, err);
	return take_turn(x, leaver, err) && fewer_say(x->store, leaver->contact_id, &said, x->arena, err) &&
	       look(x, leaver, err) && reply_state(x, leaver, fewer ? DID_FEWER : DID_USUAL, NULL, err);
}

/* What a mail program sends, which shows nobody the answer: no page is drawn for it, and nothing read for one. */
static bool is_one_click(const struct exchange *x) {
	return text_same(params_get(&x->form, "List-Unsubscribe"), "One-Click") && !params_get(&x->form, "action");
}

static bool reply_briefly(struct exchange *x, const struct leaver *leaver) {
	const char *us = confirmation_us(x->settings);
	const char *said = !leaver->contact_id    ? arena_print(x->arena, "You get no emails from %s.\n", us)
	                   : leaver->has_left_all ? "You are unsubscribed from all emails.\n"
	                   : leaver->list_id ? arena_print(x->arena, "You are unsubscribed from “%s”.\n", leaver->list_name)
	                                     : "This list no longer exists.\n";
	return reply_bytes(x, "text/plain; charset=utf-8", said, strlen(said));
}

static bool act(struct exchange *x, struct error *err) {
	const char *action = params_get(&x->form, "action");
	struct leaver leaver;
	if (!look(x, &leaver, err))
		return false;
	if (is_one_click(x))
		return leave(x, &leaver, false, err) && reply_briefly(x, &leaver);
	if (own_data_is_action(action))
		return own_data_act(x, &leaver, action, err);
	if (text_same(action, "again"))
		return ask_again(x, &leaver, err);
	if (text_same(action, "save"))
		return save(x, &leaver, err);
	if (text_same(action, "fewer") || text_same(action, "usual"))
		return say_fewer(x, &leaver, text_same(action, "fewer"), err);
	return leave(x, &leaver, text_same(action, "all"), err) && reply_state(x, &leaver, DID_LEAVE, NULL, err);
}

const struct route unsubscribe_routes[] = {
	{ "GET", "/unsubscribe/:token", GUARD_LINK, show, .lenient = true },
	{ "POST", "/unsubscribe/:token", GUARD_LINK, act, .lenient = true },
	{ 0 },
};
