/* How sending will go. Pure. */
#include "composing/outlook.h"

enum { MINUTE_SECONDS = 60, HOUR_SECONDS = 3600, DAY_MINUTES = 1440 };

static bool can_send(const struct connection *connection, bool by_sms) {
	const struct provider_row *row = &provider_rows[connection->provider];
	return connection->provider != PROVIDER_EMAILOCTOPUS && (row->channels & (by_sms ? CHANNEL_SMS : CHANNEL_EMAIL));
}

const struct connection *outlook_connection(const struct composing_known *known, const char *account_id, bool by_sms) {
	const struct connection *all = known->connections.items, *best = NULL;
	const struct connection *chosen = text_is_empty(account_id) ? NULL : known_connection(known, account_id);
	if (chosen && can_send(chosen, by_sms))
		return chosen;
	if (!by_sms) {
		best = connection_for_email(&known->connections);
		return best && best->is_active ? best : NULL;
	}
	for (int i = 0; i < known->connections.count; i++)
		if (all[i].is_active && can_send(&all[i], true) && (!best || all[i].priority < best->priority))
			best = &all[i];
	return best;
}

static int64_t or_none(int64_t limit) {
	return limit == COUNT_NONE || limit < 0 ? 0 : limit;
}

struct pace_limits outlook_limits(const struct connection_limits *limits) {
	struct pace_limits pace = { .per = { [PACE_SECOND] = or_none(limits->per_second),
		                                 [PACE_MINUTE] = or_none(limits->per_minute),
		                                 [PACE_HOUR] = or_none(limits->per_hour),
		                                 [PACE_DAY] = or_none(limits->per_day) } };
	int64_t delay = or_none(limits->delay), pause = or_none(limits->batch_delay), batch = or_none(limits->batch_size);
	int64_t size = batch > 0 ? batch : 1, seconds = size * delay + (batch > 0 ? pause : 0);
	if (seconds == 0)
		return pace;
	bool by_hour = seconds > size * MINUTE_SECONDS;
	enum pace_unit unit = by_hour ? PACE_HOUR : PACE_MINUTE;
	int64_t slow = size * (by_hour ? HOUR_SECONDS : MINUTE_SECONDS) / seconds;
	slow = slow < 1 ? 1 : slow;
	if (pace.per[unit] == 0 || slow < pace.per[unit])
		pace.per[unit] = slow;
	return pace;
}

struct pace_limits outlook_system(const struct settings *settings) {
	return (struct pace_limits){ .per = { [PACE_SECOND] = settings->max_per_second,
		                                  [PACE_HOUR] = settings->max_per_hour,
		                                  [PACE_DAY] = settings->max_per_day } };
}

static void run(struct outlook *outlook, const struct outlook_query *query, struct moment start, struct arena *arena) {
	const struct composition *composition = query->composition;
	const struct pace_limits none = { { 0 } };
	int64_t rate = query->by_sms ? composition->send_rate_limit_sms : composition->send_rate_limit_emails;
	const struct forecast_limiter limiters[] = {
		{ "the campaign", FORECAST_SHARED, { .per = { [PACE_MINUTE] = or_none(rate) } }, PACE_UNUSED },
		{ outlook->connection->name, 0, outlook_limits(&outlook->connection->limits), query->used },
		{ "the whole system", FORECAST_SHARED, query->system && !query->by_sms ? *query->system : none,
		  query->system_used },
	};
	const struct forecast_destination everybody = { .name = "", .people = query->recipients };
	ZONE_AUTO zone = text_is_empty(composition->time_zone) ? NULL : zone_open(composition->time_zone);
	const struct forecast_input input = { .limiters = limiters,
		                                  .destinations = query->places ? query->places : &everybody,
		                                  .limiter_count = sizeof limiters / sizeof *limiters,
		                                  .destination_count = query->places ? query->place_count : 1,
		                                  .connections = 1,
		                                  .start = start,
		                                  .zone = zone,
		                                  .close_minute = DAY_MINUTES };
	struct error err = ERROR_INIT;
	if (!forecast_run(&input, arena, &outlook->forecast, &err))
		outlook->problem = arena_copy(arena, err.text);
	if (moment_is_set(outlook->forecast.ends) && outlook->forecast.ends.ms < query->last.ms)
		outlook->forecast.ends = query->last;
}

struct outlook outlook_of(const struct outlook_query *query, struct arena *arena) {
	const struct composition *composition = query->composition;
	struct outlook outlook = {
		.connection = outlook_connection(query->known, composition->account_id, query->by_sms),
		.forecast = { .begins = MOMENT_NONE, .ends = MOMENT_NONE },
	};
	if (!outlook.connection)
		outlook.problem = query->by_sms ? "No connection sends SMS"
		                                : "No mail server is set up: choose what it is sent through";
	else if (query->recipients == COUNT_NONE)
		outlook.problem = "The recipients are still being counted";
	else
		run(&outlook, query, query->first.ms > query->now.ms ? query->first : query->now, arena);
	return outlook;
}
