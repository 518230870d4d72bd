#ifndef CONSOLE_MESSAGE_PAGES_H
#define CONSOLE_MESSAGE_PAGES_H

#include "core/http/exchange.h"

extern const struct route message_routes[], message_view_routes[];

#endif
