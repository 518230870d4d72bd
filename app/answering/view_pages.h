/* A mail as a page: "view in browser". */
#ifndef ANSWERING_VIEW_PAGES_H
#define ANSWERING_VIEW_PAGES_H

#include "core/http/exchange.h"

extern const struct route mail_view_routes[];

#endif
