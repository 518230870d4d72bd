/* Web requests by which EmailOctopus reports what happened there. */
#ifndef INBOUND_OCTOPUS_PAGES_H
#define INBOUND_OCTOPUS_PAGES_H

#include "core/http/exchange.h"

extern const struct route octopus_routes[];

#endif
