/* The forecast, and who is compared. */
#include <criterion/criterion.h>

#include "insights/peers.h"

static const struct moment now = { 1000 * DAY_MS };

/* A campaign of that age whose clicks were read an instant ago. */
static struct campaign campaign(int64_t age, int64_t sent, int64_t clicked) {
	struct campaign one;
	record_clear(&campaign_record, &one);
	one.has_report = true;
	one.sent_at = moment_add(now, -age);
	one.summary_read_at = now;
	one.current_metrics = (struct metrics){ .sent = sent, .clicked = clicked };
	one.engagement_read.clicked = clicked;
	return one;
}

static struct growth growth_of(const struct campaign *campaign, int early, int late, struct arena *arena) {
	int64_t *times = arena_array(arena, int64_t, (size_t)(early + late + 1));
	for (int i = 0; i < early + late; i++)
		times[i] = campaign->sent_at.ms + (i < early ? HOUR_MS : 2 * DAY_MS);
	struct growth growth = { .since = campaign->sent_at,
		                     .clicked = named_of_times(times, early + late, 0, campaign->sent_at, arena) };
	growth.clicked.read_at = now;
	return growth;
}

/* Twelve settled peers that had reached some half of their 100 clicks after an hour. */
static struct peers twelve(struct arena *arena, int spread) {
	struct peers peers = { .campaigns = arena_array(arena, struct campaign, PEERS_MAX), .count = PEERS_MAX };
	for (int i = 0; i < PEERS_MAX; i++) {
		struct growth *its = arena_new_of(arena, struct growth);
		int early = 50 + (i % 3 - 1) * spread;
		peers.campaigns[i] = campaign((20 + i) * DAY_MS, 2000, 100);
		*its = growth_of(&peers.campaigns[i], early, 100 - early, arena);
		peers.growths[i] = its;
	}
	return peers;
}

/* A forecast is never below what has happened or above delivered, and its range has a width. */
Test(forecast, follows_the_peers) {
	ARENA_AUTO arena = arena_new();
	struct peers peers = twelve(arena, 5);
	struct campaign young = campaign(DAY_MS, 1000, 40);
	struct growth growth = growth_of(&young, 40, 0, arena);
	struct forecast forecast;
	cr_assert(peers_forecast(&peers, &young, &growth, RESPONSE_CLICKED, now, &forecast));
	cr_expect_eq(forecast.people, 80);
	cr_expect(forecast.low == 71 && forecast.high == 89, "%ld to %ld", forecast.low, forecast.high);
	cr_expect(forecast.peers == PEERS_MAX && forecast.held == PEERS_MAX && forecast.chance == 80);
	young.current_metrics.clicked = 85; /* counted since the report was read */
	growth.clicked.read_at = moment_add(now, -HOUR_MS);
	cr_assert(peers_forecast(&peers, &young, &growth, RESPONSE_CLICKED, now, &forecast));
	cr_expect(forecast.low == 85 && forecast.people == 85 && forecast.high == 94);
}

Test(forecast, is_absent_when_nothing_is_left_to_expect) {
	ARENA_AUTO arena = arena_new();
	struct forecast forecast;
	struct peers peers = twelve(arena, 5);
	struct campaign old = campaign(8 * DAY_MS, 1000, 40), most = campaign(DAY_MS, 1000, 990);
	struct growth its = growth_of(&old, 40, 0, arena), many = growth_of(&most, 990, 0, arena);
	cr_expect_not(peers_forecast(&peers, &old, &its, RESPONSE_CLICKED, now, &forecast), "it has settled");
	cr_expect_not(peers_forecast(&peers, &most, &many, RESPONSE_CLICKED, now, &forecast), "everybody");
	struct campaign young = campaign(DAY_MS, 1000, 40);
	struct growth growth = growth_of(&young, 40, 0, arena);
	peers.count = FORECAST_MIN - 1;
	cr_expect_not(peers_forecast(&peers, &young, &growth, RESPONSE_CLICKED, now, &forecast), "few peers");
	peers = twelve(arena, 0);
	cr_expect_not(peers_forecast(&peers, &young, &growth, RESPONSE_CLICKED, now, &forecast), "a range of no width");
	growth.clicked.undated = growth.clicked.people = 41;
	cr_expect_not(peers_forecast(&peers, &young, &growth, RESPONSE_CLICKED, now, &forecast), "without times");
	cr_expect_not(peers_forecast(&peers, &young, NULL, RESPONSE_CLICKED, now, &forecast), "unread");
}

/* Peers whose reports lack times or people take no part in what is usual at an age. */
Test(peers, only_whole_growths_are_compared) {
	ARENA_AUTO arena = arena_new();
	struct peers peers = twelve(arena, 5);
	double shares[PEERS_MAX], low, high;
	cr_assert_eq(peers_shares(&peers, HOUR_MS, RESPONSE_CLICKED, shares), PEERS_MAX);
	peers.growths[0] = NULL;
	peers.campaigns[1].engagement_read.clicked = peers.campaigns[1].current_metrics.clicked = 101;
	struct growth *undated = (struct growth *)(uintptr_t)peers.growths[2];
	undated->clicked.undated = 1;
	cr_expect_eq(peers_shares(&peers, HOUR_MS, RESPONSE_CLICKED, shares), PEERS_MAX - 3);
	cr_assert(peers_band(&peers, HOUR_MS, RESPONSE_CLICKED, 3, &low, &high));
	cr_expect(low >= 2.25 && high <= 2.75);
}

/* A share is outside what is usual only if its whole interval is: one of twenty people is not. */
Test(peers, judge_by_the_interval) {
	ARENA_AUTO arena = arena_new();
	struct peers peers = twelve(arena, 5);
	static const struct {
		int64_t sent, clicked;
		enum judgement expected;
	} cases[] = { { 20, 1, JUDGED_WITHIN },   { 2000, 55, JUDGED_WITHIN }, { 2000, 100, JUDGED_ABOVE },
		          { 2000, 10, JUDGED_BELOW }, { 100, 4, JUDGED_WITHIN },   { 0, 0, JUDGED_NOT } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct campaign one = campaign(10 * DAY_MS, cases[i].sent, cases[i].clicked);
		struct growth growth = growth_of(&one, (int)cases[i].clicked, 0, arena);
		cr_expect_eq(peers_judge(&peers, &one, &growth, HOUR_MS, RESPONSE_CLICKED), cases[i].expected, "case %zu", i);
	}
	struct campaign one = campaign(10 * DAY_MS, 2000, 100);
	struct growth growth = growth_of(&one, 100, 0, arena);
	peers.count = USUAL_MIN - 1;
	cr_expect_eq(peers_judge(&peers, &one, &growth, HOUR_MS, RESPONSE_CLICKED), JUDGED_NOT, "few peers");
}

/* One campaign of which nothing was delivered must not make the usual share of all the others "nan". */
Test(shares, leave_out_whom_nothing_was_delivered) {
	ARENA_AUTO arena = arena_new();
	struct peers peers = { .campaigns = arena_array(arena, struct campaign, PEERS_MAX), .count = 3 };
	double shares[PEERS_MAX], low, high;
	for (int i = 0; i < 3; i++) {
		peers.campaigns[i] = campaign(10 * DAY_MS, 100, 10);
		peers.campaigns[i].current_metrics.bounced = i == 1 ? 100 : 0;
		struct growth *growth = arena_new_of(arena, struct growth);
		*growth = growth_of(&peers.campaigns[i], 10, 0, arena);
		peers.growths[i] = growth;
	}
	cr_expect_eq(peers_shares(&peers, 2 * HOUR_MS, RESPONSE_CLICKED, shares), 2);
	cr_expect(shares[0] == 10 && shares[1] == 10);
	cr_expect(peers_band(&peers, 2 * HOUR_MS, RESPONSE_CLICKED, 2, &low, &high) && low == 10 && high == 10);
	cr_expect_not(peers_band(&peers, 2 * HOUR_MS, RESPONSE_CLICKED, 3, &low, &high));
}
