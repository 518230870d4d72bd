/* Redeeming codes: a page for whoever stands at a till with a phone, and the same for programs. To look at a code uses
 * nothing; both kinds of tries are written down, unless they were only looks at a code that could be redeemed. */
#include "console/redeem_pages.h"

#include <glib.h>

#include "answering/answer.h"
#include "audience/contacts/contact.h"
#include "campaigns/campaign.h"
#include "codes/redeeming.h"
#include "console/redeemed.h"
#include "core/base/currency.h"
#include "core/base/local.h"
#include "core/base/moment_text.h"
#include "core/http/exchange.h"
#include "core/http/parts.h"
#include "dispatch/message_list.h"
#include "webhooks/telling.h"

enum { ASKED_MAX = 300, PLACE_MAX = 60, LATEST = 5 };

struct redeem_request {
	const char *token, *place;
};
static const struct field request_fields[] = {
	FIELD(struct redeem_request, token, .flags = FIELD_REQUIRED, .max = ASKED_MAX,
	      .doc = "What the QR code says, or the short code"),
	FIELD(struct redeem_request, place, .max = PLACE_MAX, .doc = "The shop or till"),
};
static const struct record_type request_record = RECORD_TYPE("RedeemRequest", struct redeem_request, request_fields);

/* A code that was asked for, and what it belongs to. */
struct asked {
	struct redeeming redeeming;
	struct stored_code code;
	enum redeeming_result result;
	const char *campaign, *person;
	struct redemption last; /* its last use, if has_last */
	bool has_last;
};

/* "Ines K.": enough to ask whoever shows it, and no more. */
static const char *short_name(const struct contact *contact, struct arena *arena) {
	const char *first = contact->profile.first_name, *last = contact->profile.last_name;
	if (text_is_empty(first))
		return NULL;
	int size = text_is_empty(last) ? 0 : (int)(g_utf8_next_char(last) - last);
	return size ? arena_print(arena, "%s %.*s.", first, size, last) : first;
}

static bool look_around(struct exchange *x, struct asked *asked, struct error *err) {
	struct campaign campaign;
	struct contact contact;
	bool found;
	if (!asked->code.id)
		return true;
	if (!redemption_last(x->store, &asked->code, x->arena, &asked->last, &asked->has_last, err))
		return false;
	if (!campaign_find(x->store, asked->code.campaign_id, x->arena, &campaign, &found, err))
		return false;
	asked->campaign = found ? campaign_name(&campaign) : NULL;
	if (!asked->code.customer_id)
		return true;
	if (!contact_find(x->store, asked->code.customer_id, x->arena, &contact, &found, err))
		return false;
	asked->person = found ? short_name(&contact, x->arena) : NULL;
	return true;
}

static bool look(struct exchange *x, struct asked *asked, struct error *err) {
	const struct redeem_request *request = x->input;
	*asked = (struct asked){ .redeeming = { .id = exchange_new_id(x),
		                                    .by = x->identity.user,
		                                    .place = text_is_empty(request->place) ? NULL : request->place,
		                                    .now = x->now } };
	return redeeming_look(x->store, request->token, x->now, x->arena, &asked->code, &asked->result, err);
}

static bool note(struct exchange *x, const struct asked *asked, struct error *err) {
	const struct redeem_request *request = x->input;
	return redemption_note(x->store, &asked->redeeming, &asked->code, request->token, asked->result, err);
}

static bool check(struct exchange *x, struct asked *asked, struct error *err) {
	return look(x, asked, err) && (asked->result == REDEEM_FINE || note(x, asked, err)) && look_around(x, asked, err);
}

/* When its mail was handed over; the message may be gone. */
static bool read_sent(struct exchange *x, struct asked *asked, struct error *err) {
	char name[MESSAGE_NAME];
	struct error why = ERROR_INIT;
	struct message_found *found = arena_new_of(x->arena, struct message_found);
	message_name(asked->code.campaign_id, asked->code.block, asked->code.index, name);
	if (message_find(x->store, name, x->arena, found, &why))
		asked->redeeming.sent_at = found->message.sent_at;
	else if (why.kind != ERROR_MISSING)
		*err = why;
	return why.kind == ERROR_NONE || why.kind == ERROR_MISSING;
}

static bool tell_webhooks(struct exchange *x, const struct asked *asked, enum webhook_type type, struct error *err) {
	char name[MESSAGE_NAME];
	const struct stored_code *code = &asked->code;
	const struct webhook_event event = {
		.type = type,
		.key = asked->redeeming.id,
		.campaign_id = code->campaign_id,
		.contact_id = code->customer_id,
		.email_id = message_name(code->campaign_id, code->block, code->index, name),
		.about = code->deal ? "deal" : NULL,
		.words = code->deal,
		.at = asked->redeeming.now,
	};
	return webhooks_tell(x->store, &event, 1, x->now, err);
}

/* Whoever listens, and the campaign's figures. */
static bool tell(struct exchange *x, const struct asked *asked, enum webhook_type type, struct error *err) {
	return tell_webhooks(x, asked, type, err) && answers_note_due(x->store, asked->code.campaign_id, err);
}

static bool use(struct exchange *x, struct asked *asked, struct error *err) {
	asked->redeeming.sent_at = MOMENT_NONE;
	bool is_done = text_same(asked->code.redemption_id, asked->redeeming.id);
	if ((asked->result == REDEEM_FINE || is_done) &&
	    ((asked->code.usage_count == 0 && !read_sent(x, asked, err)) ||
	     !redeeming_use(x->store, &asked->redeeming, x->arena, &asked->code, &asked->result, err)))
		return false;
	return note(x, asked, err) && (asked->result != REDEEM_FINE || tell(x, asked, WEBHOOK_REDEEMED, err)) &&
	       look_around(x, asked, err);
}

static bool redeem(struct exchange *x, struct asked *asked, struct error *err) {
	return look(x, asked, err) && use(x, asked, err);
}

/* Why the last use of a code cannot be undone. */
static bool need_undoable(struct exchange *x, const struct asked *asked, struct error *err) {
	if (!asked->code.id)
		return error_set(err, ERROR_MISSING, "There is no such code.");
	if (!asked->has_last)
		return error_set(err, ERROR_CONFLICT, "There is nothing to undo: this code is not redeemed.");
	if (!text_same(asked->last.by, x->identity.user))
		return error_set(err, ERROR_CONFLICT, "Only %s, who redeemed this code, can undo it.", asked->last.by);
	return redemption_is_undoable(&asked->last, x->identity.user, x->now) ||
	       error_set(err, ERROR_CONFLICT,
	                 "This code was redeemed more than %d minutes ago: that can no longer be undone.",
	                 REDEEM_UNDO_MINUTES);
}

static bool undo(struct exchange *x, struct asked *asked, struct error *err) {
	bool undone = false;
	if (!look(x, asked, err) || !look_around(x, asked, err))
		return false;
	bool is_repeated = asked->code.id && text_same(asked->code.redemption_id, asked->redeeming.id);
	if ((!is_repeated && !need_undoable(x, asked, err)) ||
	    !redeeming_undo(x->store, &asked->redeeming, x->arena, &asked->code, &undone, err))
		return false;
	if (!undone)
		return error_set(err, ERROR_CONFLICT, "Something else happened to this code at the same time. Check it again.");
	asked->result = REDEEM_UNDONE;
	asked->has_last = false;
	return note(x, asked, err) && tell(x, asked, WEBHOOK_UNREDEEMED, err);
}

/* --- for programs --- */

static void put_count(struct value *out, const char *name, int64_t count) {
	if (count == COUNT_NONE)
		value_put_text(out, name, NULL);
	else
		value_put_int(out, name, count);
}

static const char *said_of(const struct asked *asked, bool was_used) {
	static const char *const words[] = { "This code is valid", "There is no such code", "This code has been used",
		                                 "This code has expired", "Undone: the code can be used again" };
	return was_used && asked->result == REDEEM_FINE ? "Redeemed" : words[asked->result];
}

static bool answer(struct exchange *x, const struct asked *asked, bool was_used) {
	static const int statuses[] = { 200, 404, 409, 410, 200 };
	const struct stored_code *code = &asked->code;
	struct value *out = value_map(x->arena);
	bool is_fine = asked->result == REDEEM_FINE || asked->result == REDEEM_UNDONE;
	bool is_valid = asked->result == REDEEM_FINE && !was_used;
	value_put_bool(out, "valid", is_valid);
	value_put_bool(out, "redeemed", asked->result == REDEEM_FINE && was_used);
	value_put_text(out, "result", is_valid ? "valid" : choice_name(&redeeming_results, (int)asked->result));
	value_put_text(out, is_fine ? "message" : "error", said_of(asked, was_used));
	value_put_text(out, "code", is_fine ? NULL : choice_name(&redeeming_results, (int)asked->result));
	value_put_text(out, "short_code", code->short_code);
	value_put_text(out, "campaign_id", code->id ? arena_print(x->arena, "campaign_%s", code->campaign_id) : NULL);
	value_put_text(out, "campaign", asked->campaign);
	value_put_text(out, "customer_id",
	               code->customer_id ? arena_print(x->arena, "contact_%s", code->customer_id) : NULL);
	value_put_text(out, "deal", code->deal);
	put_count(out, "deal_value", code->deal_value);
	put_count(out, "usage_count", code->usage_count);
	put_count(out, "max_usage", code->max_usage);
	value_put_moment(out, "expires_at", code->expires_at);
	value_put_moment(out, "redeemed_at", code->redeemed_at);
	x->status = statuses[asked->result];
	return reply_json(x, out);
}

static bool check_api(struct exchange *x, struct error *err) {
	struct asked asked;
	return check(x, &asked, err) && answer(x, &asked, false);
}

static bool redeem_api(struct exchange *x, struct error *err) {
	struct asked asked;
	return redeem(x, &asked, err) && answer(x, &asked, true);
}

static bool undo_api(struct exchange *x, struct error *err) {
	struct asked asked;
	return undo(x, &asked, err) && answer(x, &asked, false);
}

/* --- the page --- */

static bool put_latest(struct exchange *x, struct value *view, struct error *err) {
	static const char *const labels[REDEEM_RESULT_COUNT] = { "Redeemed", "Not known", "Already used", "Expired",
		                                                     "Undone" };
	struct redemption *all;
	int count;
	int64_t today;
	if (!redemptions_newest(x->store, NULL, x->identity.user, LATEST, x->arena, &all, &count, err) ||
	    !redemptions_since(x->store, x->identity.user, local_day_start(x->now), &today, err))
		return false;
	value_put_text(view, "today", text_of_count(x->arena, today));
	redemptions_put(x, view, "latest", all, count, labels);
	return true;
}

static void put_result(struct exchange *x, struct value *view, const struct asked *asked, bool was_used) {
	const struct stored_code *code = &asked->code;
	struct arena *arena = x->arena;
	value_put_bool(view, "is_valid", asked->result == REDEEM_FINE && !was_used);
	value_put_bool(view, "is_redeemed", asked->result == REDEEM_FINE && was_used);
	value_put_bool(view, "is_unknown", asked->result == REDEEM_UNKNOWN);
	value_put_bool(view, "is_used", asked->result == REDEEM_USED);
	value_put_bool(view, "is_expired", asked->result == REDEEM_EXPIRED);
	value_put_bool(view, "is_undone", asked->result == REDEEM_UNDONE);
	value_put_bool(view, "can_undo", asked->has_last && redemption_is_undoable(&asked->last, x->identity.user, x->now));
	value_put_int(view, "undo_minutes", REDEEM_UNDO_MINUTES);
	value_put_bool(view, "is_known", code->id != NULL);
	value_put_bool(view, "told_below",
	               asked->result != REDEEM_FINE &&
	                   asked->result != REDEEM_UNDONE); /* the code and its deal: else they stand above */
	value_put_bool(view, "once_only", code->max_usage == 1);
	value_put_text(view, "short_code", code->short_code);
	value_put_text(view, "deal", code->deal);
	value_put_text(view, "value",
	               code->id && code->deal_value > 0 ? currency_full(code->deal_value, x->settings->currency, arena)
	                                                : NULL);
	value_put_text(view, "until", code->id ? text_of_day(x->arena, code_last_day(code->expires_at)) : NULL);
	value_put_text(view, "campaign", asked->campaign);
	value_put_text(view, "person", asked->person);
	value_put_text(view, "uses",
	               code->id
	                   ? arena_print(arena, "%lld of %lld", (long long)code->usage_count, (long long)code->max_usage)
	                   : NULL);
	value_put_text(view, "redeemed_at",
	               moment_is_set(code->redeemed_at) ? text_of_moment_near(arena, code->redeemed_at, x->now) : NULL);
	value_put_text(view, "redeemed_by", code->redeemed_by);
	value_put_text(view, "redeemed_in", asked->has_last ? asked->last.place : NULL);
}

static bool show(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	part_field(x, view, "token", exchange_typed(x, "token", NULL));
	part_field(x, view, "place", exchange_typed(x, "place", params_get(&x->query, "place")));
	return put_latest(x, view, err) && reply_page(x, "console/redeem", "Redeem a code", "redeem", view, err);
}

static bool reply_result(struct exchange *x, const struct asked *asked, bool was_used, struct error *err) {
	const struct redeem_request *request = x->input;
	struct value *view = value_map(x->arena);
	put_result(x, view, asked, was_used);
	value_put_text(view, "token", request->token);
	value_put_text(view, "place", request->place);
	value_put_text(view, "place_query",
	               text_is_empty(request->place)
	                   ? NULL
	                   : arena_print(x->arena, "?place=%s", url_encoded(x->arena, request->place)));
	return reply_page(x, "console/redeem_result", said_of(asked, was_used), "redeem", view, err);
}

static bool check_form(struct exchange *x, struct error *err) {
	struct asked asked;
	return check(x, &asked, err) && reply_result(x, &asked, false, err);
}

static bool redeem_form(struct exchange *x, struct error *err) {
	struct asked asked;
	return redeem(x, &asked, err) && reply_result(x, &asked, true, err);
}

static bool undo_form(struct exchange *x, struct error *err) {
	struct asked asked;
	return undo(x, &asked, err) && reply_result(x, &asked, false, err);
}

#define CODE_SHAPE                                                                                                 \
	"valid:bool redeemed:bool result:text message:text error:text code:text short_code:text campaign_id:text "     \
	"campaign:text customer_id:text deal:text deal_value:count usage_count:count max_usage:count expires_at:time " \
	"redeemed_at:time"

const struct route redeem_routes[] = {
	{ "GET", "/redeem", GUARD_SIGNED_IN, show },
	{ "POST", "/redeem", GUARD_SIGNED_IN, check_form, .input = &request_record, .form = show },
	{ "POST", "/redeem/now", GUARD_SIGNED_IN, redeem_form, .input = &request_record, .form = show, .creates = true },
	{ "POST", "/redeem/undo", GUARD_SIGNED_IN, undo_form, .input = &request_record, .form = show, .creates = true },
	{ "POST", "/api/redemptions/validate", GUARD_SIGNED_IN, check_api, .input = &request_record,
	  .summary = "Could this code be redeemed? Uses nothing: 200 it could, 404 there is no such code, 409 it is used "
	             "up, "
	             "410 it has expired",
	  .shape = CODE_SHAPE },
	{ "POST", "/api/redemptions", GUARD_SIGNED_IN, redeem_api, .input = &request_record, .creates = true,
	  .summary = "Redeems a code: 200 it was redeemed by this request; 404, 409 and 410 as for validate",
	  .shape = CODE_SHAPE },
	{ "POST", "/api/redemptions/undo", GUARD_SIGNED_IN, undo_api, .input = &request_record, .creates = true,
	  .summary = "Undoes the last use of a code, for five minutes after it and by whoever redeemed it: 200 it was "
	             "undone; "
	             "404 there is no such code, 409 it cannot be undone, and why",
	  .shape = CODE_SHAPE },
	{ 0 },
};
