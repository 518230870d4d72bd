/* telltale demo history: what the built-in demo account would look like, had it been synced for weeks. The product's
 * own syncs write it, each at a past moment of the clock as which the demo account answers; so it holds what as-of
 * dates, growth, comparison and forecasts need. A real account never gets any of it. */
#ifndef OPERATE_DEMO_H
#define OPERATE_DEMO_H

#include "core/cli/command.h"
#include "core/process/settings.h"

/* Pure. Is it the account that deploy/demo_server.py plays? */
bool demo_is_account(const struct settings *settings);

extern const struct command demo_commands[];

#endif
