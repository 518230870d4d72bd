/* The command that reads a mail server's log. */
#ifndef DISPATCH_RECONCILE_COMMANDS_H
#define DISPATCH_RECONCILE_COMMANDS_H

#include "core/cli/command.h"

extern const struct command reconcile_commands[];

#endif
