/* What is told to a webhook: one delivery for each webhook and event, with a log of its attempts. A failed one is tried
 * again at growing intervals, and given up after about a day. */
#ifndef WEBHOOKS_DELIVERY_H
#define WEBHOOKS_DELIVERY_H

#include "core/store/page.h"

enum { DELIVERY_TRIES_MAX = 7, DELIVERY_TRIES_KEPT = 20, DELIVERY_KEPT_DAYS = 30 };

enum webhook_delivery_state { DELIVERY_WAITING, DELIVERY_DONE, DELIVERY_FAILED, DELIVERY_STATE_COUNT };
extern const struct choices webhook_delivery_states;

struct delivery_try {
	struct moment at;
	int64_t status, took_ms; /* status COUNT_NONE: there was no answer */
	const char *problem;     /* NULL: it was taken */
};

struct webhook_delivery {
	const char *id, *webhook_id;
	const char *event_id; /* also the request's webhook-id: the same at each attempt */
	unsigned type, state; /* enum webhook_type, enum webhook_delivery_state */
	const char *payload;  /* the body: JSON */
	const char *campaign_id, *contact_id;
	int64_t attempts;       /* since it was asked for, or asked for again */
	struct rows tries;      /* struct delivery_try, the newest ones */
	struct moment due_at;   /* of its next attempt; MOMENT_NONE: there is none */
	struct moment noted_at; /* when due_at was said */
	struct moment created_at, ended_at, expires_at;
};
extern const struct record_type webhook_delivery_record;

/* Pure. How long to wait after so many failed attempts (≥ 1); COUNT_NONE: it is given up. */
int64_t webhook_delivery_wait(int64_t attempts);

/* Pure. Notes an attempt. `wait_ms`: what the receiver asks for, at least; 0: nothing. */
void webhook_delivery_note(struct webhook_delivery *delivery, const struct delivery_try *attempt, int64_t wait_ms,
                           struct arena *arena);

/* Stores what webhook_delivery_note made of it. *matched false: somebody else did meanwhile. */
bool webhook_delivery_save(struct store *store, const struct webhook_delivery *delivery, int64_t attempts_before,
                           bool *matched, struct error *err) MUST_CHECK;

/* Those that are due, longest first. *deliveries: struct webhook_delivery. */
bool deliveries_due(struct store *store, const char *webhook_id, int limit, struct moment now, struct arena *arena,
                    struct rows *deliveries, struct error *err) MUST_CHECK;
/* Does any wait? */
bool deliveries_wait(struct store *store, const char *webhook_id, bool *wait, struct error *err) MUST_CHECK;

/* Newest first; `state` DELIVERY_STATE_COUNT: all. */
bool deliveries_page(struct store *store, const char *webhook_id, enum webhook_delivery_state state, const char *cursor,
                     int limit, struct arena *arena, struct page *page, struct error *err) MUST_CHECK;
bool webhook_delivery_find(struct store *store, const char *webhook_id, const char *id, struct arena *arena,
                           struct webhook_delivery *delivery, bool *found, struct error *err) MUST_CHECK;

/* Sends again: one, whatever became of it, or all that failed (id NULL). */
bool deliveries_replay(struct store *store, const char *webhook_id, const char *id, struct moment now,
                       struct error *err) MUST_CHECK;

/* Those that are there already, by webhook and event, are left alone. */
bool deliveries_insert(struct store *store, const struct webhook_delivery *deliveries, int count,
                       struct error *err) MUST_CHECK;
bool deliveries_drop(struct store *store, const char *webhook_id, struct error *err) MUST_CHECK;
/* What was to be told of these people, or was told, is removed. */
bool deliveries_forget(struct store *store, const struct strings *contact_ids, struct error *err) MUST_CHECK;

#endif
