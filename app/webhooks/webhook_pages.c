/* Webhooks: all of them, one with its form; adding, changing, a new secret, deleting. */
#include "webhooks/webhook_pages.h"

#include <string.h>

#include "connections/secrets.h"
#include "core/http/parts.h"
#include "webhooks/delivering.h"
#include "webhooks/delivery_view_pages.h"
#include "webhooks/target.h"

struct webhook_request {
	const char *name, *url;
	struct strings events;
	bool is_active;
	int64_t rev;
};
static const struct field request_fields[] = {
	FIELD(struct webhook_request, name, .max = WEBHOOK_NAME_MAX, .flags = FIELD_REQUIRED),
	FIELD(struct webhook_request, url, .max = TARGET_URL_MAX, .flags = FIELD_REQUIRED,
	      .doc = "Where requests go: https only"),
	FIELD(struct webhook_request, events, .max = WEBHOOK_TYPE_COUNT, .flags = FIELD_REQUIRED,
	      .doc = "campaign_started, campaign_sent, campaign_paused, campaign_resumed, campaign_cancelled, "
	             "campaign_failed, email_opened, email_clicked, email_unsubscribed, email_bounced, email_complained, "
	             "code_redeemed, redemption_undone"),
	FIELD(struct webhook_request, is_active, .flags = FIELD_TRUE),
	FIELD(struct webhook_request, rev, .doc = "As read: refuses to overwrite what somebody else saved since"),
};
static const struct record_type request_record = RECORD_TYPE("WebhookRequest", struct webhook_request, request_fields);

bool webhook_of_address(struct exchange *x, struct webhook *webhook, struct error *err) {
	bool found;
	return webhook_find(x->store, x->values[0], x->arena, webhook, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "There is no webhook “%.60s”", x->values[0]));
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows all;
	return webhook_list(x->store, x->arena, &all, err) && reply_rows(x, &webhook_record, all);
}

static bool show_api(struct exchange *x, struct error *err) {
	struct webhook webhook;
	return webhook_of_address(x, &webhook, err) && reply_record(x, &webhook_record, &webhook);
}

/* Pages. */

static void put_state(const struct exchange *x, struct value *view, const struct webhook *webhook) {
	bool failed = webhook->problem != NULL;
	const char *kind = !webhook->is_active ? "unknown" : failed ? "failed" : "ok";
	const struct moment at = failed ? webhook->last_failed_at : webhook->last_ok_at;
	value_put_text(view, "id", webhook->id);
	value_put_text(view, "name", webhook->name);
	value_put_text(view, "url", webhook->url);
	value_put_text(view, "status", !webhook->is_active ? "Off" : failed ? "Fails" : "On");
	value_put_text(view, "status_kind", kind);
	value_put_text(view, "why", webhook->problem);
	value_put_text(view, "at", moment_is_set(at) ? text_of_moment_near(x->arena, at, x->now) : NULL);
	value_put_int(view, "event_count", webhook->events.count);
}

/* `chosen` NULL: of a new one, those about campaigns. */
static void put_events(const struct exchange *x, struct value *view, const struct strings *chosen) {
	struct value *rows = value_put(view, "events", value_list(x->arena));
	const struct strings typed = params_all(&x->form, "events", x->arena);
	bool again = params_get(&x->form, "url") != NULL;
	for (int type = 0; type < WEBHOOK_TEST; type++) {
		const char *name = choice_name(&webhook_types, type);
		bool is = again ? strings_have(&typed, name) : chosen ? strings_have(chosen, name) : type <= WEBHOOK_FAILED;
		put_choice(rows, name, webhook_type_label((enum webhook_type)type), is);
	}
	part_field(x, view, "events", NULL);
}

static void put_active(const struct exchange *x, struct value *view, bool is_active) {
	struct value *options = part_select(x, view, "is_active");
	const char *typed = exchange_typed(x, "is_active", is_active ? "true" : "false");
	put_choice(options, "true", "On", text_same(typed, "true"));
	put_choice(options, "false", "Off: nothing is told, and what waits is kept", !text_same(typed, "true"));
}

/* `webhook`: one just created, with its secret; or NULL. */
static bool list_page(struct exchange *x, const struct webhook *created, const char *secret, struct error *err) {
	struct value *view = value_map(x->arena);
	struct rows all;
	if (!webhook_list(x->store, x->arena, &all, err))
		return false;
	struct value *rows = value_put(view, "webhooks", value_list(x->arena));
	const struct webhook *webhooks = all.items;
	for (int i = 0; i < all.count; i++)
		put_state(x, value_push(rows, value_map(x->arena)), &webhooks[i]);
	value_put_bool(view, "has_webhooks", all.count > 0);
	value_put_bool(view, "deleted", params_get(&x->query, "deleted") != NULL);
	value_put_bool(view, "has_key", !text_is_empty(x->settings->credentials_key));
	value_put_bool(view, "off", !x->settings->webhooks);
	value_put_text(view, "secret", secret);
	value_put_text(view, "created", created ? created->id : NULL);
	part_field(x, view, "name", created ? NULL : exchange_typed(x, "name", NULL));
	part_field(x, view, "url", created ? NULL : exchange_typed(x, "url", NULL));
	put_events(x, view, NULL);
	return reply_page(x, "webhooks/webhooks", "Webhooks", "settings", view, err);
}

static bool show_all(struct exchange *x, struct error *err) {
	return list_page(x, NULL, NULL, err);
}

static const char *const done_words[][2] = {
	{ "saved", "Webhook saved" }, { "test", "A test is on its way" }, { "replayed", "It is sent again" }, { NULL }
};

static bool one_page(struct exchange *x, const struct webhook *webhook, const char *secret, struct error *err) {
	struct value *view = value_map(x->arena);
	put_state(x, view, webhook);
	part_field(x, view, "name", exchange_typed(x, "name", webhook->name));
	part_field(x, view, "url", exchange_typed(x, "url", webhook->url));
	put_events(x, view, &webhook->events);
	put_active(x, view, webhook->is_active);
	value_put_bool(view, "is_active", webhook->is_active);
	value_put_text(view, "rev", exchange_revision(x, webhook->rev));
	value_put_text(view, "secret", secret);
	value_put_text(view, "before",
	               moment_is_set(webhook->before_until) && webhook->before_until.ms > x->now.ms
	                   ? text_of_moment_near(x->arena, webhook->before_until, x->now)
	                   : NULL);
	value_put_text(view, "added", text_of_day(x->arena, webhook->created_at));
	value_put_text(view, "done", exchange_done(x, done_words));
	return deliveries_put(x, view, webhook, err) &&
	       reply_page(x, "webhooks/webhook", webhook->name, "settings", view, err);
}

static bool show_one(struct exchange *x, struct error *err) {
	struct webhook webhook;
	return webhook_of_address(x, &webhook, err) && one_page(x, &webhook, NULL, err);
}

/* Actions. */

static bool check(const struct exchange *x, const struct webhook_request *request, struct error *err) {
	struct target target;
	int type;
	if (request->events.count == 0)
		return error_field(err, "events", "Choose at least one event");
	for (int i = 0; i < request->events.count; i++)
		if (!choice_find(&webhook_types, request->events.items[i], &type) || type == WEBHOOK_TEST)
			return error_field(err, "events", "There is no event “%.60s”", request->events.items[i]);
	return target_read(request->url, x->settings->webhooks_inside, x->arena, &target, err);
}

static void take(const struct exchange *x, const struct webhook_request *request, struct webhook *webhook) {
	webhook->name = request->name;
	webhook->url = request->url;
	webhook->events = strings_distinct(x->arena, &request->events);
	webhook->problem = request->is_active && !webhook->is_active ? NULL : webhook->problem;
	webhook->is_active = request->is_active;
	webhook->updated_at = x->now;
}

static bool new_secret(struct exchange *x, struct webhook *webhook, const char **secret, struct error *err) {
	struct keyring ring = secrets_ring(x->settings);
	bool fine = webhook_new_secret(&ring, webhook, x->now, x->arena, secret, err);
	keyring_wipe(&ring);
	return fine;
}

static bool reply_secret(struct exchange *x, const struct webhook *webhook, const char *secret) {
	struct value *answer = record_to_value(&webhook_record, webhook, x->arena);
	value_put_text(answer, "secret", secret);
	return reply_json(x, answer);
}

static bool create(struct exchange *x, struct error *err) {
	const struct webhook_request *request = x->input;
	const char *secret;
	struct webhook webhook;
	record_clear(&webhook_record, &webhook);
	webhook.id = exchange_new_id(x);
	webhook.created_by = x->identity.user;
	webhook.created_at = x->now;
	webhook.rev = 1;
	take(x, request, &webhook);
	if (!check(x, request, err) || !new_secret(x, &webhook, &secret, err) || !webhook_insert(x->store, &webhook, err))
		return false;
	return x->wants_json ? reply_secret(x, &webhook, secret) : list_page(x, &webhook, secret, err);
}

static bool save(struct exchange *x, struct error *err) {
	const struct webhook_request *request = x->input;
	struct webhook webhook, stored;
	if (!webhook_of_address(x, &webhook, err))
		return false;
	stored = webhook;
	take(x, request, &webhook);
	webhook.rev = request->rev;
	if (!check(x, request, err))
		return false;
	if (!webhook_save(x->store, &webhook, err))
		return store_is_stale(err) ? exchange_stale(x, &webhook_record, &stored, err) : false;
	return webhook_ask_delivery(x->store, webhook.id, x->arena, err) && webhook_of_address(x, &webhook, err) &&
	       reply_saved(x, arena_print(x->arena, "/settings/webhooks/%s?done=saved", webhook.id), &webhook_record,
	                   &webhook);
}

static bool ask_renew(struct exchange *x, struct error *err) {
	struct webhook webhook;
	if (!webhook_of_address(x, &webhook, err))
		return false;
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Create a new secret for “%s”?", webhook.name),
		.lines = { "Requests are signed with both secrets for a day, then with the new one alone." },
		.button = "Create new secret",
		.removes_nothing = true,
		.back = arena_print(x->arena, "/settings/webhooks/%s", webhook.id),
		.place = webhook.name,
		.active = "settings",
	};
	return reply_confirm(x, &confirm, err);
}

static bool renew(struct exchange *x, struct error *err) {
	struct webhook webhook;
	const char *secret;
	if (!webhook_of_address(x, &webhook, err) || !new_secret(x, &webhook, &secret, err) ||
	    !webhook_save(x->store, &webhook, err))
		return false;
	return x->wants_json ? reply_secret(x, &webhook, secret) : one_page(x, &webhook, secret, err);
}

static bool ask_drop(struct exchange *x, struct error *err) {
	struct webhook webhook;
	if (!webhook_of_address(x, &webhook, err))
		return false;
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Delete the webhook “%s”?", webhook.name),
		.lines = { "Nothing more is told there. Its log and its secret are deleted, too.",
		           webhook.is_active ? "To stop it for a while, turn it off instead." : NULL },
		.button = "Delete webhook",
		.back = arena_print(x->arena, "/settings/webhooks/%s", webhook.id),
		.place = webhook.name,
		.active = "settings",
	};
	return reply_confirm(x, &confirm, err);
}

static bool drop(struct exchange *x, struct error *err) {
	struct webhook webhook;
	return webhook_of_address(x, &webhook, err) && webhook_drop(x->store, &webhook, err) &&
	       reply_deleted(x, "/settings/webhooks?deleted=1");
}

#define WITH_SECRET .output = &webhook_record, .shape = "secret:text"

const struct route webhook_routes[] = {
	{ "GET", "/settings/webhooks", GUARD_SIGNED_IN, show_all },
	{ "POST", "/settings/webhooks", GUARD_SIGNED_IN, create, .input = &request_record, .form = show_all,
	  .creates = true },
	{ "GET", "/settings/webhooks/:webhook_id", GUARD_SIGNED_IN, show_one },
	{ "POST", "/settings/webhooks/:webhook_id", GUARD_SIGNED_IN, save, .input = &request_record, .form = show_one },
	{ "GET", "/settings/webhooks/:webhook_id/secret", GUARD_SIGNED_IN, ask_renew },
	{ "POST", "/settings/webhooks/:webhook_id/secret", GUARD_SIGNED_IN, renew, .form = show_one },
	{ "GET", "/settings/webhooks/:webhook_id/delete", GUARD_SIGNED_IN, ask_drop },
	{ "POST", "/settings/webhooks/:webhook_id/delete", GUARD_SIGNED_IN, drop, .form = ask_drop },
	{ "GET", "/api/webhooks", GUARD_SIGNED_IN, list_api, .summary = "Webhooks, without their secrets",
	  .output = &webhook_record, .list = true },
	{ "POST", "/api/webhooks", GUARD_SIGNED_IN, create, .status = 201,
	  .summary = "Add a webhook; the answer has its secret, once", .input = &request_record, .creates = true,
	  WITH_SECRET },
	{ "GET", "/api/webhooks/:webhook_id", GUARD_SIGNED_IN, show_api, .summary = "A webhook, without its secret",
	  .output = &webhook_record },
	{ "PUT", "/api/webhooks/:webhook_id", GUARD_SIGNED_IN, save, .summary = "Change a webhook, turn it on or off",
	  .input = &request_record, .output = &webhook_record },
	{ "POST", "/api/webhooks/:webhook_id/secret", GUARD_SIGNED_IN, renew,
	  .summary = "Create a new secret; the one before signs, too, for a day", WITH_SECRET },
	{ "DELETE", "/api/webhooks/:webhook_id", GUARD_SIGNED_IN, drop, .summary = "Delete a webhook and its log",
	  .shape = "deleted:bool" },
	{ 0 },
};
