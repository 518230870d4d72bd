/* Telling webhooks. */
#include "webhooks/telling.h"

#include <string.h>

#include "core/base/secret.h"
#include "core/formats/json.h"
#include "core/process/settings.h"
#include "webhooks/delivering.h"
#include "webhooks/delivery.h"

enum { ID_HEX = 32 };

static const char *event_id(const struct webhook_event *event, struct arena *arena) {
	char digest[SECRET_HEX];
	secret_digest(arena_print(arena, "%s\n%s", choice_name(&webhook_types, (int)event->type), event->key), digest);
	return arena_print(arena, "evt_%.*s", ID_HEX, digest);
}

/* Ids, but no address: whoever needs one asks for the person, who may have been erased since. */
static const char *payload_of(const struct webhook_event *event, const char *id, struct arena *arena) {
	struct value *all = value_map(arena), *data = value_map(arena);
	char at[MOMENT_TEXT];
	BUF_AUTO text = { 0 };
	value_put_text(all, "id", id);
	value_put_text(all, "type", choice_name(&webhook_types, (int)event->type));
	value_put_text(all, "timestamp", moment_format(event->at, at));
	(void)value_put(all, "data", data);
	value_put_text(data, "campaign_id", event->campaign_id);
	value_put_text(data, "contact_id", event->contact_id);
	value_put_text(data, "email_id", event->email_id);
	if (event->about)
		value_put_text(data, event->about, event->words);
	json_write(&text, all);
	return arena_copy(arena, buf_text(&text));
}

static struct webhook_delivery delivery_of(const struct webhook *webhook, const struct webhook_event *event,
                                           struct moment now, struct arena *arena) {
	struct webhook_delivery delivery;
	record_clear(&webhook_delivery_record, &delivery);
	delivery.id = store_new_id(arena);
	delivery.webhook_id = webhook->id;
	delivery.event_id = event_id(event, arena);
	delivery.type = event->type;
	delivery.state = DELIVERY_WAITING;
	delivery.payload = payload_of(event, delivery.event_id, arena);
	delivery.campaign_id = event->campaign_id;
	delivery.contact_id = event->contact_id;
	delivery.attempts = 0;
	delivery.created_at = delivery.due_at = delivery.noted_at = now;
	delivery.expires_at = moment_add(now, DELIVERY_KEPT_DAYS * DAY_MS);
	return delivery;
}

static bool is_told(const struct webhook *webhook, const struct webhook_event *event, struct moment now) {
	return webhook_wants(webhook, event->type) && event->at.ms >= webhook->created_at.ms &&
	       event->at.ms > now.ms - WEBHOOK_TOLD_DAYS * DAY_MS;
}

static bool tell_one(struct store *store, const struct webhook *webhook, const struct webhook_event *events, int count,
                     struct moment now, struct arena *arena, struct error *err) {
	struct webhook_delivery *deliveries = arena_array(arena, struct webhook_delivery, count + 1);
	int told = 0;
	for (int i = 0; i < count; i++)
		if (is_told(webhook, &events[i], now))
			deliveries[told++] = delivery_of(webhook, &events[i], now, arena);
	return told == 0 ||
	       (deliveries_insert(store, deliveries, told, err) && webhook_ask_delivery(store, webhook->id, arena, err));
}

bool webhooks_tell(struct store *store, const struct webhook_event *events, int count, struct moment now,
                   struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct rows all;
	if (count == 0 || text_same(settings_text("ENABLE_WEBHOOKS"), "false"))
		return true;
	if (!webhook_list(store, arena, &all, err))
		return false;
	const struct webhook *webhooks = all.items;
	for (int i = 0; i < all.count; i++)
		if (!tell_one(store, &webhooks[i], events, count, now, arena, err))
			return false;
	return true;
}

bool webhook_tell_test(struct store *store, const struct webhook *webhook, struct moment now, struct arena *arena,
                       struct error *err) {
	const struct webhook_event event = {
		.type = WEBHOOK_TEST, .key = store_new_id(arena), .about = "message", .words = "It works", .at = now
	};
	if (!webhook->is_active)
		return error_set(err, ERROR_CONFLICT, "The webhook is turned off. Turn it on first");
	const struct webhook_delivery delivery = delivery_of(webhook, &event, now, arena);
	return deliveries_insert(store, &delivery, 1, err) && webhook_ask_delivery(store, webhook->id, arena, err);
}
