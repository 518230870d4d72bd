#ifndef MAILBOX_MAILBOX_PAGES_H
#define MAILBOX_MAILBOX_PAGES_H

#include "core/http/exchange.h"

extern const struct route mailbox_routes[];

#endif
