/* How much of its limits was sent through a connection in the current minute, hour and day. Senders count it while they
 * send (sender/limits.h); nothing here changes it. */
#ifndef CONNECTIONS_USED_H
#define CONNECTIONS_USED_H

#include "connections/connection.h"

enum { LIMITS_USED_MAX = 3 };

/* A limit, and what is used of it. */
struct limit_used {
	const char *label; /* "This minute", "This hour", "Today (UTC)": as the senders count */
	int64_t used, limit;
};

struct limits_used {
	int count; /* 0: it has no such limit */
	struct limit_used items[LIMITS_USED_MAX];
};

/* What senders have counted. */
struct taken {
	const char *key;                 /* "connection:ID"; "system": of all emails */
	struct moment minute, hour, day; /* when the window began in which they counted; MOMENT_NONE: never */
	int64_t in_minute, in_hour, in_day;
};

/* Pure. Of a window that has ended nothing is used. `taken` NULL: nothing was ever sent. */
struct limits_used limits_used_of(const struct connection_limits *limits, const struct taken *taken, struct moment now);

/* What was counted under a key. *found false: nothing yet. */
bool taken_find(struct store *store, const char *key, struct arena *arena, struct taken *taken, bool *found,
                struct error *err) MUST_CHECK;

/* As limits_used_of, read from the database. */
bool connection_read_used(struct store *store, const struct connection *connection, struct moment now,
                          struct arena *arena, struct limits_used *used, struct error *err) MUST_CHECK;

#endif
