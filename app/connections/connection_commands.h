#ifndef CONNECTIONS_CONNECTION_COMMANDS_H
#define CONNECTIONS_CONNECTION_COMMANDS_H

#include "core/cli/command.h"

extern const struct command connection_commands[];

#endif
