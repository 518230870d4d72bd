/* The forecast against a sender that tries every second, one message at a time. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "senders/warming.h"
#include "sending/forecast.h"

enum { TRIAL_DAYS = 8, DAY_SECONDS = 86400 };

static const int64_t unit_seconds[] = { 1, 60, 3600, DAY_SECONDS };

/* All by itself: nothing of pace.c or forecast.c. */
struct trial {
	const struct forecast_input *input;
	int64_t used[FORECAST_LIMITERS_MAX][PACE_UNIT_COUNT], window[FORECAST_LIMITERS_MAX][PACE_UNIT_COUNT];
	int64_t left[FORECAST_DESTINATIONS_MAX], today[FORECAST_DESTINATIONS_MAX], days[TRIAL_DAYS], last;
	int warm[FORECAST_DESTINATIONS_MAX];
};

static bool may(struct trial *trial, int connection, int64_t second) {
	bool fine = true;
	for (int i = 0; i < trial->input->limiter_count; i++)
		for (int unit = 0; unit < PACE_UNIT_COUNT; unit++) {
			const struct forecast_limiter *limiter = &trial->input->limiters[i];
			if (limiter->connection != FORECAST_SHARED && limiter->connection != connection)
				continue;
			if (trial->window[i][unit] != second / unit_seconds[unit]) {
				trial->window[i][unit] = second / unit_seconds[unit];
				trial->used[i][unit] = 0;
			}
			if (limiter->limits.per[unit] > 0 && trial->used[i][unit] >= limiter->limits.per[unit])
				fine = false;
		}
	return fine;
}

static int place_for(struct trial *trial) {
	static const int64_t caps[] = { 0, 50, 100, 200, 400, 800, 1500, 3000, 5000, 7000, 9800, 13720 };
	int best = -1;
	for (int i = 0; i < trial->input->destination_count; i++) {
		bool fits = trial->left[i] > 0 && (!trial->warm[i] || trial->today[i] < caps[trial->warm[i]]);
		if (fits && (best < 0 || (trial->warm[i] && !trial->warm[best])))
			best = i;
	}
	return best;
}

static bool send_one(struct trial *trial, int connection, int64_t second) {
	int place = may(trial, connection, second) ? place_for(trial) : -1;
	if (place < 0)
		return false;
	trial->left[place]--, trial->today[place]++;
	for (int i = 0; i < trial->input->limiter_count; i++)
		for (int unit = 0; unit < PACE_UNIT_COUNT; unit++) {
			const struct forecast_limiter *limiter = &trial->input->limiters[i];
			if (limiter->connection == FORECAST_SHARED || limiter->connection == connection)
				trial->used[i][unit]++;
		}
	trial->last = second;
	return true;
}

static void next_day(struct trial *trial) {
	for (int i = 0; i < trial->input->destination_count; i++) {
		if (trial->warm[i] && trial->today[i] * 5 >= warming_cap(trial->warm[i]) * 4)
			trial->warm[i]++;
		trial->today[i] = 0;
	}
}

static bool is_open(const struct forecast_input *input, int64_t second) {
	int64_t minute = second % DAY_SECONDS / 60, weekday = (second / DAY_SECONDS + 3) % 7;
	return minute >= input->open_minute && minute < input->close_minute &&
	       (!input->weekdays || (input->weekdays >> weekday & 1U));
}

static void try_all(struct trial *trial) {
	int64_t start = trial->input->start.ms / 1000, first_day = start / DAY_SECONDS;
	for (int i = 0; i < trial->input->destination_count; i++) {
		trial->left[i] = trial->input->destinations[i].people;
		trial->warm[i] = trial->input->destinations[i].warm_day;
	}
	for (int64_t second = start; second / DAY_SECONDS < first_day + TRIAL_DAYS; second++) {
		if (second > start && second % DAY_SECONDS == 0)
			next_day(trial);
		for (int i = 0; i < trial->input->connections && is_open(trial->input, second); i++)
			while (send_one(trial, i, second))
				trial->days[second / DAY_SECONDS - first_day]++;
	}
}

static int any(int most) {
	return rand() % most; /* NOLINT: any numbers will do */
}

static struct forecast_limiter any_limiter(int connection) {
	static const int most[] = { 4, 60, 400, 900 };
	struct forecast_limiter limiter = { "it", connection, { { 0 } }, PACE_UNUSED };
	for (int unit = 0; unit < PACE_UNIT_COUNT; unit++)
		limiter.limits.per[unit] = any(2) ? 1 + any(most[unit]) : 0;
	return limiter;
}

Test(forecast, is_what_a_sender_does_second_by_second) {
	for (unsigned seed = 1; seed <= 120; seed++) {
		ARENA_AUTO arena = arena_new();
		srand(seed);
		struct forecast_limiter limiters[5];
		struct forecast_destination places[3];
		struct forecast_input input = { .limiters = limiters, .destinations = places, .close_minute = 1440 };
		input.connections = 1 + any(3);
		input.limiter_count = input.connections + any(3);
		for (int i = 0; i < input.limiter_count; i++)
			limiters[i] = any_limiter(i < input.connections ? i : FORECAST_SHARED);
		input.destination_count = 1 + any(2);
		for (int i = 0; i < input.destination_count; i++)
			places[i] = (struct forecast_destination){ "x", any(700), i == 0 ? any(4) : 0 };
		if (any(2))
			input.open_minute = any(700), input.close_minute = input.open_minute + 1 + any(700);
		input.weekdays = any(3) ? 0 : 1U + (unsigned)any(126);
		input.start.ms = (INT64_C(1795737600) + any(4 * DAY_SECONDS)) * 1000;
		struct trial trial = { .input = &input, .last = -1 };
		struct forecast forecast;
		struct error err;
		memset(trial.window, -1, sizeof trial.window);
		try_all(&trial);
		cr_assert(forecast_run(&input, arena, &forecast, &err), "%s", err.text);
		const struct forecast_day *days = forecast.days.items;
		int row = 0;
		for (int day = 0; day < TRIAL_DAYS; day++)
			if (trial.days[day]) {
				cr_assert(row < forecast.days.count && days[row].sent == trial.days[day],
				          "seed %u, day %d: %lld instead of %lld", seed, day,
				          row < forecast.days.count ? (long long)days[row].sent : -1, (long long)trial.days[day]);
				row++;
			}
		bool done = true;
		for (int i = 0; i < input.destination_count; i++)
			done = done && trial.left[i] == 0;
		if (done && trial.last >= 0)
			cr_expect(forecast.ends.ms == trial.last * 1000 && forecast.left == 0, "seed %u", seed);
		if (done)
			cr_expect(row == forecast.days.count, "seed %u", seed);
	}
}

static struct forecast run_for(struct arena *arena, struct forecast_input input) {
	struct forecast forecast;
	struct error err;
	cr_assert(forecast_run(&input, arena, &forecast, &err), "%s", err.text);
	return forecast;
}

Test(forecast, five_thousand_at_a_hundred_a_minute) {
	ARENA_AUTO arena = arena_new();
	const struct forecast_limiter limits[] = { { "the campaign", FORECAST_SHARED, { { 0, 100, 0, 0 } }, PACE_UNUSED } };
	const struct forecast_destination all[] = { { "everybody", 5000, 0 } };
	struct forecast_input input = { limits, all, 1, 1, 1, { INT64_C(1795737600000) }, NULL, 0, 1440, 0 };
	struct forecast forecast = run_for(arena, input);
	cr_expect(forecast.ends.ms - forecast.begins.ms == 49 * MINUTE_MS);
	cr_expect_str_eq(forecast.limit, "100 a minute of the campaign");
	cr_expect(forecast.days.count == 1);
}

/* The defaults contradict each other: 1,000 an hour and 10,000 a day bind before 100 a minute does. */
Test(forecast, the_tightest_wins_and_is_named) {
	ARENA_AUTO arena = arena_new();
	const struct forecast_limiter limits[] = {
		{ "the campaign", FORECAST_SHARED, { { 0, 100, 0, 0 } }, PACE_UNUSED },
		{ "all sending", FORECAST_SHARED, { { 10, 0, 1000, 10000 } }, PACE_UNUSED }
	};
	const struct forecast_destination all[] = { { "everybody", 25000, 0 } };
	struct forecast_input input = { limits, all, 2, 1, 1, { INT64_C(1795737600000) }, NULL, 0, 1440, 0 };
	struct forecast forecast = run_for(arena, input);
	const struct forecast_day *days = forecast.days.items;
	cr_expect(forecast.days.count == 3 && days[0].sent == 10000 && days[1].sent == 10000 && days[2].sent == 5000);
	cr_expect_str_eq(days[0].limit, "10,000 a day of all sending");
	cr_expect_str_eq(days[2].limit, "1,000 an hour of all sending");
}

Test(forecast, a_new_domain_warms_up_by_destination) {
	ARENA_AUTO arena = arena_new();
	const struct forecast_destination all[] = { { "gmail", 700, 1 }, { "other", 300, 0 } };
	struct forecast_input input = { NULL, all, 0, 2, 1, { INT64_C(1795737600000) }, NULL, 0, 1440, 0 };
	struct forecast forecast = run_for(arena, input);
	const struct forecast_day *days = forecast.days.items;
	cr_expect(forecast.days.count == 4 && days[0].sent == 350 && days[1].sent == 100 && days[2].sent == 200 &&
	          days[3].sent == 350);
	cr_expect_str_eq(forecast.limit, "the warm-up of the sender's domain");
}

Test(forecast, hours_are_those_of_the_zone_even_when_clocks_change) {
	ARENA_AUTO arena = arena_new();
	ZONE_AUTO berlin = zone_open("Europe/Berlin");
	const struct forecast_limiter limits[] = { { "the campaign", FORECAST_SHARED, { { 0, 1, 0, 0 } }, PACE_UNUSED } };
	const struct forecast_destination all[] = { { "everybody", 10, 0 } };
	/* 24 October 2026, 22:30 UTC: already the 25th there, when clocks go back at 3:00. */
	struct forecast_input input = { limits, all, 1, 1, 1, { INT64_C(1792881000000) }, berlin, 9 * 60, 17 * 60, 0 };
	struct forecast forecast = run_for(arena, input);
	const struct forecast_day *days = forecast.days.items;
	cr_expect(forecast.begins.ms == INT64_C(1792915200000), "%lld", (long long)forecast.begins.ms); /* 08:00 UTC */
	cr_expect_str_eq(days[0].day, "2026-10-25");
	cr_expect_str_eq(forecast.limit, "the hours of sending");
}

Test(forecast, what_cannot_be) {
	ARENA_AUTO arena = arena_new();
	const struct forecast_limiter limits[] = { { "the campaign", FORECAST_SHARED, { { 0, 0, 0, 1 } }, PACE_UNUSED } };
	const struct forecast_destination all[] = { { "everybody", 500, 0 } }, nobody[] = { { "nobody", 0, 0 } };
	struct forecast_input input = { limits, all, 1, 1, 1, { INT64_C(1795737600000) }, NULL, 0, 1440, 0 };
	struct forecast forecast = run_for(arena, input);
	struct error err;
	cr_expect(forecast.left == 100 && !moment_is_set(forecast.ends) && forecast.days.count == 400);
	input.destinations = nobody;
	forecast = run_for(arena, input);
	cr_expect(forecast.messages == 0 && !moment_is_set(forecast.begins) && !moment_is_set(forecast.ends));
	input.connections = 0;
	cr_expect(!forecast_run(&input, arena, &forecast, &err));
	input.connections = 1, input.open_minute = 600, input.close_minute = 600;
	cr_expect(!forecast_run(&input, arena, &forecast, &err));
}

Test(forecast, a_million_people_are_quick) {
	ARENA_AUTO arena = arena_new();
	const struct forecast_limiter limits[] = {
		{ "all sending", FORECAST_SHARED, { { 10, 0, 1000, 10000 } }, PACE_UNUSED }
	};
	const struct forecast_destination all[] = { { "everybody", 1000000, 0 } };
	struct forecast_input input = { limits, all, 1, 1, 1, { INT64_C(1795737600000) }, NULL, 0, 1440, 0 };
	int64_t began = monotonic_ms();
	struct forecast forecast = run_for(arena, input);
	cr_expect(forecast.days.count == 100 && monotonic_ms() - began < 2000, "%lld ms",
	          (long long)(monotonic_ms() - began));
}

Test(forecast, text_messages_cost) {
	const struct sms_rate rates[] = { { "+49", 74800 }, { "+1", 7900 }, { "+1787", 40000 }, { "+4", 1 } };
	cr_expect(sms_rate_find(rates, 4, "+4915112345")->micros == 74800);
	cr_expect(sms_rate_find(rates, 4, "+17875550100")->micros == 40000);
	cr_expect(sms_rate_find(rates, 4, "+33612345678") == NULL);
	cr_expect(sms_minor_units(3312 * INT64_C(74800), 2) == 24774);
	cr_expect(sms_minor_units(1, 2) == 1 && sms_minor_units(0, 2) == 0 && sms_minor_units(1000000, 0) == 1);
}
