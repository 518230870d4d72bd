/* Where SendGrid and Twilio report what became of messages. */
#ifndef INBOUND_PROVIDER_PAGES_H
#define INBOUND_PROVIDER_PAGES_H

#include "core/http/exchange.h"

extern const struct route provider_hook_routes[];

#endif
