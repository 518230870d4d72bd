/* The forecast: the sender's limiter on a clock that leaps. */
#include "sending/forecast.h"

#include <string.h>

#include "core/base/text.h"
#include "senders/warming.h"

enum { DAY_MINUTES = 1440, USED_OF_TEN = 8 };

static const struct field day_fields[] = {
	FIELD(struct forecast_day, day, .doc = "In the zone of the forecast"),
	FIELD(struct forecast_day, sent),
	FIELD(struct forecast_day, limit, .doc = "What holds it up longest on that day"),
};
const struct record_type forecast_day_record = RECORD_TYPE("ForecastDay", struct forecast_day, day_fields);

static const struct field forecast_fields[] = {
	FIELD(struct forecast, begins),
	FIELD(struct forecast, ends, .doc = "Null if it does not end"),
	FIELD(struct forecast, messages),
	FIELD(struct forecast, left, .doc = "Not sent within 400 days"),
	FIELD(struct forecast, limit, .doc = "What holds it up longest"),
	FIELD_LIST(struct forecast, days, forecast_day_record),
};
const struct record_type forecast_record = RECORD_TYPE("Forecast", struct forecast, forecast_fields);

/* For how long something has held it up: in all, and on this day. */
struct held {
	int64_t ms, day_ms;
};

struct place {
	int64_t left, today;
	int day;
};

struct run {
	const struct forecast_input *input;
	struct arena *arena;
	struct pace paces[FORECAST_LIMITERS_MAX];
	struct place places[FORECAST_DESTINATIONS_MAX];
	struct held limits[FORECAST_LIMITERS_MAX][PACE_UNIT_COUNT], warm, hours;
	struct moment now, day, day_end, open, close; /* day: its start as a wall time */
	struct moment warm_end;                       /* of the warm-up's day, which is one of UTC */
	int64_t left, sent_today;
	struct moment last;
	struct forecast *forecast;
};

static struct moment at_wall(const struct run *run, int64_t minutes) {
	struct moment wall = moment_add(run->day, minutes * MINUTE_MS);
	return zone_moment(run->input->zone, wall);
}

/* The local day in which `now` lies, with its hours. */
static void enter_day(struct run *run) {
	const struct forecast_input *input = run->input;
	run->day = day_start(zone_wall(input->zone, run->now));
	run->day_end = at_wall(run, DAY_MINUTES);
	if (run->day_end.ms <= run->now.ms) /* its last hour comes twice */
		run->day_end = moment_add(run->now, HOUR_MS);
	bool open = !input->weekdays || (input->weekdays >> weekday_of(run->day) & 1U);
	run->open = open ? at_wall(run, input->open_minute) : run->day_end;
	run->close = input->close_minute == DAY_MINUTES ? run->day_end : at_wall(run, input->close_minute);
}

static int64_t room_at(const struct place *place) {
	int64_t cap = place->day ? warming_cap(place->day) - place->today : place->left;
	cap = cap > 0 ? cap : 0; /* more may have been sent today than the plan has */
	return cap < place->left ? cap : place->left;
}

static int64_t room_at_places(const struct run *run) {
	int64_t room = 0;
	for (int i = 0; i < run->input->destination_count; i++)
		room += room_at(&run->places[i]);
	return room;
}

static void send(struct run *run, int64_t count) {
	int64_t left = count;
	for (int i = 0; i < run->input->destination_count && left > 0; i++) {
		struct place *place = &run->places[i];
		int64_t room = room_at(place), part = room < left ? room : left;
		place->left -= part, place->today += part, left -= part;
	}
	if (!moment_is_set(run->forecast->begins))
		run->forecast->begins = run->now;
	run->last = run->now;
	run->left -= count;
	run->sent_today += count;
}

static bool is_of(const struct forecast_limiter *limiter, int connection) {
	return limiter->connection == FORECAST_SHARED || limiter->connection == connection;
}

/* Up to `want`, with this connection. */
static struct pace_grant take(struct run *run, int connection, int64_t want) {
	struct pace_limiter all[FORECAST_LIMITERS_MAX];
	int count = 0;
	for (int i = 0; i < run->input->limiter_count; i++)
		if (is_of(&run->input->limiters[i], connection))
			all[count++] = (struct pace_limiter){ &run->paces[i], &run->input->limiters[i].limits };
	return pace_take(all, count, want, run->now);
}

/* Of the windows of this connection that are used up, the one that ends last. */
static struct held *blocker(struct run *run, int connection) {
	struct held *last = &run->warm;
	int64_t latest = INT64_MIN;
	for (int i = 0; i < run->input->limiter_count; i++)
		for (int unit = 0; unit < PACE_UNIT_COUNT; unit++) {
			const struct forecast_limiter *limiter = &run->input->limiters[i];
			const struct pace_window *window = &run->paces[i].windows[unit];
			int64_t most = limiter->limits.per[unit], ends = window->start.ms + pace_unit_ms((enum pace_unit)unit);
			if (most <= 0 || !is_of(limiter, connection) || window->used < most || ends <= latest)
				continue;
			latest = ends;
			last = &run->limits[i][unit];
		}
	return last;
}

static void hold(struct held *held, int64_t ms) {
	held->ms += ms;
	held->day_ms += ms;
}

/* A day of which enough was used is followed by the next one. */
static void warm_up(struct run *run) {
	if (run->now.ms < run->warm_end.ms)
		return;
	run->warm_end = moment_add(day_start(run->now), DAY_MS);
	for (int i = 0; i < run->input->destination_count; i++) {
		struct place *place = &run->places[i];
		if (place->day && place->today * 10 >= warming_cap(place->day) * USED_OF_TEN)
			place->day++;
		if (place->day > WARMING_DAYS)
			place->day = 0;
		place->today = 0;
	}
}

static void leap(struct run *run, struct moment to, struct held *because) {
	hold(because, to.ms - run->now.ms);
	run->now = to;
	warm_up(run);
}

/* What all connections give now; then on to when the first of them gives more. */
static void step(struct run *run) {
	int64_t wait = INT64_MAX;
	struct held *because = &run->warm;
	for (int i = 0; i < run->input->connections; i++) {
		int64_t want = room_at_places(run);
		if (want == 0)
			break;
		struct pace_grant grant = take(run, i, want);
		send(run, grant.count);
		if (grant.count > 0 && grant.count < want)
			grant = take(run, i, want - grant.count);
		if (grant.count == 0 && grant.valid_ms < wait)
			wait = grant.valid_ms, because = blocker(run, i);
	}
	if (run->left == 0)
		return;
	struct moment end = run->close.ms < run->day_end.ms ? run->close : run->day_end;
	bool is_full = room_at_places(run) == 0;
	if (is_full && run->warm_end.ms < end.ms)
		leap(run, run->warm_end, &run->warm);
	else if (is_full || wait > end.ms - run->now.ms)
		leap(run, end, is_full ? &run->warm : because);
	else
		leap(run, moment_add(run->now, wait), because);
}

static const char *unit_name(int unit) {
	static const char *const names[PACE_UNIT_COUNT] = { "a second", "a minute", "an hour", "a day" };
	return names[unit];
}

static int64_t length(const struct held *held, bool of_day) {
	return of_day ? held->day_ms : held->ms;
}

static const char *longest(const struct run *run, bool of_day) {
	int64_t most = length(&run->warm, of_day);
	const char *label = most > 0 ? "the warm-up of the sender's domain" : NULL;
	for (int i = 0; i < run->input->limiter_count; i++)
		for (int unit = 0; unit < PACE_UNIT_COUNT; unit++) {
			const struct forecast_limiter *limiter = &run->input->limiters[i];
			if (length(&run->limits[i][unit], of_day) <= most)
				continue;
			most = length(&run->limits[i][unit], of_day);
			label = arena_print(run->arena, "%s %s of %s", text_of_count(run->arena, limiter->limits.per[unit]),
			                    unit_name(unit), limiter->name);
		}
	return length(&run->hours, of_day) > most ? "the hours of sending" : label;
}

static void forget_day(struct run *run) {
	run->warm.day_ms = run->hours.day_ms = run->sent_today = 0;
	for (int i = 0; i < FORECAST_LIMITERS_MAX; i++)
		for (int unit = 0; unit < PACE_UNIT_COUNT; unit++)
			run->limits[i][unit].day_ms = 0;
}

static void end_day(struct run *run) {
	struct rows *days = &run->forecast->days;
	if (run->sent_today > 0) {
		const struct date date = date_of(run->day);
		((struct forecast_day *)days->items)[days->count++] = (struct forecast_day){
			arena_print(run->arena, "%04d-%02d-%02d", date.year, date.month, date.day), run->sent_today,
			longest(run, true)
		};
	}
	forget_day(run);
}

static void go_through_day(struct run *run) {
	enter_day(run);
	if (run->left > 0 && run->now.ms < run->open.ms)
		leap(run, run->open.ms < run->day_end.ms ? run->open : run->day_end, &run->hours);
	while (run->left > 0 && run->now.ms < run->close.ms && run->now.ms < run->day_end.ms)
		step(run);
	if (run->left > 0 && run->now.ms < run->day_end.ms)
		leap(run, run->day_end, &run->hours);
	end_day(run);
}

static bool check(const struct forecast_input *input, struct error *err) {
	if (input->limiter_count > FORECAST_LIMITERS_MAX || input->destination_count > FORECAST_DESTINATIONS_MAX ||
	    input->connections > FORECAST_CONNECTIONS_MAX)
		return error_set(err, ERROR_INVALID, "too many limits, destinations or connections");
	if (input->connections < 1)
		return error_field(err, "connection", "there is no connection to send with");
	if (input->open_minute < 0 || input->close_minute > DAY_MINUTES || input->open_minute >= input->close_minute)
		return error_field(err, "hours", "the hours of sending must begin before they end");
	return true;
}

/* Destinations that take longest come first, so that their days are used. */
static void sort_places(struct run *run) {
	for (int i = 1; i < run->input->destination_count; i++)
		for (int j = i; j > 0; j--) {
			struct place *one = &run->places[j - 1], *two = &run->places[j], swap = *one;
			if (!two->day || (one->day && two->left <= one->left))
				break;
			*one = *two, *two = swap;
		}
}

bool forecast_run(const struct forecast_input *input, struct arena *arena, struct forecast *forecast,
                  struct error *err) {
	if (!check(input, err))
		return false;
	struct run *run = arena_new_of(arena, struct run);
	*run = (struct run){ .input = input, .arena = arena, .forecast = forecast, .now = input->start };
	run->warm_end = moment_add(day_start(run->now), DAY_MS);
	*forecast = (struct forecast){ .begins = MOMENT_NONE, .ends = MOMENT_NONE };
	forecast->days.items = arena_array(arena, struct forecast_day, FORECAST_DAYS_MAX);
	for (int i = 0; i < input->limiter_count; i++)
		run->paces[i] = input->limiters[i].pace;
	for (int i = 0; i < input->destination_count; i++) {
		const struct forecast_destination *destination = &input->destinations[i];
		run->places[i] = (struct place){ destination->people, destination->warm_used, destination->warm_day };
		run->left += destination->people;
	}
	sort_places(run);
	forecast->messages = run->left;
	for (int day = 0; day < FORECAST_DAYS_MAX && run->left > 0; day++)
		go_through_day(run);
	forecast->left = run->left;
	forecast->limit = longest(run, false);
	if (run->left == 0 && forecast->messages > 0)
		forecast->ends = run->last;
	return true;
}

const struct sms_rate *sms_rate_find(const struct sms_rate *rates, int count, const char *phone) {
	const struct sms_rate *best = NULL;
	for (int i = 0; i < count; i++)
		if (text_starts(phone, rates[i].prefix) && (!best || strlen(rates[i].prefix) > strlen(best->prefix)))
			best = &rates[i];
	return best;
}

int64_t sms_minor_units(int64_t micros, int digits) {
	int64_t unit = 1000000;
	for (int i = 0; i < digits && i < 6; i++)
		unit /= 10;
	return (micros + unit - 1) / unit;
}
