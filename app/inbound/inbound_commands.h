/* The command by which a mail server hands over what comes back. */
#ifndef INBOUND_INBOUND_COMMANDS_H
#define INBOUND_INBOUND_COMMANDS_H

#include "core/cli/command.h"

extern const struct command inbound_commands[];

#endif
