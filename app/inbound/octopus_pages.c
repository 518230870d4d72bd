/* Reports of EmailOctopus. */
#include "inbound/octopus_pages.h"

#include "answering/link_keys.h"
#include "inbound/hooking.h"
#include "inbound/octopus_event.h"
#include "inbound/octopus_taking.h"

enum { EVENTS_LIMIT = 4 * 1024 * 1024 }; /* 1,000 events with all their fields */

static const char *body_of(const struct exchange *x) {
	return x->raw.data ? x->raw.data : "";
}

static bool verify(struct exchange *x, struct error *err) {
	const char *secret = x->settings->octopus_secret;
	if (text_is_empty(secret))
		return error_set(err, ERROR_MISSING, "nothing is taken here: EMAILOCTOPUS_WEBHOOK_SECRET is not set");
	return octopus_verify(secret, request_header(x, "emailoctopus-signature"), body_of(x), x->raw.size, err);
}

static bool ask_looks(struct exchange *x, const struct octopus_events *events, struct error *err) {
	bool people = events->tell_people && x->settings->sync_contacts;
	return (!people || provider_ask_look(x->store, true, x->arena, err)) &&
	       (!events->tell_figures || provider_ask_look(x->store, false, x->arena, err));
}

/* What is only repeated gives no reason to look. */
static bool take(struct exchange *x, struct error *err) {
	struct octopus_events events;
	struct hook_result result = { 0 };
	struct value *answer = value_map(x->arena);
	if (!octopus_events_read(body_of(x), x->raw.size, x->arena, &events, err) ||
	    !hook_take(x->store, link_keys(x->settings), &events.events, x->now, x->arena, &result, err) ||
	    (result.received > result.repeated && !ask_looks(x, &events, err)))
		return false;
	value_put_int(answer, "received", result.received);
	value_put_int(answer, "repeated", result.repeated);
	value_put_int(answer, "skipped", events.skipped);
	return reply_json(x, answer);
}

const struct route octopus_routes[] = {
	{ "POST", "/hooks/emailoctopus", GUARD_HOOK, take, .verify = verify, .body = BODY_RAW, .body_limit = EVENTS_LIMIT },
	{ 0 },
};
