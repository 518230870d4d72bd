/* Webhooks: storage and secrets. */
#include "webhooks/webhook.h"

#include <glib.h>
#include <string.h>

#include "core/base/secret.h"
#include "webhooks/delivery.h"

static const char WEBHOOKS[] = "webhooks";

enum { SECRET_BYTES = 32 };

static const char *const type_names[] = {
	[WEBHOOK_STARTED] = "campaign_started",
	[WEBHOOK_SENT] = "campaign_sent",
	[WEBHOOK_PAUSED] = "campaign_paused",
	[WEBHOOK_RESUMED] = "campaign_resumed",
	[WEBHOOK_CANCELLED] = "campaign_cancelled",
	[WEBHOOK_FAILED] = "campaign_failed",
	[WEBHOOK_OPENED] = "email_opened",
	[WEBHOOK_CLICKED] = "email_clicked",
	[WEBHOOK_UNSUBSCRIBED] = "email_unsubscribed",
	[WEBHOOK_BOUNCED] = "email_bounced",
	[WEBHOOK_COMPLAINED] = "email_complained",
	[WEBHOOK_REDEEMED] = "code_redeemed",
	[WEBHOOK_UNREDEEMED] = "redemption_undone",
	[WEBHOOK_TEST] = "webhook_test",
};
_Static_assert(sizeof type_names / sizeof *type_names == WEBHOOK_TYPE_COUNT, "a name a type");
const struct choices webhook_types = CHOICES(type_names);

const char *webhook_type_label(enum webhook_type type) {
	static const char *const labels[WEBHOOK_TYPE_COUNT] = {
		[WEBHOOK_STARTED] = "Sending has started",  [WEBHOOK_SENT] = "Campaign sent",
		[WEBHOOK_PAUSED] = "Campaign paused",       [WEBHOOK_RESUMED] = "Campaign resumed",
		[WEBHOOK_CANCELLED] = "Campaign cancelled", [WEBHOOK_FAILED] = "Campaign failed",
		[WEBHOOK_OPENED] = "Email opened",          [WEBHOOK_CLICKED] = "Link clicked",
		[WEBHOOK_UNSUBSCRIBED] = "Unsubscribed",    [WEBHOOK_BOUNCED] = "Email bounced",
		[WEBHOOK_COMPLAINED] = "Marked as spam",    [WEBHOOK_REDEEMED] = "Code redeemed",
		[WEBHOOK_UNREDEEMED] = "Redemption undone", [WEBHOOK_TEST] = "Test",
	};
	return labels[type];
}

static const struct field fields[] = {
	FIELD(struct webhook, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct webhook, name),
	FIELD(struct webhook, url),
	FIELD(struct webhook, events, .doc = "Of what it is told"),
	FIELD(struct webhook, is_active),
	FIELD(struct webhook, secret, .flags = FIELD_PRIVATE),
	FIELD(struct webhook, before, .flags = FIELD_PRIVATE),
	FIELD(struct webhook, before_until, .doc = "Until then the secret before signs, too"),
	FIELD(struct webhook, problem, .doc = "Of its newest delivery, or why it was turned off; null: none"),
	FIELD(struct webhook, last_ok_at),
	FIELD(struct webhook, last_failed_at),
	FIELD(struct webhook, created_by),
	FIELD(struct webhook, created_at),
	FIELD(struct webhook, updated_at),
	FIELD(struct webhook, rev, .flags = FIELD_REVISION),
	FIELD(struct webhook, fence, .flags = FIELD_PRIVATE),
};
const struct record_type webhook_record = RECORD_TYPE("Webhook", struct webhook, fields);

bool webhook_list(struct store *store, struct arena *arena, struct rows *webhooks, struct error *err) {
	return store_list(store, WEBHOOKS, &everything, SORT(asc("name"), asc("_id")), WEBHOOKS_MAX, &webhook_record, arena,
	                  &webhooks->items, &webhooks->count, err);
}

bool webhook_find(struct store *store, const char *id, struct arena *arena, struct webhook *webhook, bool *found,
                  struct error *err) {
	return store_find(store, WEBHOOKS, FILTER(by_id(id)), NULL, &webhook_record, arena, webhook, found, err);
}

bool webhook_wants(const struct webhook *webhook, enum webhook_type type) {
	return webhook->is_active && strings_have(&webhook->events, type_names[type]);
}

bool webhook_insert(struct store *store, const struct webhook *webhook, struct error *err) {
	int64_t others;
	bool was_there;
	if (!store_count(store, WEBHOOKS, FILTER(ne_id("_id", webhook->id)), &others, err))
		return false;
	if (others >= WEBHOOKS_MAX)
		return error_set(err, ERROR_CONFLICT, "There are %d webhooks, the most there can be. Delete one first",
		                 WEBHOOKS_MAX);
	return store_create(store, WEBHOOKS, &webhook_record, webhook, webhook->id, &was_there, err);
}

bool webhook_save(struct store *store, const struct webhook *webhook, struct error *err) {
	bool found;
	return store_save(store, WEBHOOKS, FILTER(by_id(webhook->id)), &webhook_record, webhook, EXCEPT("fence"), &found,
	                  err) &&
	       (found || error_set(err, ERROR_MISSING, "The webhook “%.100s” was deleted", webhook->name));
}

bool webhook_drop(struct store *store, const struct webhook *webhook, struct error *err) {
	bool found;
	return store_remove(store, WEBHOOKS, FILTER(by_id(webhook->id)), &webhook_record, webhook, &found, err) &&
	       deliveries_drop(store, webhook->id, err);
}

bool webhook_note(struct store *store, const char *id, const char *problem, bool off, struct moment now,
                  struct error *err) {
	bool matched;
	return store_update(store, WEBHOOKS, FILTER(by_id(id)),
	                    UPDATE(set_text("problem", problem), set_moment(problem ? "last_failed_at" : "last_ok_at", now),
	                           off ? set_bool("is_active", false) : no_edit()),
	                    &matched, err);
}

/* --- secrets --- */

static const char *place_of(const struct webhook *webhook, struct arena *arena) {
	return arena_print(arena, "webhook/%s", webhook->id);
}

static void wipe(struct buf *secret) {
	if (secret->bytes)
		secret_wipe(secret->bytes, secret->room);
}

bool webhook_new_secret(const struct keyring *ring, struct webhook *webhook, struct moment now, struct arena *arena,
                        const char **secret, struct error *err) {
	unsigned char bytes[SECRET_BYTES];
	BUF_AUTO sealed = { 0 };
	if (ring->count == 0)
		return error_set(err, ERROR_CONFLICT,
		                 "Secrets cannot be stored here: CREDENTIALS_KEY is not set. Run deploy/up, which makes one");
	secret_random_bytes(bytes, sizeof bytes);
	sealed_close(ring, place_of(webhook, arena), (const char *)bytes, sizeof bytes, &sealed);
	g_autofree char *text = g_base64_encode(bytes, sizeof bytes);
	*secret = arena_print(arena, "whsec_%s", text);
	secret_wipe(bytes, sizeof bytes);
	webhook->before = webhook->secret;
	webhook->before_until = webhook->secret.data ? moment_add(now, WEBHOOK_BEFORE_MS) : MOMENT_NONE;
	webhook->secret = (struct bytes){ arena_copy_bytes(arena, sealed.bytes, sealed.size), sealed.size };
	return true;
}

bool webhook_open_secret(const struct keyring *ring, const struct webhook *webhook, const struct bytes *sealed,
                         struct buf *out, struct error *err) {
	ARENA_AUTO arena = arena_new();
	switch (sealed_open(ring, place_of(webhook, arena), sealed->data, sealed->size, out)) {
	case SEALED_FINE:
		return true;
	case SEALED_NO_KEY:
		return error_set(err, ERROR_CONFLICT,
		                 "Its secret was stored under another CREDENTIALS_KEY. Set that key as CREDENTIALS_KEYS_OLD, "
		                 "or create a new secret");
	default:
		return error_set(err, ERROR_CONFLICT, "Its stored secret is damaged. Create a new one");
	}
}

/* *sealed: it was sealed with an older key and is now sealed with the first. */
static bool renew(const struct keyring *ring, const struct webhook *webhook, struct bytes *secret, struct arena *arena,
                  bool *sealed) {
	char id[SEALED_KEY_ID];
	struct error ignored;
	BUF_AUTO plain = { 0 };
	BUF_AUTO anew = { 0 };
	sealed_key_id(secret->data, secret->size, id);
	bool fine = webhook_open_secret(ring, webhook, secret, &plain, &ignored);
	*sealed = fine && strcmp(id, ring->keys[0].id) != 0;
	if (*sealed) {
		sealed_close(ring, place_of(webhook, arena), plain.bytes, plain.size, &anew);
		*secret = (struct bytes){ arena_copy_bytes(arena, anew.bytes, anew.size), anew.size };
	}
	wipe(&plain);
	return fine;
}

bool webhooks_reseal(struct store *store, const struct keyring *ring, struct arena *arena, struct rotation *rotation,
                     struct error *err) {
	struct rows all;
	if (!webhook_list(store, arena, &all, err))
		return false;
	struct webhook *webhooks = all.items;
	for (int i = 0; i < all.count; i++) {
		struct bytes *secrets[] = { &webhooks[i].secret, &webhooks[i].before };
		bool any = false, sealed;
		for (size_t at = 0; at < sizeof secrets / sizeof *secrets; at++) {
			if (!secrets[at]->data)
				continue;
			rotation->secrets++;
			rotation->lost += !renew(ring, &webhooks[i], secrets[at], arena, &sealed);
			rotation->sealed += sealed;
			any |= sealed;
		}
		if (any && !webhook_save(store, &webhooks[i], err) && !store_is_stale(err))
			return false;
	}
	return true;
}
