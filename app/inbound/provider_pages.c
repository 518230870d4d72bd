/* Reports of SendGrid and Twilio, in their own forms. */
#include "inbound/provider_pages.h"

#include "answering/link_keys.h"
#include "inbound/hooking.h"
#include "inbound/sendgrid_event.h"
#include "inbound/twilio_event.h"

enum { EVENTS_LIMIT = 4 * 1024 * 1024, FORM_LIMIT = 64 * 1024 };

static const char *body_of(const struct exchange *x) {
	return x->raw.data ? x->raw.data : "";
}

static bool verify_sendgrid(struct exchange *x, struct error *err) {
	const char *keys = x->settings->sendgrid_keys;
	if (text_is_empty(keys))
		return error_set(err, ERROR_MISSING, "nothing is taken here: SENDGRID_WEBHOOK_KEY is not set");
	return sendgrid_verify(keys, request_header(x, "X-Twilio-Email-Event-Webhook-Timestamp"),
	                       request_header(x, "X-Twilio-Email-Event-Webhook-Signature"), body_of(x), x->raw.size, x->now,
	                       err);
}

static bool take_sendgrid(struct exchange *x, struct error *err) {
	struct sendgrid_events events;
	struct hook_result result;
	struct value *answer = value_map(x->arena);
	if (!sendgrid_events_read(body_of(x), x->raw.size, x->arena, &events, err) ||
	    !hook_take(x->store, link_keys(x->settings), &events.events, x->now, x->arena, &result, err) ||
	    !hook_arrived(x->store, link_keys(x->settings), &events.delivered, x->now, x->arena, err))
		return false;
	value_put_int(answer, "received", result.received);
	value_put_int(answer, "repeated", result.repeated);
	value_put_int(answer, "skipped", events.skipped);
	return reply_json(x, answer);
}

/* The address as Twilio was told it, whatever nginx was asked as. */
static bool read_form(struct exchange *x, struct params *form, struct error *err) {
	const struct twilio_claim claim = {
		.token = x->settings->twilio_token,
		.account = x->settings->twilio_account,
		.url = arena_print(x->arena, "%s%s%s%s", x->settings->public_url, x->path, *x->query_text ? "?" : "",
		                   x->query_text),
		.body = body_of(x),
		.signature = request_header(x, "X-Twilio-Signature"),
		.is_sha256 = request_header(x, "X-Twilio-Webhooks-Signature-Settings") != NULL,
	};
	return twilio_verify(&claim, x->arena, form, err);
}

static bool verify_twilio(struct exchange *x, struct error *err) {
	struct params form;
	if (text_is_empty(x->settings->twilio_token) || text_is_empty(x->settings->twilio_account))
		return error_set(err, ERROR_MISSING,
		                 "nothing is taken here: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set");
	return read_form(x, &form, err);
}

/* Twilio itself answers whoever says STOP: of us it gets an empty answer, as it would send any text to them. */
static bool take_twilio(struct exchange *x, struct error *err) {
	static const char nothing[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";
	struct params form;
	struct twilio_said said;
	struct hook_result result;
	if (!read_form(x, &form, err))
		return false;
	twilio_read(&form, x->now, x->arena, &said);
	if (said.has_event &&
	    !hook_take(x->store, link_keys(x->settings), &(struct rows){ &said.event, 1 }, x->now, x->arena, &result, err))
		return false;
	return reply_bytes(x, "text/xml; charset=utf-8", nothing, sizeof nothing - 1);
}

const struct route provider_hook_routes[] = {
	{ "POST", "/hooks/sendgrid", GUARD_HOOK, take_sendgrid, .verify = verify_sendgrid, .body = BODY_RAW,
	  .body_limit = EVENTS_LIMIT },
	{ "POST", "/hooks/twilio", GUARD_HOOK, take_twilio, .verify = verify_twilio, .body = BODY_RAW,
	  .body_limit = FORM_LIMIT },
	{ 0 },
};
