/* Reports of mail providers. */
#include "inbound/hook_pages.h"

#include "answering/link_keys.h"
#include "inbound/hook_signature.h"
#include "inbound/hooking.h"

/* Read once a process; settings_read has checked them. */
static const struct mac_ring *hook_keys(const struct settings *settings) {
	static struct mac_ring ring;
	static const char *read;
	struct error ignored = ERROR_INIT;
	if (read != settings->hook_keys && mac_ring_read(settings->hook_keys, "BOUNCE_HOOK_KEYS", &ring, &ignored))
		read = settings->hook_keys;
	return &ring;
}

static bool verify(struct exchange *x, struct error *err) {
	const struct mac_ring *keys = hook_keys(x->settings);
	const struct hook_claim claim = { request_header(x, "webhook-id"), request_header(x, "webhook-timestamp"),
		                              request_header(x, "webhook-signature") };
	if (keys->count == 0)
		return error_set(err, ERROR_MISSING, "nothing is taken here: BOUNCE_HOOK_KEYS is not set");
	return hook_verify(keys, &claim, x->raw.data ? x->raw.data : "", x->raw.size, x->now, err);
}

static bool take(struct exchange *x, struct error *err) {
	struct rows events;
	struct hook_result result;
	struct value *answer = value_map(x->arena);
	if (!hook_events_read(x->raw.data ? x->raw.data : "", x->raw.size, request_header(x, "webhook-id"), x->arena,
	                      &events, err) ||
	    !hook_take(x->store, link_keys(x->settings), &events, x->now, x->arena, &result, err))
		return false;
	value_put_int(answer, "received", result.received);
	value_put_int(answer, "repeated", result.repeated);
	return reply_json(x, answer);
}

const struct route hook_routes[] = {
	{ "POST", "/hooks/bounce", GUARD_HOOK, take, .verify = verify, .body = BODY_RAW, .body_limit = BODY_LIMIT },
	{ 0 },
};
