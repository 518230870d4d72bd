/* The log of a webhook: what it was told, sending again, a test. */
#include "webhooks/delivering.h"
#include "webhooks/delivery.h"
#include "webhooks/delivery_view_pages.h"
#include "webhooks/telling.h"
#include "webhooks/webhook_pages.h"

enum { SHOWN = 25, LISTED = 50, LISTED_MAX = 200 };

static void put_tries(const struct exchange *x, struct value *view, const struct webhook_delivery *delivery) {
	struct value *rows = value_put(view, "tries", value_list(x->arena));
	const struct delivery_try *tries = delivery->tries.items;
	for (int i = delivery->tries.count - 1; i >= 0; i--) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "at", text_of_moment_near(x->arena, tries[i].at, x->now));
		value_put_text(row, "words", tries[i].problem ? tries[i].problem : "Delivered");
		value_put_text(row, "status", tries[i].status == COUNT_NONE ? NULL : count_text(x->arena, tries[i].status));
		value_put_text(row, "took", arena_print(x->arena, "%s\u00a0ms", count_text(x->arena, tries[i].took_ms)));
	}
	value_put_bool(view, "has_tries", delivery->tries.count > 0);
}

static void put_one(const struct exchange *x, struct value *view, const struct webhook_delivery *delivery) {
	static const char *const states[DELIVERY_STATE_COUNT][2] = { [DELIVERY_WAITING] = { "Waits", "unknown" },
		                                                         [DELIVERY_DONE] = { "Delivered", "ok" },
		                                                         [DELIVERY_FAILED] = { "Failed", "failed" } };
	bool waits = moment_is_set(delivery->due_at) && delivery->due_at.ms > x->now.ms;
	value_put_text(view, "id", delivery->id);
	value_put_text(view, "event_id", delivery->event_id);
	value_put_text(view, "label", webhook_type_label((enum webhook_type)delivery->type));
	value_put_text(view, "type", choice_name(&webhook_types, (int)delivery->type));
	value_put_text(view, "state", states[delivery->state][0]);
	value_put_text(view, "state_kind", states[delivery->state][1]);
	value_put_text(view, "created", text_of_moment_near(x->arena, delivery->created_at, x->now));
	value_put_text(view, "next_try", waits ? text_of_moment_near(x->arena, delivery->due_at, x->now) : NULL);
	value_put_text(view, "payload", delivery->payload);
	put_tries(x, view, delivery);
}

bool deliveries_put(struct exchange *x, struct value *view, const struct webhook *webhook, struct error *err) {
	struct page page;
	if (!deliveries_page(x->store, webhook->id, DELIVERY_STATE_COUNT, params_get(&x->query, "cursor"), SHOWN, x->arena,
	                     &page, err))
		return false;
	struct value *rows = value_put(view, "deliveries", value_list(x->arena));
	const struct webhook_delivery *deliveries = page.rows.items;
	bool failed = false;
	for (int i = 0; i < page.rows.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "webhook_id", webhook->id);
		put_one(x, row, &deliveries[i]);
		failed = failed || deliveries[i].state == DELIVERY_FAILED;
	}
	value_put_bool(view, "has_deliveries", page.rows.count > 0);
	value_put_bool(view, "has_failed", failed);
	value_put_text(view, "older",
	               page.next ? arena_print(x->arena, "/settings/webhooks/%s?cursor=%s", webhook->id,
	                                       url_encoded(x->arena, page.next))
	                         : NULL);
	return true;
}

static bool list_api(struct exchange *x, struct error *err) {
	const char *word = params_get(&x->query, "state");
	struct webhook webhook;
	struct page page;
	int limit, state = DELIVERY_STATE_COUNT;
	if (!webhook_of_address(x, &webhook, err) || !exchange_limit(x, LISTED, LISTED_MAX, &limit, err))
		return false;
	if (!text_is_empty(word) && !choice_find(&webhook_delivery_states, word, &state))
		return error_field(err, "state", "state is waiting, delivered or failed");
	if (!deliveries_page(x->store, webhook.id, (enum webhook_delivery_state)state, params_get(&x->query, "cursor"),
	                     limit, x->arena, &page, err))
		return false;
	if (page.next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, page.next));
	return reply_rows(x, &webhook_delivery_record, page.rows);
}

static bool go_back(struct exchange *x, const struct webhook *webhook, const char *done) {
	struct value *answer = value_map(x->arena);
	value_put_bool(answer, "queued", true);
	return reply_done(x, arena_print(x->arena, "/settings/webhooks/%s?done=%s#log", webhook->id, done), answer);
}

static bool need_on(const struct exchange *x, const struct webhook *webhook, struct error *err) {
	if (!x->settings->webhooks)
		return error_set(err, ERROR_CONFLICT, "Webhooks are switched off here: ENABLE_WEBHOOKS=false");
	return webhook->is_active || error_set(err, ERROR_CONFLICT, "The webhook is turned off. Turn it on first");
}

static bool test(struct exchange *x, struct error *err) {
	struct webhook webhook;
	return webhook_of_address(x, &webhook, err) && need_on(x, &webhook, err) &&
	       webhook_tell_test(x->store, &webhook, x->now, x->arena, err) && go_back(x, &webhook, "test");
}

static bool replay(struct exchange *x, struct error *err) {
	struct webhook webhook;
	struct webhook_delivery delivery;
	const char *id = x->values[1];
	bool found = true;
	if (!webhook_of_address(x, &webhook, err) || !need_on(x, &webhook, err) ||
	    (id && !webhook_delivery_find(x->store, webhook.id, id, x->arena, &delivery, &found, err)))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "There is no such delivery. It may be older than %d days",
		                 DELIVERY_KEPT_DAYS);
	return deliveries_replay(x->store, webhook.id, id, x->now, err) &&
	       webhook_ask_delivery(x->store, webhook.id, x->arena, err) && go_back(x, &webhook, "replayed");
}

static bool show_form(struct exchange *x, struct error *err) {
	struct webhook webhook;
	return webhook_of_address(x, &webhook, err) &&
	       reply_redirect(x, arena_print(x->arena, "/settings/webhooks/%s", webhook.id));
}

#define QUEUED .status = 202, .shape = "queued:bool"

const struct route webhook_delivery_routes[] = {
	{ "POST", "/settings/webhooks/:webhook_id/test", GUARD_SIGNED_IN, test, .form = show_form, .creates = true },
	{ "POST", "/settings/webhooks/:webhook_id/replay", GUARD_SIGNED_IN, replay, .form = show_form },
	{ "POST", "/settings/webhooks/:webhook_id/deliveries/:delivery_id/replay", GUARD_SIGNED_IN, replay,
	  .form = show_form },
	{ "GET", "/api/webhooks/:webhook_id/deliveries", GUARD_SIGNED_IN, list_api,
	  .summary = "What a webhook was told, newest first, with each attempt", .parameters = "state,cursor,limit",
	  .output = &webhook_delivery_record, .list = true },
	{ "POST", "/api/webhooks/:webhook_id/test", GUARD_SIGNED_IN, test, .summary = "Send a test event", .creates = true,
	  QUEUED },
	{ "POST", "/api/webhooks/:webhook_id/replay", GUARD_SIGNED_IN, replay,
	  .summary = "Send everything again that failed", QUEUED },
	{ "POST", "/api/webhooks/:webhook_id/deliveries/:delivery_id/replay", GUARD_SIGNED_IN, replay,
	  .summary = "Send a delivery again, under the same id", QUEUED },
	{ 0 },
};
