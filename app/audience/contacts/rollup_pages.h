/* Pages of tags and mailbox providers. */
#ifndef AUDIENCE_CONTACTS_ROLLUP_PAGES_H
#define AUDIENCE_CONTACTS_ROLLUP_PAGES_H

#include "core/http/exchange.h"

extern const struct route rollup_routes[];

#endif
