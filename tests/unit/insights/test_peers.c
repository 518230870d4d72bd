/* The forecast. */
#include <criterion/criterion.h>

#include "insights/peers.h"

/* A forecast is never below the present figure or above delivered, and is exact if the peers did the same. */
Test(forecast, follows_the_peers) {
	ARENA_AUTO arena = arena_new();
	struct moment now = { 1000 * DAY_MS };
	struct peers peers = { .campaigns = arena_array(arena, struct campaign, PEERS_MAX), .count = PEERS_MAX };
	struct campaign young = { .has_report = true,
		                      .sent_at = moment_add(now, -DAY_MS),
		                      .current_metrics = { .sent = 1000 } };
	struct growth growth = { 0 };
	struct forecast forecast;
	struct step half = { moment_add(young.sent_at, HOUR_MS), 40 };
	growth.clicked = (struct rows){ &half, 1 };
	for (int i = 0; i < PEERS_MAX; i++) {
		struct campaign *one = &peers.campaigns[i];
		struct growth *its = arena_new_of(arena, struct growth);
		struct step *steps = arena_array(arena, struct step, 2);
		*one = (struct campaign){ .has_report = true,
			                      .sent_at = moment_add(now, -(20 + i) * DAY_MS),
			                      .current_metrics = { .sent = 2000 } };
		steps[0] = (struct step){ moment_add(one->sent_at, HOUR_MS), 50 };
		steps[1] = (struct step){ moment_add(one->sent_at, 2 * DAY_MS), 100 };
		its->clicked = (struct rows){ steps, 2 };
		peers.growths[i] = its;
	}
	cr_assert(peers_forecast(&peers, &young, &growth, false, now, &forecast));
	cr_expect_eq(forecast.people, 80);
	cr_expect(forecast.low <= 80 && forecast.high >= 80 && forecast.peers == PEERS_MAX);
	cr_expect(forecast.held == PEERS_MAX && forecast.off == 0 && forecast.chance == 80);
	half.count = 990;
	cr_assert(peers_forecast(&peers, &young, &growth, false, now, &forecast));
	cr_expect_eq(forecast.people, 1000);
	young.sent_at = moment_add(now, -8 * DAY_MS);
	cr_expect_not(peers_forecast(&peers, &young, &growth, false, now, &forecast));
	young.sent_at = moment_add(now, -DAY_MS);
	peers.count = FORECAST_MIN - 1;
	cr_expect_not(peers_forecast(&peers, &young, &growth, false, now, &forecast));
}

/* One campaign of which nothing was delivered must not make the usual share of all the others "nan". */
Test(shares, leave_out_whom_nothing_was_delivered) {
	ARENA_AUTO arena = arena_new();
	struct peers peers = { .campaigns = arena_array(arena, struct campaign, PEERS_MAX), .count = 3 };
	double shares[PEERS_MAX], low, high;
	for (int i = 0; i < 3; i++) {
		struct growth *growth = arena_new_of(arena, struct growth);
		peers.campaigns[i] = (struct campaign){ .has_report = true,
			                                    .sent_at = { DAY_MS },
			                                    .current_metrics = { .sent = 100, .bounced = i == 1 ? 100 : 0 } };
		growth->opened = (struct rows){ arena_array(arena, struct step, 1), 1 };
		*(struct step *)growth->opened.items = (struct step){ { DAY_MS }, 10 };
		peers.growths[i] = growth;
	}
	cr_expect_eq(peers_shares(&peers, HOUR_MS, true, shares), 2);
	cr_expect(shares[0] == 10 && shares[1] == 10);
	cr_expect(peers_band(&peers, HOUR_MS, true, 2, &low, &high) && low == 10 && high == 10);
	cr_expect_not(peers_band(&peers, HOUR_MS, true, 3, &low, &high));
}
