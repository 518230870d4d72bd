/* Wrong passwords, of users and of links, counted by name and address together, and by address alone. After a few, the
 * next try must wait, longer each time; the wait holds for that address only, so that nobody can lock out somebody
 * else. Exact among all processes, by the database's clock. A count is forgotten a day after its last failure. */
#ifndef ACCESS_ATTEMPTS_H
#define ACCESS_ATTEMPTS_H

#include "core/store/store.h"

/* The ids of both counts. */
struct attempt {
	const char *by_name, *by_address;
};

/* `address` is an IPv4 or IPv6 address; of IPv6, the /64 counts, which one client has for itself. Any text is fine as a
 * name: a user name, or "link ID". */
struct attempt attempt_of(struct arena *arena, const char *username, const char *address);

/* LIMITED while a wait lasts; counts nothing. */
bool attempt_check(struct store *store, const struct attempt *attempt, struct error *err) MUST_CHECK;

/* Counts a failure before the password is compared: so of parallel tries each one counts, and that of a process that
 * dies. LIMITED, without counting, while a wait lasts. */
bool attempt_begin(struct store *store, const struct attempt *attempt, struct error *err) MUST_CHECK;

/* The password was right: takes back the count of attempt_begin and forgets the failures under this name here. */
bool attempt_succeed(struct store *store, const struct attempt *attempt, struct error *err) MUST_CHECK;

/* Pure: how long the next try waits after so many failures, `allowed` of which are free: 1 s, doubling up to 15 min. */
int64_t attempt_pause(int64_t failures, int64_t allowed);

#endif
