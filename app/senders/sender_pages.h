#ifndef SENDERS_SENDER_PAGES_H
#define SENDERS_SENDER_PAGES_H

#include "core/http/exchange.h"

extern const struct route sender_routes[];

#endif
