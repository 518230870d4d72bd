/* Deliveries: storage, and when they are tried again. */
#include "webhooks/delivery.h"

#include <string.h>

#include "webhooks/webhook.h"

static const char DELIVERIES[] = "webhook_deliveries";

static const char *const state_names[] = {
	[DELIVERY_WAITING] = "waiting", [DELIVERY_DONE] = "delivered", [DELIVERY_FAILED] = "failed"
};
const struct choices webhook_delivery_states = CHOICES(state_names);

static const struct field try_fields[] = {
	FIELD(struct delivery_try, at),
	FIELD(struct delivery_try, status, .doc = "HTTP status; null: no answer"),
	FIELD(struct delivery_try, took_ms),
	FIELD(struct delivery_try, problem),
};
static const struct record_type try_record = RECORD_TYPE("WebhookAttempt", struct delivery_try, try_fields);

static const struct field fields[] = {
	FIELD(struct webhook_delivery, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct webhook_delivery, webhook_id, .flags = FIELD_ID),
	FIELD(struct webhook_delivery, event_id, .doc = "Also the header webhook-id, the same at each attempt"),
	FIELD(struct webhook_delivery, type, .choices = &webhook_types),
	FIELD(struct webhook_delivery, state, .choices = &webhook_delivery_states),
	FIELD(struct webhook_delivery, payload, .doc = "The body that is sent"),
	FIELD(struct webhook_delivery, campaign_id, .flags = FIELD_ID),
	FIELD(struct webhook_delivery, contact_id, .flags = FIELD_ID),
	FIELD(struct webhook_delivery, attempts),
	FIELD_LIST(struct webhook_delivery, tries, try_record),
	FIELD(struct webhook_delivery, due_at, .doc = "When it is tried next"),
	FIELD(struct webhook_delivery, noted_at, .flags = FIELD_PRIVATE),
	FIELD(struct webhook_delivery, created_at),
	FIELD(struct webhook_delivery, ended_at),
	FIELD(struct webhook_delivery, expires_at),
};
const struct record_type webhook_delivery_record = RECORD_TYPE("WebhookDelivery", struct webhook_delivery, fields);

int64_t webhook_delivery_wait(int64_t attempts) {
	static const int64_t waits[DELIVERY_TRIES_MAX - 1] = { 5 * SECOND_MS, MINUTE_MS,   10 * MINUTE_MS,
		                                                   HOUR_MS,       6 * HOUR_MS, 17 * HOUR_MS };
	return attempts >= 1 && attempts < DELIVERY_TRIES_MAX ? waits[attempts - 1] : COUNT_NONE;
}

static void add_try(struct webhook_delivery *delivery, const struct delivery_try *attempt, struct arena *arena) {
	struct delivery_try *all = arena_array(arena, struct delivery_try, delivery->tries.count + 1);
	int kept = delivery->tries.count < DELIVERY_TRIES_KEPT ? delivery->tries.count : DELIVERY_TRIES_KEPT - 1;
	const struct delivery_try *before = delivery->tries.items;
	if (kept > 0)
		memcpy(all, before + delivery->tries.count - kept, sizeof *all * (size_t)kept);
	all[kept] = *attempt;
	delivery->tries = (struct rows){ all, kept + 1 };
}

void webhook_delivery_note(struct webhook_delivery *delivery, const struct delivery_try *attempt, int64_t wait_ms,
                           struct arena *arena) {
	int64_t wait = webhook_delivery_wait(++delivery->attempts);
	add_try(delivery, attempt, arena);
	delivery->due_at = delivery->ended_at = MOMENT_NONE;
	delivery->noted_at = attempt->at;
	if (attempt->problem && wait != COUNT_NONE) {
		delivery->state = DELIVERY_WAITING;
		delivery->due_at = moment_add(attempt->at, wait_ms > wait ? wait_ms : wait);
		return;
	}
	delivery->state = attempt->problem ? DELIVERY_FAILED : DELIVERY_DONE;
	delivery->ended_at = attempt->at;
}

bool webhook_delivery_save(struct store *store, const struct webhook_delivery *delivery, int64_t attempts_before,
                           bool *matched, struct error *err) {
	return store_update(store, DELIVERIES,
	                    FILTER(by_id(delivery->id), eq_count("attempts", attempts_before), is_present("due_at")),
	                    UPDATE(set_record(&webhook_delivery_record, delivery,
	                                      ONLY("state", "attempts", "tries", "due_at", "noted_at", "ended_at"))),
	                    matched, err);
}

bool deliveries_due(struct store *store, const char *webhook_id, int limit, struct moment now, struct arena *arena,
                    struct rows *deliveries, struct error *err) {
	const struct moment ahead = moment_add(now, MINUTE_MS); /* said by a clock that was set back since */
	return store_list(store, DELIVERIES,
	                  FILTER(eq_id("webhook_id", webhook_id), is_present("due_at"),
	                         ANY_OF(lte_moment("due_at", now), gt_moment("noted_at", ahead))),
	                  SORT(asc("due_at"), asc("_id")), limit, &webhook_delivery_record, arena, &deliveries->items,
	                  &deliveries->count, err);
}

bool deliveries_wait(struct store *store, const char *webhook_id, bool *wait, struct error *err) {
	int64_t count;
	bool fine = store_count_most(store, DELIVERIES, FILTER(eq_id("webhook_id", webhook_id), is_present("due_at")), 1,
	                             &count, err);
	*wait = fine && count > 0;
	return fine;
}

bool deliveries_page(struct store *store, const char *webhook_id, enum webhook_delivery_state state, const char *cursor,
                     int limit, struct arena *arena, struct page *page, struct error *err) {
	const struct page_query query = { .filter = FILTER(eq_id("webhook_id", webhook_id),
		                                               state < DELIVERY_STATE_COUNT
		                                                   ? eq_choice("state", &webhook_delivery_states, state)
		                                                   : anything()),
		                              .by = "created_at",
		                              .descending = true,
		                              .cursor = cursor,
		                              .limit = limit };
	return store_page(store, DELIVERIES, &query, &webhook_delivery_record, arena, page, err);
}

bool webhook_delivery_find(struct store *store, const char *webhook_id, const char *id, struct arena *arena,
                           struct webhook_delivery *delivery, bool *found, struct error *err) {
	return store_find(store, DELIVERIES, FILTER(by_id(id), eq_id("webhook_id", webhook_id)), NULL,
	                  &webhook_delivery_record, arena, delivery, found, err);
}

bool deliveries_replay(struct store *store, const char *webhook_id, const char *id, struct moment now,
                       struct error *err) {
	return store_update_all(store, DELIVERIES,
	                        FILTER(eq_id("webhook_id", webhook_id),
	                               id ? by_id(id) : eq_choice("state", &webhook_delivery_states, DELIVERY_FAILED)),
	                        UPDATE(set_choice("state", &webhook_delivery_states, DELIVERY_WAITING),
	                               set_count("attempts", 0), set_moment("due_at", now), set_moment("noted_at", now),
	                               unset("ended_at")),
	                        err);
}

bool deliveries_insert(struct store *store, const struct webhook_delivery *deliveries, int count, struct error *err) {
	struct bulk *bulk = bulk_open(store, DELIVERIES);
	for (int i = 0; i < count; i++)
		bulk_insert(bulk, &webhook_delivery_record, &deliveries[i]);
	return bulk_run(bulk, NULL, err);
}

bool deliveries_drop(struct store *store, const char *webhook_id, struct error *err) {
	int64_t deleted;
	return store_delete(store, DELIVERIES, FILTER(eq_id("webhook_id", webhook_id)), &deleted, err);
}

bool deliveries_forget(struct store *store, const struct strings *contact_ids, struct error *err) {
	int64_t deleted;
	return store_delete(store, DELIVERIES, FILTER(in_ids("contact_id", contact_ids)), &deleted, err);
}
