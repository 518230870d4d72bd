/* How sending will go: how many on which day, when it ends, and which limit holds it up. Pure.
 *
 * It takes its tokens from the sender's limiter (sending/pace.h), as the sender does, on a clock that leaps to where
 * the next ones are. What it does not know: how fast servers answer, and what they defer. A message needs a token of
 * its connection, of the campaign and of the whole system, an hour at which sending is allowed, and room in the day's
 * plan of its destination while the sender's domain is new there (warm-up). */
#ifndef SENDING_FORECAST_H
#define SENDING_FORECAST_H

#include "core/base/calendar.h"
#include "core/fields/field.h"
#include "sending/pace.h"

enum { FORECAST_SHARED = -1 };

struct forecast_limiter {
	const char *name; /* for people: "the campaign", "Main mail server" */
	int connection;   /* from 0; FORECAST_SHARED: whatever it is sent with */
	struct pace_limits limits;
	struct pace pace; /* used so far: PACE_UNUSED */
};

/* People with addresses at one mailbox provider. */
struct forecast_destination {
	const char *name;
	int64_t people;
	int warm_day;      /* of the warm-up plan (senders/warming.h), from 1; 0: it is over */
	int64_t warm_used; /* of what that day allows */
};

enum {
	FORECAST_LIMITERS_MAX = 32,
	FORECAST_DESTINATIONS_MAX = 64,
	FORECAST_CONNECTIONS_MAX = 16,
	FORECAST_DAYS_MAX = 400
};

struct forecast_input {
	const struct forecast_limiter *limiters;
	const struct forecast_destination *destinations;
	int limiter_count, destination_count, connections;
	struct moment start;
	const struct zone *zone;       /* NULL: UTC */
	int open_minute, close_minute; /* of the local day; 0 and 1440: all day */
	unsigned weekdays;             /* bits from Monday; 0: all */
};

struct forecast_day {
	const char *day; /* local: "2026-11-27" */
	int64_t sent;
	const char *limit; /* what held it up longest on that day; NULL: nothing */
};
extern const struct record_type forecast_day_record;

struct forecast {
	struct moment begins, ends; /* of the first and last message; MOMENT_NONE: there is none, or it does not end */
	int64_t messages, left;     /* left: not sent within FORECAST_DAYS_MAX days */
	const char *limit;          /* what held it up longest: "100 a minute of the campaign"; NULL: nothing */
	struct rows days;           /* struct forecast_day, those on which something is sent */
};
extern const struct record_type forecast_record;

/* INVALID: too many limiters, destinations or connections, or hours that allow nothing. */
bool forecast_run(const struct forecast_input *input, struct arena *arena, struct forecast *forecast,
                  struct error *err) MUST_CHECK;

/* What a text message costs in its country. */
struct sms_rate {
	const char *prefix; /* of phone numbers: "+49" */
	int64_t micros;     /* of a segment, in millionths of the currency */
};

/* The longest prefix that fits; NULL: none does. */
const struct sms_rate *sms_rate_find(const struct sms_rate *rates, int count, const char *phone);

/* In the currency's minor units, rounded up; `digits`: of these in it (2: cents). */
int64_t sms_minor_units(int64_t micros, int digits);

#endif
