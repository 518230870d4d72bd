/* Delivering to webhooks. */
#include "webhooks/delivering.h"

#include "core/process/settings.h"
#include "core/store/clock.h"
#include "notices/notice.h"
#include "webhooks/delivery.h"
#include "webhooks/posting.h"
#include "webhooks/settings_webhook.h"

static const char WEBHOOKS[] = "webhooks";

enum {
	AT_ONCE = POSTING_MAX,
	STRIKES = 3,              /* failures one after another, then it rests */
	REST_MS = 30 * SECOND_MS, /* also how long something new may wait beside what is tried again */
	TURN_MS = 15 * SECOND_MS, /* then others have their turn */
	RETRY_MOST_MS = HOUR_MS,  /* of what a receiver asks for */
	GONE = 410,
};

/* A run, while it is kept. */
struct round {
	struct webhook webhook;
	struct posting *posting;
	struct rows batch; /* struct webhook_delivery, being sent */
	int64_t began_ms;
	int strikes;
};

bool webhook_ask_delivery(struct store *store, const char *webhook_id, struct arena *arena, struct error *err) {
	const struct job_request request = { .kind = webhook_job.name,
		                                 .key = arena_print(arena, "webhook %s", webhook_id),
		                                 .subject = webhook_id,
		                                 .once_more = true };
	const char *id;
	bool already;
	return queue_ask(store, &request, arena, &id, &already, err);
}

/* Nobody has answered since this was to be told, all day long; or the receiver says that it is gone. */
static bool is_hopeless(const struct webhook *webhook, const struct webhook_delivery *delivery,
                        const struct delivery_try *attempt) {
	if (attempt->status == GONE)
		return true;
	return delivery->state == DELIVERY_FAILED && delivery->type != WEBHOOK_TEST &&
	       (!moment_is_set(webhook->last_ok_at) || webhook->last_ok_at.ms < delivery->created_at.ms);
}

static bool turn_off(struct job_run *run, struct round *round, const char *why, struct error *err) {
	struct webhook *webhook = &round->webhook;
	const struct notice notice = {
		.key = arena_print(run->arena, "webhook:%s:%lld", webhook->id, (long long)(run->now.ms / HOUR_MS)),
		.kind = NOTICE_LIMIT,
		.words = arena_print(run->arena, "The webhook “%s” was turned off: %s", webhook->name, why),
		.name = webhook->name,
		.address = arena_print(run->arena, "/settings/webhooks/%s", webhook->id),
		.at = run->now,
	};
	webhook->is_active = false;
	return webhook_note(run->store, webhook->id, arena_print(run->arena, "Turned off: %s", why), true, run->now, err) &&
	       notice_tell(run->store, &notice, run->arena, err);
}

static bool store_one(struct job_run *run, struct round *round, struct webhook_delivery *delivery,
                      const struct posted *posted, struct error *err) {
	const struct delivery_try attempt = { job_now(run), posted->status, posted->took_ms, posted->problem };
	int64_t before = delivery->attempts, wait = posted->retry_ms < RETRY_MOST_MS ? posted->retry_ms : RETRY_MOST_MS;
	bool matched;
	webhook_delivery_note(delivery, &attempt, wait, run->arena);
	round->strikes = attempt.problem ? round->strikes + 1 : 0;
	if (!attempt.problem)
		round->webhook.last_ok_at = attempt.at;
	if (!webhook_delivery_save(run->store, delivery, before, &matched, err))
		return false;
	if (is_hopeless(&round->webhook, delivery, &attempt))
		return turn_off(run, round,
		                attempt.status == GONE ? "its server says that the address is gone"
		                                       : "its server has taken nothing for a day",
		                err);
	return webhook_note(run->store, round->webhook.id, attempt.problem, false, attempt.at, err);
}

static bool store_batch(struct job_run *run, struct round *round, struct error *err) {
	struct webhook_delivery *deliveries = round->batch.items;
	for (int i = 0; i < round->batch.count; i++)
		if (!store_one(run, round, &deliveries[i], posting_result(round->posting, i), err))
			return false;
	round->batch.count = 0;
	return true;
}

static bool next_batch(struct job_run *run, struct round *round, struct error *err) {
	if (!deliveries_due(run->store, round->webhook.id, AT_ONCE, job_now(run), run->arena, &round->batch, err))
		return false;
	const struct webhook_delivery *deliveries = round->batch.items;
	for (int i = 0; i < round->batch.count; i++)
		posting_start(round->posting, i, deliveries[i].event_id, deliveries[i].payload, job_now(run));
	return true;
}

/* What waits is tried at its time; what comes meanwhile finds this job, so that never sleeps for long. */
static bool rest(struct job_run *run, const struct round *round, struct error *err) {
	bool wait;
	if (!round->webhook.is_active)
		return true;
	if (!deliveries_wait(run->store, round->webhook.id, &wait, err))
		return false;
	if (wait)
		job_again(run, round->strikes >= STRIKES ? REST_MS : SECOND_MS * 2);
	return true;
}

static bool go_on(struct job_run *run, struct error *err) {
	struct round *round = run->state;
	if (!job_beat(run, NULL, err))
		return false;
	if (!posting_turn(round->posting, (int)run->patience_ms)) {
		job_keep(run);
		return true;
	}
	if (!job_admit(run, WEBHOOKS, round->webhook.id, err) || !store_batch(run, round, err))
		return false;
	bool ends = run->cancelled || run->jobs->closing || !round->webhook.is_active || round->strikes >= STRIKES ||
	            run->now_ms - round->began_ms > TURN_MS;
	if (ends || !next_batch(run, round, err))
		return ends && rest(run, round, err);
	if (round->batch.count == 0)
		return rest(run, round, err);
	job_keep(run);
	return true;
}

static bool begin(struct job_run *run, struct error *err) {
	const struct settings *settings = run->context;
	struct round *round = arena_new_of(run->arena, struct round);
	bool found;
	if (!webhook_find(run->store, run->job.subject, run->arena, &round->webhook, &found, err))
		return false;
	if (!found || !round->webhook.is_active || !settings->webhooks)
		return true;
	round->posting = posting_begin(&round->webhook, settings, run->now, run->arena);
	round->began_ms = run->now_ms;
	run->state = round;
	return next_batch(run, round, err) && (round->batch.count > 0 ? go_on(run, err) : rest(run, round, err));
}

/* Of what waits without a job, after a crash. */
static bool adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct rows all;
	struct moment now;
	bool wait;
	if (!store_now(store, &now, err) || !settings_webhook_follow(store, context, now, arena, err) ||
	    !webhook_list(store, arena, &all, err))
		return false;
	const struct webhook *webhooks = all.items;
	for (int i = 0; i < all.count; i++)
		if (webhooks[i].is_active && (!deliveries_wait(store, webhooks[i].id, &wait, err) ||
		                              (wait && !webhook_ask_delivery(store, webhooks[i].id, arena, err))))
			return false;
	return true;
}

const struct job_kind webhook_job = {
	.name = "webhook",
	.run = begin,
	.go_on = go_on,
	.adopt = adopt,
	.lease_ms = MINUTE_MS,
	.priority = 2,
	.backoff = { SECOND_MS, MINUTE_MS },
};
