/* How sending a campaign by one channel will go: through which connection, over which days, when it ends, which limit
 * holds it up (sending/forecast.h). Pure. */
#ifndef COMPOSING_OUTLOOK_H
#define COMPOSING_OUTLOOK_H

#include "composing/composition.h"
#include "composing/known.h"
#include "sending/forecast.h"

struct outlook {
	const struct connection *connection; /* NULL: none can send this */
	struct forecast forecast;
	const char *problem; /* why there is no forecast; NULL: there is one */
};

/* The connection that the campaign names if it can send by the channel; else for emails connection_for_email, as a
 * campaign that starts does, and for SMS the active one with the highest priority. NULL: none. */
const struct connection *outlook_connection(const struct composing_known *known, const char *account_id, bool by_sms);

/* The limits of a connection by unit: pauses between messages and batches as messages a minute, or an hour. */
struct pace_limits outlook_limits(const struct connection_limits *limits);

struct outlook_query {
	const struct composition *composition;
	const struct composing_known *known;
	const struct pace_limits *system; /* of all emails; NULL: none */
	bool by_sms;
	int64_t recipients;
	struct moment now;
	struct moment first, last;           /* when it begins, and before when it does not end; MOMENT_NONE: now */
	struct pace used, system_used;       /* of the connection's and the system's limits */
	struct forecast_destination *places; /* where its people have their mailboxes; NULL: it does not matter */
	int place_count;
};

/* From `first`, or from `now` if there is none or it has passed. */
struct outlook outlook_of(const struct outlook_query *query, struct arena *arena);

/* What the settings allow the whole system. */
struct pace_limits outlook_system(const struct settings *settings);

#endif
