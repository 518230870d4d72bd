/* The pure rules: figures, the plan, the rate limit, and what the provider's answers mean. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "access/password.h"
#include "access/remember.h"
#include "audience/contacts/rollup.h"
#include "audience/lists/week.h"
#include "console/dashboard_pages.h"
#include "core/base/moment.h"
#include "core/store/rate_limit.h"
#include "insights/peers.h"
#include "observing/emailoctopus.h"
#include "observing/sync.h"
#include "reports/link.h"
#include "reports/partners/partner.h"

static const struct metrics sample = { .sent = 2000,
	                                   .opened = 780,
	                                   .clicked = 156,
	                                   .bounced = 50,
	                                   .unsubscribed = 10,
	                                   .bounced_hard = 30,
	                                   .bounced_soft = 20 };

/* D-041, A-196 */
Test(metrics, denominators) {
	struct snapshot snapshot = snapshot_of("c", "r", &sample, moment_now());
	cr_expect_float_eq(metrics_rate(&sample, METRIC_OPEN_RATE), 40.0, 1e-9);
	cr_expect_float_eq(metrics_rate(&sample, METRIC_CLICK_RATE), 8.0, 1e-9);
	cr_expect_float_eq(metrics_rate(&sample, METRIC_BOUNCE_RATE), 2.5, 1e-9);
	cr_expect_float_eq(snapshot.rates.open_rate, 0.39, 1e-12);
	cr_expect(isnan(metrics_rate(&(struct metrics){ 0 }, METRIC_OPEN_RATE)));
	cr_expect_eq(snapshot_of("c", "r", &(struct metrics){ 0 }, moment_now()).rates.open_rate, 0);
}

Test(metrics, falls_are_named) {
	struct metrics lower = sample;
	lower.clicked = 155;
	cr_expect_str_eq(metrics_decreased(&sample, &lower), "clicked");
	cr_expect_null(metrics_decreased(&lower, &sample));
	cr_expect(metrics_equal(&sample, &sample) && !metrics_equal(&sample, &lower));
}

/* A-195 … A-197; the expected numbers are NumPy's mean, median, std and convolve(…, 'valid') */
Test(stats, agree_with_numpy) {
	const double values[] = { 0.1, 0.4, 0.35, 0.2, 0.05, 0.6, 0.25, 0.3 };
	double averages[8];
	cr_expect_float_eq(stats_mean(values, 8), 0.28125, 1e-12);
	cr_expect_float_eq(stats_median(values, 8), 0.275, 1e-12);
	cr_expect_float_eq(stats_deviation(values, 8), 0.16381678027601446, 1e-12);
	cr_expect_eq(stats_moving_average(values, 8, 7, averages), 2);
	cr_expect_float_eq(averages[0], 1.95 / 7, 1e-12);
	cr_expect_eq(stats_moving_average(values, 6, 7, averages), 0);
	cr_expect(isnan(stats_mean(values, 0)) && isnan(stats_median(values, 0)));
}

Test(plan, reads_what_is_due) {
	struct moment now = { 1000 * DAY_MS };
	struct campaign campaign = { .status = CAMPAIGN_SENT,
		                         .has_report = true,
		                         .sent_at = moment_add(now, -400 * DAY_MS),
		                         .summary_read_at = moment_add(now, -2 * DAY_MS),
		                         .summary_run = "old" };
	cr_expect_eq(sync_plan(&campaign, "run", false, now), PLAN_LATER);
	cr_expect_eq(sync_plan(&campaign, "run", true, now), PLAN_BY_HAND);
	cr_expect_eq(sync_plan(&campaign, "old", true, now), PLAN_DONE);
	campaign.sent_at = moment_add(now, -100 * DAY_MS);
	cr_expect_eq(sync_plan(&campaign, "run", false, now), PLAN_DUE);
	campaign.sent_at = moment_add(now, -DAY_MS);
	cr_expect_eq(sync_plan(&campaign, "run", false, now), PLAN_YOUNG);
	campaign.has_report = false;
	cr_expect_eq(sync_plan(&campaign, "run", false, now), PLAN_NEVER_READ);
	campaign.status = CAMPAIGN_DRAFT;
	cr_expect_eq(sync_plan(&campaign, "run", true, now), PLAN_NOT_SENT);
}

Test(rate_limit, refills_to_its_capacity) {
	struct rate_limit limit = { "x", 100, 10 };
	struct moment then = { 0 };
	cr_expect_float_eq(rate_limit_refill(&limit, 0, then, moment_add(then, 1500)), 15, 1e-9);
	cr_expect_float_eq(rate_limit_refill(&limit, 95, then, moment_add(then, 5000)), 100, 1e-9);
	cr_expect_float_eq(rate_limit_refill(&limit, 5, moment_add(then, 5000), then), 5, 1e-9);
}

static enum verdict judge(int status, const char *body, int64_t retry_after, int64_t *wait_ms) {
	char why[160];
	struct http_answer answer = {
		.status = status, .problem = "", .body = body, .size = strlen(body), .remaining = -1, .retry_after = retry_after
	};
	return emailoctopus_judge(&answer, (struct moment){ 1700000000000 }, wait_ms, why);
}

Test(provider, judges_answers) {
	int64_t wait;
	cr_expect_eq(judge(200, "{}", -1, &wait), VERDICT_GOOD);
	cr_expect_eq(judge(200, "<html>", -1, &wait), VERDICT_AGAIN);
	cr_expect_eq(judge(401, "{}", -1, &wait), VERDICT_STOP);
	cr_expect_eq(judge(403, "{}", -1, &wait), VERDICT_REFUSED);
	cr_expect_eq(judge(404, "{}", -1, &wait), VERDICT_REFUSED);
	cr_expect_eq(judge(502, "<html>", -1, &wait), VERDICT_AGAIN);
	cr_expect(judge(429, "{}", 7, &wait) == VERDICT_AGAIN && wait == 7000);
	cr_expect(judge(429, "{}", 1700000005, &wait) == VERDICT_AGAIN && wait == 5000);
	cr_expect(judge(429, "{}", -1, &wait) == VERDICT_AGAIN && wait == 1000);
	cr_expect(judge(429, "{}", 900000, &wait) == VERDICT_AGAIN && wait == 60000);
}

static struct http_answer body(const char *text) {
	return (struct http_answer){ .status = 200, .body = text, .size = strlen(text) };
}

Test(provider, survives_nulls_and_every_end_of_paging) {
	ARENA_AUTO arena = arena_new();
	struct error err;
	struct campaign_page page;
	static const char *const ends[] = {
		"null", "{}", "[]", "\"\"", "{\"next\":null}", "{\"next\":{\"starting_after\":\"\"}}"
	};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct http_answer answer = body(arena_print(arena,
		                                             "{\"data\":[{\"id\":\"a\",\"status\":null,\"name\":null,\"from\":"
		                                             "null,\"to\":[],\"sent_at\":null}],\"paging\":%s}",
		                                             ends[i]));
		cr_assert(emailoctopus_campaigns(arena, &answer, &page, &err), "%s", ends[i]);
		cr_expect(page.count == 1 && !page.cursor && !page.campaigns[0].name, "%s", ends[i]);
	}
	struct list_page lists;
	struct http_answer answer = body(
		"{\"data\":[{\"id\":\"l\",\"counts\":[{\"subscribed\":5}]},{\"id\":\"m\",\"counts\":{\"subscribed\":6}}]}");
	cr_assert(emailoctopus_lists(arena, &answer, &lists, &err));
	cr_expect(lists.lists[0].counts.subscribed == 5 && lists.lists[1].counts.subscribed == 6);
	struct metrics metrics;
	answer = body("{\"data\":[]}");
	cr_expect(!emailoctopus_summary(arena, &answer, &metrics, &err));
	answer = body("{\"sent\":10,\"opened\":{\"unique\":null,\"total\":3},\"clicked\":{\"unique\":1,\"total\":1},"
	              "\"bounced\":{\"hard\":0,\"soft\":0},\"unsubscribed\":0,\"complained\":0}");
	cr_expect(!emailoctopus_summary(arena, &answer, &metrics, &err));
	cr_expect(strstr(err.text, "opened.unique"));
}

Test(period, names_the_wrong_parameter) {
	ARENA_AUTO arena = arena_new();
	struct params params;
	struct period period;
	struct error err;
	struct moment now;
	cr_assert(moment_parse("2026-11-21T10:00:00Z", &now));
	cr_assert(params_read(arena, "period=7d", &params, &err) && period_read(&params, now, "90d", &period, &err));
	cr_expect_eq(period.to.ms - period.from.ms, 7 * DAY_MS);
	cr_assert(params_read(arena, "period=x", &params, &err) && !period_read(&params, now, "90d", &period, &err));
	cr_expect_str_eq(err.field, "period");
	cr_assert(params_read(arena, "from=2026-02-01&to=2026-01-01", &params, &err) &&
	          !period_read(&params, now, "90d", &period, &err));
	cr_expect_str_eq(err.field, "to");
}

Test(password, right_wrong_and_damaged) {
	ARENA_AUTO arena = arena_new();
	struct error err;
	const char *stored;
	bool right, outdated;
	cr_assert(password_hash(arena, "correct horse battery", &stored, &err));
	cr_expect(password_check("correct horse battery", stored, &right, &outdated, &err) && right && !outdated);
	cr_expect(password_check("correct horse batterz", stored, &right, &outdated, &err) && !right);
	cr_expect(password_check("correct horse battery", "scrypt:65536:8", &right, &outdated, &err) && !right);
	cr_expect(password_check("x", password_of_nobody(), &right, &outdated, &err) && !right);
	cr_expect(!password_acceptable("short", "anna", 12, &err) &&
	          !password_acceptable("aaaaaaaaaaaaaa", "anna", 12, &err));
	cr_expect(!password_acceptable("my name is anna!", "anna", 12, &err) &&
	          password_acceptable("a longer sentence", "anna", 12, &err));
}

/* Whatever comes: bounded, in order, the newest is there, adding twice changes nothing. */
Test(curve, keeps_its_bounds) {
	ARENA_AUTO arena = arena_new();
	struct curve curve = { 0 };
	struct moment start = { 0 };
	srand(7);
	for (int64_t hour = 0, n = 0; hour < 10 * 365 * 24; hour++, n++) {
		struct curve_point point = { { hour * HOUR_MS + rand() % MINUTE_MS }, n, n / 2, 0 };
		curve_add(&curve, start, point, arena);
		int count = curve.points.count;
		const struct curve_point *points = curve.points.items;
		cr_assert(points[count - 1].time.ms == point.time.ms && points[0].time.ms < HOUR_MS);
		cr_assert(count < 2 || points[count - 2].time.ms < points[count - 1].time.ms);
		if (n % 1000 == 0) {
			curve_add(&curve, start, point, arena);
			cr_assert_eq(curve.points.count, count);
			struct curve_point *kept = malloc(sizeof *kept * (size_t)count);
			memcpy(kept, points, sizeof *kept * (size_t)count);
			arena_reset(arena);
			curve.points.items = memcpy(arena_array(arena, struct curve_point, count), kept,
			                            sizeof *kept * (size_t)count);
			free(kept);
		}
	}
	cr_expect_leq(curve.points.count, CURVE_MAX);
	cr_expect_geq(curve.points.count, 100);
}

/* A browser that uses what it was given, requests beside each other and lost answers included, is never taken for a
 * thief; a copy of an older cookie always is. */
Test(remember, tells_a_browser_from_a_copy) {
	char current[2][20] = { "t0", "" }, *previous = NULL, held[20] = "t0", old[20] = "";
	int64_t replaced = 0;
	srand(3);
	for (int turn = 1; turn < 10000; turn++) {
		bool lost = rand() % 5 == 0;
		replaced = 2 * MINUTE_MS;
		enum remembered meaning = remember_judge(current[0], previous, replaced, held);
		cr_assert(meaning == REMEMBERED_CURRENT || meaning == REMEMBERED_LOST, "turn %d", turn);
		if (meaning == REMEMBERED_CURRENT) {
			(void)snprintf(old, sizeof old, "%s", previous ? previous : "");
			(void)snprintf(current[1], sizeof current[1], "%s", current[0]);
			previous = current[1];
		}
		(void)snprintf(current[0], sizeof current[0], "t%d", turn);
		cr_assert_eq(remember_judge(current[0], previous, 1000, held), REMEMBERED_PARALLEL);
		if (*old)
			cr_assert_eq(remember_judge(current[0], previous, 1000, old), REMEMBERED_STOLEN);
		if (!lost)
			(void)snprintf(held, sizeof held, "%s", current[0]);
	}
}

Test(growth, is_bounded_and_ends_with_everybody) {
	ARENA_AUTO arena = arena_new();
	enum { PEOPLE = 50000 };
	int64_t *times = arena_array(arena, int64_t, PEOPLE), last = 0;
	struct moment start = { 1000 * DAY_MS };
	srand(11);
	for (int i = 0; i < PEOPLE; i++) {
		times[i] = start.ms + (int64_t)(-log(1 - rand() / (RAND_MAX + 1.0)) * 9 * HOUR_MS);
		last = times[i] > last ? times[i] : last;
	}
	struct rows steps = growth_of_times(times, PEOPLE, start, arena);
	const struct step *items = steps.items;
	cr_assert(steps.count > 20 && steps.count <= CURVE_MAX);
	cr_expect(items[steps.count - 1].count == PEOPLE && items[steps.count - 1].time.ms == last);
	for (int i = 1; i < steps.count; i++)
		cr_assert(items[i].time.ms > items[i - 1].time.ms && items[i].count > items[i - 1].count);
	cr_expect_eq(growth_until(&steps, moment_add(start, -1)), 0);
	cr_expect_eq(growth_until(&steps, moment_add(start, 1000 * DAY_MS)), PEOPLE);
	cr_expect_eq(growth_of_times(times, 0, start, arena).count, 0);
}

/* A forecast never lies below what is there or above what was delivered, and hits when the peers did the same. */
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

Test(links, of_several_campaigns_add_up) {
	struct link a[] = { { "https://x.example/", 5, 3 }, { "https://y.example/", 2, 2 } },
				b[] = { { "https://y.example/", 9, 8 } }, sums[3];
	struct link_report reports[] = { { .links = { a, 2 } }, { .links = { b, 1 } } };
	cr_assert_eq(campaign_sum_links(reports, 2, sums, 3), 2);
	cr_expect_str_eq(sums[0].url, "https://y.example/");
	cr_expect_eq(sums[0].clicked_unique, 10);
	cr_expect_eq(sums[0].clicked_total, 11);
}

Test(partners, longest_prefix_wins_and_the_hand_overrules) {
	const char *short_prefix[] = { "acme" }, *long_prefix[] = { "ACME_Solar" }, *list[] = { "list-1" };
	struct partner partners[] = { { .id = "1", .prefixes = { short_prefix, 1 } },
		                          { .id = "2", .prefixes = { long_prefix, 1 } },
		                          { .id = "3", .list_ids = { list, 1 } } };
	struct campaign campaign = { .name = "Acme_solar tips", .list_ids = { list, 1 } };
	cr_expect_str_eq(partner_of(&campaign, partners, 3)->id, "2");
	campaign.name = "ACME news";
	cr_expect_str_eq(partner_of(&campaign, partners, 3)->id, "1");
	campaign.name = "Other";
	cr_expect_str_eq(partner_of(&campaign, partners, 3)->id, "3");
	campaign.partner_id = "1";
	cr_expect_str_eq(partner_of(&campaign, partners, 3)->id, "1");
	campaign.partner_id = NULL;
	campaign.list_ids.count = 0;
	cr_expect_null(partner_of(&campaign, partners, 3));
}

Test(links, end_in_four_ways) {
	struct moment now = { 1000 * DAY_MS };
	struct report_link link = { .expires_at = moment_add(now, 1),
		                        .revoked_at = MOMENT_NONE,
		                        .max_downloads = COUNT_NONE };
	cr_expect_eq(link_judge(&link, now), LINK_GOOD);
	cr_expect_eq(link_judge(&link, moment_add(now, 1)), LINK_EXPIRED);
	link.max_downloads = link.downloads = 3;
	cr_expect_eq(link_judge(&link, now), LINK_EXHAUSTED);
	link.revoked_at = now;
	cr_expect_eq(link_judge(&link, now), LINK_REVOKED);
}

Test(link, a_locked_link_tells_how_long_it_stays_locked) {
	struct report_link link = { .has_password = true, .locked_until = moment_add(moment_now(), 90 * SECOND_MS) };
	struct error err = ERROR_INIT;
	cr_expect(!link_open(NULL, &link, "x", &err));
	cr_expect_eq(err.kind, ERROR_LIMITED);
	cr_expect(err.retry_ms > 80 * SECOND_MS && err.retry_ms <= 90 * SECOND_MS, "%lld ms", (long long)err.retry_ms);
}

Test(weeks, begin_on_monday) {
	struct moment at;
	char text[MOMENT_TEXT];
	cr_assert(moment_parse("2026-11-22T23:59:59Z", &at));
	cr_expect_str_eq(moment_format_day(week_of(at), text), "2026-11-16");
	cr_expect_str_eq(moment_format_day(month_of(at), text), "2026-11-01");
	cr_assert(moment_parse("1969-12-31T12:00:00Z", &at));
	cr_expect_str_eq(moment_format_day(week_of(at), text), "1969-12-29");
}
