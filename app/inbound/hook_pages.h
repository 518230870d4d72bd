/* Web requests by which mail providers report what became of mails. */
#ifndef INBOUND_HOOK_PAGES_H
#define INBOUND_HOOK_PAGES_H

#include "core/http/exchange.h"

extern const struct route hook_routes[];

#endif
