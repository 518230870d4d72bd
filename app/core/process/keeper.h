/* The keeper's work: it starts the services of a home and restarts what ends (rules: keeping.h).
 *
 * Everything is in HOME/keeper, which nobody but the keeper's user may write to: `services` (the table), NAME.env (the
 * service's whole environment, NAME=value lines), NAME.down (if it exists, the service is not to run), `state` and
 * `pid` (written by the keeper). A service runs in a session of its own. When its process has ended, whatever that has
 * left running is killed before it is started again: it may hold a port or shared memory.
 *
 * SIGTERM ends all services, the highest level first. SIGUSR1: look at the NAME.down files now (it does so every second
 * anyway). SIGHUP: execute the program anew, with the table as it is now; the services keep running.
 */
#ifndef PROCESS_KEEPER_H
#define PROCESS_KEEPER_H

#include "core/base/error.h"

/* Works until SIGTERM. `self` is the program's own command, `owner` says who it is (core/jobs/owner.h): a state file
 * with the same owner is that of the program before SIGHUP. CONFLICT if this home has a keeper already. */
bool keeper_run(const char *home, const char *owner, char **self, struct error *err) MUST_CHECK;

/* Ends what a keeper that is gone has left running since the last boot. CONFLICT if one is at work. */
bool keeper_clear(const char *home, const char *owner, struct error *err) MUST_CHECK;

#endif
