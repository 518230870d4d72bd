/* What is used of a connection's limits, for pages. */
#ifndef CONNECTIONS_USED_VIEW_PAGES_H
#define CONNECTIONS_USED_VIEW_PAGES_H

#include "connections/used.h"
#include "core/http/exchange.h"

/* Adds `quota` to a view, rows of { label, used, limit, width, full }, and has_quota (views/connections/quota). */
bool limits_used_put(struct exchange *x, struct value *view, const struct connection *connection,
                     struct error *err) MUST_CHECK;

#endif
