/* The webhook of the settings. */
#include "webhooks/settings_webhook.h"

#include <string.h>

#include "webhooks/target.h"

const char SETTINGS_WEBHOOK[] = "000000000000000000000001";

enum { EVENTS_MAX = 100 };

bool settings_webhook_events(const char *text, struct arena *arena, struct strings *events, struct error *err) {
	struct strings all = { arena_array(arena, const char *, EVENTS_MAX + WEBHOOK_TYPE_COUNT), 0 };
	for (const char *at = text; *at; at += strspn(at, ", ")) {
		size_t size = strcspn(at, ", ");
		const char *name = arena_copy_bytes(arena, at, size);
		int type;
		if (size && (!choice_find(&webhook_types, name, &type) || type == WEBHOOK_TEST || all.count == EVENTS_MAX))
			return error_field(err, "WEBHOOK_EVENTS", "WEBHOOK_EVENTS: there is no event “%.60s”", name);
		if (size)
			all.items[all.count++] = name;
		at += size;
	}
	for (int type = 0; text_is_empty(text) && type <= WEBHOOK_FAILED; type++)
		all.items[all.count++] = choice_name(&webhook_types, type);
	*events = strings_distinct(arena, &all);
	return true;
}

static bool is_named(const struct settings *settings) {
	return !text_is_empty(settings->webhook_url);
}

/* What is wrong with them; NULL: nothing. */
static const char *problem_of(const struct settings *settings, struct arena *arena, struct strings *events) {
	struct error why = ERROR_INIT;
	struct target target;
	*events = (struct strings){ 0 }; /* of none, so that whatever the settings name later is a change */
	if (!is_named(settings))
		return "WEBHOOK_URL no longer names it";
	if (target_read(settings->webhook_url, settings->webhooks_inside, arena, &target, &why) &&
	    settings_webhook_events(settings->webhook_events, arena, events, &why))
		return NULL;
	*events = (struct strings){ 0 };
	return arena_copy(arena, why.text);
}

static bool same_strings(const struct strings *a, const struct strings *b) {
	bool same = a->count == b->count;
	for (int i = 0; same && i < a->count; i++)
		same = strings_have(b, a->items[i]);
	return same;
}

static bool seal(const struct settings *settings, struct webhook *webhook, struct moment now, struct arena *arena,
                 struct error *err) {
	struct keyring ring = secrets_ring(settings);
	const char *secret;
	bool fine = webhook_new_secret(&ring, webhook, now, arena, &secret, err);
	keyring_wipe(&ring);
	return fine;
}

static bool create(struct store *store, const struct settings *settings, const struct strings *events,
                   const char *problem, struct moment now, struct arena *arena, struct error *err) {
	struct webhook webhook;
	record_clear(&webhook_record, &webhook);
	webhook.id = SETTINGS_WEBHOOK;
	webhook.name = "Of the settings";
	webhook.url = settings->webhook_url;
	webhook.events = *events;
	webhook.is_active = !problem;
	webhook.problem = problem;
	webhook.created_by = "WEBHOOK_URL";
	webhook.created_at = webhook.updated_at = now;
	webhook.rev = 1;
	return seal(settings, &webhook, now, arena, err) && webhook_insert(store, &webhook, err);
}

/* One that the settings could not name before, and now do, is on again. */
static bool change(struct store *store, const struct settings *settings, struct webhook *webhook,
                   const struct strings *events, const char *problem, struct moment now, struct error *err) {
	const bool is_same = !problem && text_same(webhook->url, settings->webhook_url) &&
	                     same_strings(&webhook->events, events);
	if (is_same || (problem && !webhook->is_active))
		return true;
	webhook->is_active = !problem;
	webhook->problem = problem;
	webhook->events = *events;
	if (!problem)
		webhook->url = settings->webhook_url;
	webhook->updated_at = now;
	return webhook_save(store, webhook, err);
}

bool settings_webhook_follow(struct store *store, const struct settings *settings, struct moment now,
                             struct arena *arena, struct error *err) {
	struct webhook webhook;
	struct strings events;
	bool found;
	const char *problem = problem_of(settings, arena, &events);
	if (!webhook_find(store, SETTINGS_WEBHOOK, arena, &webhook, &found, err))
		return false;
	if (found)
		return change(store, settings, &webhook, &events, problem, now, err);
	return !is_named(settings) || text_is_empty(settings->credentials_key) ||
	       create(store, settings, &events, problem, now, arena, err);
}
