#ifndef REPORTS_REPORT_COMMANDS_H
#define REPORTS_REPORT_COMMANDS_H

#include "core/cli/command.h"

extern const struct command report_commands[]; /* telltale report */

#endif
