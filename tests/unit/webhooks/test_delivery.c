/* When a delivery is tried again, what is noted of it, and how a request is signed. */
#include <criterion/criterion.h>

#include <string.h>

#include "webhooks/delivery.h"
#include "webhooks/signature.h"
#include "webhooks/webhook.h"

static const struct moment now = { 1795000000000 };

static struct webhook_delivery fresh(void) {
	struct webhook_delivery delivery;
	record_clear(&webhook_delivery_record, &delivery);
	delivery.state = DELIVERY_WAITING;
	delivery.attempts = 0;
	delivery.due_at = delivery.created_at = now;
	return delivery;
}

static const struct delivery_try failed = { { 1795000000000 }, 500, 12, "It answered 500" };

Test(delivery, waits_grow_and_come_to_about_a_day) {
	int64_t sum = 0;
	for (int64_t attempts = 1; attempts < DELIVERY_TRIES_MAX; attempts++) {
		cr_expect(webhook_delivery_wait(attempts) > (attempts > 1 ? 2 * webhook_delivery_wait(attempts - 1) : 0));
		sum += webhook_delivery_wait(attempts);
	}
	cr_expect(sum > 23 * HOUR_MS && sum < 26 * HOUR_MS);
	cr_expect(webhook_delivery_wait(DELIVERY_TRIES_MAX) == COUNT_NONE && webhook_delivery_wait(0) == COUNT_NONE);
}

Test(delivery, one_that_fails_is_tried_so_often_and_then_given_up) {
	ARENA_AUTO arena = arena_new();
	struct webhook_delivery delivery = fresh();
	for (int i = 1; i < DELIVERY_TRIES_MAX; i++) {
		webhook_delivery_note(&delivery, &failed, 0, arena);
		cr_expect(delivery.state == DELIVERY_WAITING && delivery.attempts == i && delivery.tries.count == i);
		cr_expect(delivery.due_at.ms == now.ms + webhook_delivery_wait(i) && !moment_is_set(delivery.ended_at));
	}
	webhook_delivery_note(&delivery, &failed, 0, arena);
	cr_expect(delivery.state == DELIVERY_FAILED && !moment_is_set(delivery.due_at) && delivery.ended_at.ms == now.ms);
}

Test(delivery, its_server_may_ask_for_more_time_but_not_for_less) {
	ARENA_AUTO arena = arena_new();
	struct webhook_delivery delivery = fresh();
	webhook_delivery_note(&delivery, &failed, HOUR_MS, arena);
	cr_expect(delivery.due_at.ms == now.ms + HOUR_MS);
	delivery = fresh();
	webhook_delivery_note(&delivery, &failed, 1, arena);
	cr_expect(delivery.due_at.ms == now.ms + webhook_delivery_wait(1));
}

Test(delivery, one_that_is_taken_is_over_and_its_log_is_bounded) {
	ARENA_AUTO arena = arena_new();
	struct webhook_delivery delivery = fresh();
	for (int i = 0; i < 3 * DELIVERY_TRIES_KEPT; i++)
		webhook_delivery_note(&delivery, &failed, 0, arena);
	const struct delivery_try taken = { moment_add(now, 5), 204, 3, NULL };
	webhook_delivery_note(&delivery, &taken, 0, arena);
	const struct delivery_try *tries = delivery.tries.items;
	cr_expect(delivery.state == DELIVERY_DONE && !moment_is_set(delivery.due_at) && delivery.ended_at.ms == now.ms + 5);
	cr_expect(delivery.tries.count == DELIVERY_TRIES_KEPT && !tries[DELIVERY_TRIES_KEPT - 1].problem &&
	          tries[0].problem);
}

/* The example that the specification's own libraries are tested with. */
Test(delivery, is_signed_as_the_specification_says) {
	static const unsigned char published[] = { 0x31, 0xf2, 0x90, 0xf6, 0xbf, 0x06, 0x29, 0x8a, 0xab, 0x4f, 0x08, 0xd4,
		                                       0x3c, 0x3f, 0x08, 0x2c, 0xf6, 0x48, 0xa3, 0x62, 0xda, 0x2d, 0xa4, 0xb0 };
	struct mac_key key;
	BUF_AUTO text = { 0 };
	mac_key_set(&key, published, sizeof published);
	webhook_sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "{\"test\": 2432232314}", 20, &text);
	cr_expect_str_eq(buf_text(&text), "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

Test(webhook, secrets_are_sealed_to_their_webhook_and_the_one_before_stays_for_a_day) {
	ARENA_AUTO arena = arena_new();
	struct webhook webhook, other;
	struct keyring ring, none = { 0 };
	struct error err = ERROR_INIT;
	const char *first, *second;
	BUF_AUTO plain = { 0 };
	record_clear(&webhook_record, &webhook);
	webhook.id = "65f000000000000000000001";
	cr_assert(keyring_read("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "", "CREDENTIALS_KEY", &ring, &err));
	cr_expect(!webhook_new_secret(&none, &webhook, now, arena, &first, &err) && err.kind == ERROR_CONFLICT);
	cr_assert(webhook_new_secret(&ring, &webhook, now, arena, &first, &err) && !moment_is_set(webhook.before_until));
	cr_assert(webhook_new_secret(&ring, &webhook, now, arena, &second, &err));
	cr_expect(strcmp(first, second) != 0 && strncmp(first, "whsec_", 6) == 0 && strlen(first) == 6 + 44);
	cr_expect(webhook.before_until.ms == now.ms + DAY_MS && webhook.before.data);
	cr_expect(webhook_open_secret(&ring, &webhook, &webhook.before, &plain, &err) && plain.size == 32);
	other = webhook;
	other.id = "65f000000000000000000002";
	buf_reset(&plain);
	cr_expect(!webhook_open_secret(&ring, &other, &webhook.secret, &plain, &err) && plain.size == 0);
}
