/* Tokens for handing over, from the limits that all senders share: of the whole system, of the connection, of the
 * campaign (sending/pace.h has the rules). They are documents of `send_paces`, changed on condition that nobody else
 * has. */
#ifndef SENDER_LIMITS_H
#define SENDER_LIMITS_H

#include "connections/connection.h"
#include "core/process/settings.h"
#include "core/store/store.h"
#include "sending/pace.h"

struct send_limit {
	const char *key; /* "system", "connection:ID", "campaign:ID" */
	struct pace_limits limits;
};

/* Without any limit all that is wanted is given, for a second. */
bool limits_take(struct store *store, const struct send_limit *limits, int count, int64_t want, struct arena *arena,
                 struct pace_grant *grant, struct error *err) MUST_CHECK;

/* Pure. What the settings allow the whole system. */
struct pace_limits limits_of_settings(const struct settings *settings);

/* Pure. What a connection allows. */
struct pace_limits limits_of_connection(const struct connection *connection);

/* Pure. Does it limit anything? */
bool limit_is_any(const struct pace_limits *limits);

#endif
